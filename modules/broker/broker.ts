import { MqBroker } from '@cdktf/provider-aws/lib/mq-broker';
import { MqConfiguration } from '@cdktf/provider-aws/lib/mq-configuration';
import { Construct } from 'constructs';
import type { BrokerToOperate } from '../../functions/operations/broker-operations/contract';
import { withDefaults } from '../defaults';
import type { Grantee } from '../lambda-function';
import { checkProps } from '../props';
import { acceptFinding } from '../scan';
import { activeMqAlarms } from './alarms';
import { configurationXml } from './configuration';
import { type BrokerProps, configurationName, rules } from './props';
import { deadLetterQueueOf, MAXIMUM_REDELIVERIES, policyOf } from './queue-policy';
import { BrokerVault } from './vault';

/** What a peer, a consumer or an operator has to know about a broker. */
export interface BrokerEnd {
  readonly brokerName: string;
  readonly brokerId: string;
  readonly brokerArn: string;
  readonly region: string;
  /** `ssl://…:61617` of each instance; only the active one answers. */
  readonly endpoints: readonly string[];
}

/** An active/standby pair of ActiveMQ on one EFS: private, TLS only, encrypted with a key of one's own, its log and its deaths watched. */
export class Broker extends Construct {
  readonly end: BrokerEnd;
  readonly configurationXml: string;
  /** What Terraform wants to run; compared by broker-operations with what runs. */
  readonly wants: BrokerToOperate['wants'];
  /** Sentence for an output: which changes wait for a restart, and how it comes. */
  readonly restartNotice: string;
  /** ARN of the broker that this one is the replica of. */
  readonly replicaOf: string | undefined;
  private readonly vault: BrokerVault;

  private readonly props: BrokerProps;

  constructor(scope: Construct, id: string, given: BrokerProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'brokerName');
    this.props = props;
    checkProps(this.node.path, props, rules, 'BrokerProps', given);
    const { brokerName, users, deploymentMode = 'ACTIVE_STANDBY_MULTI_AZ', engineVersion = '5.18' } = props;
    const { instanceType = 'mq.m5.large' } = props;
    const window = props.maintenanceWindow;
    this.vault = new BrokerVault(this, 'vault', props);
    this.replicaOf = props.replicaOf?.brokerArn;

    this.configurationXml = configurationXml(props.configuration ?? {});
    const configuration = new MqConfiguration(this, 'configuration', {
      name: configurationName(brokerName, engineVersion),
      description: `Configuration of ${brokerName}; every change is a revision that waits for a restart`,
      engineType: 'ActiveMQ',
      engineVersion,
      data: this.configurationXml,
      lifecycle: { createBeforeDestroy: true },
    });
    const broker = new MqBroker(this, 'broker', {
      brokerName,
      engineType: 'ActiveMQ',
      engineVersion,
      hostInstanceType: instanceType,
      deploymentMode,
      storageType: props.storageType ?? 'efs',
      publiclyAccessible: false,
      subnetIds: [...props.subnetIds],
      securityGroups: [...props.securityGroupIds],
      encryptionOptions: { kmsKeyId: this.vault.kmsKeyArn, useAwsOwnedKey: false },
      logs: { audit: 'true', general: true },
      // From 5.18 on Amazon MQ requires it; patches come in the maintenance window, one instance after the other.
      autoMinorVersionUpgrade: true,
      maintenanceWindowStartTime: { ...window, timeZone: 'UTC' },
      applyImmediately: props.applyImmediately ?? false,
      configuration: { id: configuration.id, revision: configuration.latestRevision },
      user: users.map(({ username, password, groups, consoleAccess, replicationUser }) => ({
        username,
        password,
        groups: groups && [...groups],
        consoleAccess: consoleAccess ?? false,
        replicationUser,
      })),
      dataReplicationMode: props.replicaOf ? 'CRDR' : undefined,
      dataReplicationPrimaryBrokerArn: props.replicaOf?.brokerArn,
      dependsOn: [this.vault.logAccess],
      lifecycle: { preventDestroy: props.deletionProtection ?? true },
      tags: { Name: brokerName },
    });
    if (deploymentMode === 'SINGLE_INSTANCE') {
      acceptFinding(broker, 'CKV_AWS_208', 'One instance on purpose: this environment can do without its broker.');
    }
    const instances = deploymentMode === 'SINGLE_INSTANCE' ? [0] : [0, 1];
    this.end = {
      brokerName,
      brokerId: broker.id,
      brokerArn: broker.arn,
      region: props.region,
      // A list in a list, read by its place: the provider puts the OpenWire endpoint first.
      endpoints: instances.map((index) => broker.getStringAttribute(`instances[${index}].endpoints[0]`)),
    };
    this.wants = {
      configurationId: configuration.id,
      configurationRevision: configuration.getStringAttribute('latest_revision'),
      ...{ engineVersion, instanceType, deploymentMode },
      users: users.map(({ username }) => username),
      logs: { general: true, audit: true },
    };
    this.restartNotice = `Changes to configuration, users, logs, security groups and engine version of ${brokerName} take effect at its next restart: ${
      props.applyImmediately
        ? 'at once, because applyImmediately is set'
        : `${window.dayOfWeek} ${window.timeOfDay} UTC, or earlier by broker-operations`
    }.`;
    activeMqAlarms(this, props, instances.length);
  }

  /** Where the dead letters of a queue are. */
  deadLetterQueue(queue: string): string {
    return deadLetterQueueOf(queue, this.props.configuration?.queues);
  }

  /** Deliveries after the first before the broker gives a message of that queue up. */
  maximumRedeliveries(queue: string): number {
    return policyOf(queue, this.props.configuration?.queues).redelivery?.maximumRedeliveries ?? MAXIMUM_REDELIVERIES;
  }

  /** ARN of the secret with that user's name and password. */
  secretArn(username: string): string {
    return this.vault.secretArn(username);
  }

  /** Reading one user's secret. */
  grantConnect(grantee: Grantee, username: string): void {
    grantee.grant(['secretsmanager:GetSecretValue'], [this.vault.secretArn(username)]);
    grantee.grant(['kms:Decrypt'], [this.vault.kmsKeyArn]);
  }
}
