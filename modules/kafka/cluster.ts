import type { LambdaEventSourceMappingConfig } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { MskCluster } from '@cdktf/provider-aws/lib/msk-cluster';
import { MskConfiguration } from '@cdktf/provider-aws/lib/msk-configuration';
import { MskScramSecretAssociation } from '@cdktf/provider-aws/lib/msk-scram-secret-association';
import { MskServerlessCluster } from '@cdktf/provider-aws/lib/msk-serverless-cluster';
import { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import { withDefaults } from '../defaults';
import type { Grantee, Invocable } from '../lambda-function';
import { logGroup } from '../log-group';
import { checkProps } from '../props';
import { clusterRules, type KafkaClusterProps, type ServerlessKafkaClusterProps, serverlessRules } from './props';
import { type KafkaSource, mskSource } from './source';

/** What both kinds of cluster are to a consumer. */
abstract class Cluster extends Construct implements KafkaSource {
  abstract readonly arn: string;
  protected abstract readonly source: KafkaSource;

  mapping(consumerGroupId: string): Partial<LambdaEventSourceMappingConfig> {
    return this.source.mapping(consumerGroupId);
  }

  grantRead(handler: Invocable, topic: string, consumerGroupId: string): void {
    this.source.grantRead(handler, topic, consumerGroupId);
  }

  grantWrite(grantee: Grantee, topics: readonly string[]): void {
    this.source.grantWrite(grantee, topics);
  }
}

/** A provisioned cluster of MSK that loses no acknowledged record with a broker: three copies, two of them written before a producer hears so, TLS everywhere. */
export class KafkaCluster extends Cluster {
  readonly arn: string;
  /** The name as text, for what is called after it. */
  readonly clusterName: string;
  protected readonly source: KafkaSource;

  constructor(scope: Construct, id: string, given: KafkaClusterProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'clusterName');
    checkProps(this.node.path, props, clusterRules, 'KafkaClusterProps', given);
    const {
      clusterName,
      subnetIds,
      securityGroupIds,
      kafkaVersion = '3.9.x',
      authentication = 'iam',
      kmsKeyArn,
    } = props;
    const copies = Math.min(3, props.brokers ?? subnetIds.length);
    const configuration = new MskConfiguration(this, 'configuration', {
      name: clusterName,
      kafkaVersions: [kafkaVersion],
      // With acks=all a producer waits for every copy that is in step, at least for these.
      serverProperties: [
        'auto.create.topics.enable=false',
        `default.replication.factor=${copies}`,
        `min.insync.replicas=${Math.max(1, copies - 1)}`,
        'unclean.leader.election.enable=false',
        // For SCRAM: who is named in no access list may nothing, also to new topics.
        ...(authentication === 'iam' ? [] : ['allow.everyone.if.no.acl.found=false']),
      ].join('\n'),
      lifecycle: { createBeforeDestroy: true },
    });
    const logs = logGroup(this, 'logs', {
      name: `/aws/msk/${clusterName}`,
      retentionDays: props.logRetentionDays,
      kmsKeyArn,
    });
    const cluster = new MskCluster(this, 'cluster', {
      clusterName,
      kafkaVersion,
      numberOfBrokerNodes: props.brokers ?? subnetIds.length,
      brokerNodeGroupInfo: {
        instanceType: props.instanceType ?? 'kafka.m7g.large',
        clientSubnets: [...subnetIds],
        securityGroups: [...securityGroupIds],
        storageInfo: { ebsStorageInfo: { volumeSize: props.volumeSize ?? 100 } },
      },
      clientAuthentication: {
        sasl: authentication === 'iam' ? { iam: true } : { scram: true },
        unauthenticated: false,
      },
      encryptionInfo: {
        encryptionAtRestKmsKeyArn: kmsKeyArn,
        encryptionInTransit: { clientBroker: 'TLS', inCluster: true },
      },
      configurationInfo: { arn: configuration.arn, revision: configuration.latestRevision },
      enhancedMonitoring: 'PER_TOPIC_PER_BROKER',
      loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: logs.name } } },
    });
    const secrets = authentication === 'iam' ? [] : authentication.scramSecretArns;
    if (secrets.length > 0)
      new MskScramSecretAssociation(this, 'scram', { clusterArn: cluster.arn, secretArnList: [...secrets] });
    this.arn = cluster.arn;
    this.clusterName = clusterName;
    this.source = mskSource(cluster.arn, secrets[0]);
    this.alarms(props);
  }

  /** Source of metrics, dimensions and thresholds: MSK guide, "Amazon MSK metrics for monitoring" and "Best practices for Standard brokers". */
  private alarms({ clusterName, brokers, subnetIds, alarmActions }: KafkaClusterProps): void {
    const alarm = (
      id: string,
      metric: { readonly metricName: string; readonly threshold: number; readonly dimensions?: Record<string, string> },
      alarmDescription: string,
    ) =>
      metricAlarm(this, `${id}-alarm`, {
        alarmName: `${clusterName}-${id}`,
        alarmDescription,
        namespace: 'AWS/Kafka',
        statistic: 'Maximum',
        evaluationPeriods: 5,
        alarmActions,
        ...metric,
        dimensions: { 'Cluster Name': clusterName, ...metric.dimensions },
      });
    alarm(
      'offline-partitions',
      { metricName: 'OfflinePartitionsCount', threshold: 0 },
      `Partitions of ${clusterName} have had no leader for 5 minutes: nobody can write to them or read them. Look which broker is down.`,
    );
    // One for each: the metric has no sum over brokers.
    for (let broker = 1; broker <= (brokers ?? subnetIds.length); broker += 1)
      alarm(
        `disk-${broker}`,
        { metricName: 'KafkaDataLogsDiskUsed', threshold: 85, dimensions: { 'Broker ID': String(broker) } },
        `Broker ${broker} of ${clusterName} has filled more than 85 % of its disk; when it is full the broker stops. Enlarge the volumes, or keep records for a shorter time.`,
      );
  }
}

/** A serverless cluster of MSK: its clients log in by their roles, over TLS. Source: MSK guide, "MSK Serverless": it requires IAM access control. */
export class ServerlessKafkaCluster extends Cluster {
  readonly arn: string;
  protected readonly source: KafkaSource;

  constructor(scope: Construct, id: string, given: ServerlessKafkaClusterProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'clusterName');
    checkProps(this.node.path, props, serverlessRules, 'ServerlessKafkaClusterProps', given);
    const { clusterName, subnetIds, securityGroupIds } = props;
    this.arn = new MskServerlessCluster(this, 'cluster', {
      clusterName,
      clientAuthentication: { sasl: { iam: { enabled: true } } },
      vpcConfig: [{ subnetIds: [...subnetIds], securityGroupIds: securityGroupIds && [...securityGroupIds] }],
    }).arn;
    this.source = mskSource(this.arn);
  }
}
