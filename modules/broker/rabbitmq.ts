import { MqBroker } from '@cdktf/provider-aws/lib/mq-broker';
import { MqConfiguration } from '@cdktf/provider-aws/lib/mq-configuration';
import { Construct } from 'constructs';
import { withDefaults } from '../defaults';
import type { Grantee } from '../lambda-function';
import { checkProps, isWhole, type Rule, whole } from '../props';
import { acceptFinding } from '../scan';
import type { BrokerEnd } from './broker';
import { type BrokerPlaceProps, type BrokerUser, configurationName, placeRules } from './props';
import { rabbitMqAlarms } from './rabbitmq-alarms';
import { BrokerVault } from './vault';

/** A quorum queue, with its dead letters. */
export interface QuorumQueue {
  /** 1 to 200 letters, digits, `-_.`; its dead letters are in `<name>.dead`. */
  readonly name: string;
  /** Redeliveries before a message is a dead letter: 1 to 100; a message is delivered once more than that. Default 5. */
  readonly deliveryLimit?: number;
  /** Messages that the queue holds, from 1; from then on it refuses, and the producer hears it. Default: no limit but the disk. */
  readonly maximumLength?: number;
}

export interface RabbitMqClusterProps extends BrokerPlaceProps {
  /** The administrator; RabbitMQ's other users are made in the broker, not by Terraform. Source: aws_mq_broker, "user". */
  readonly administrator: BrokerUser;
  /** Declared by `definitions`. */
  readonly queues: readonly QuorumQueue[];
  /**
   * `X.Y`: 3.13 or later, the first with quorum queues. Default `3.13`. From 4 on Amazon MQ reports no metrics of single queues, so nothing rings for a dead letter: watch
   * `<name>.dead` by RabbitMQ's own API. Source: Amazon MQ guide, "Quorum queues", "RabbitMQ 4".
   */
  readonly engineVersion?: string;
  /** Default `mq.m5.large`, and `mq.m7g.large` from version 4 on, which takes no other family. Source: Amazon MQ guide, "RabbitMQ 4". */
  readonly instanceType?: string;
  /** Milliseconds that a consumer may hold a message unacknowledged: 0 (for ever) to 2,147,483,647. Default 1,800,000. Source: Amazon MQ guide, "Configurable values". */
  readonly consumerTimeout?: number;
}

/** RabbitMQ 4 and later differ in what they run on and in what they report. */
const isFourth = (engineVersion = '3.13') => Number(engineVersion.split('.')[0]) >= 4;

const rules: readonly Rule<RabbitMqClusterProps>[] = [
  ...placeRules,
  {
    prop: 'engineVersion',
    holds: ({ engineVersion = '3.13' }) => {
      const [major = 0, minor = 0] = engineVersion.split('.').map(Number);
      return major > 3 || (major === 3 && minor >= 13);
    },
    message: ({ engineVersion }) => `is ${engineVersion}; quorum queues take 3.13 or later`,
  },
  {
    prop: 'instanceType',
    holds: ({ instanceType = '' }) => !instanceType.endsWith('.micro'),
    message: ({ instanceType }) => `is ${instanceType}; a cluster takes mq.m5.large or larger`,
  },
  {
    prop: 'instanceType',
    holds: ({ instanceType, engineVersion }) =>
      !isFourth(engineVersion) || instanceType === undefined || instanceType.startsWith('mq.m7g.'),
    message: ({ instanceType, engineVersion }) =>
      `is ${instanceType}; Amazon MQ runs RabbitMQ ${engineVersion} on mq.m7g only`,
  },
  {
    prop: 'queues',
    holds: ({ queues }) =>
      new Set(queues.flatMap(({ name }) => [name, deadLetterQueueOf(name)])).size === 2 * queues.length &&
      queues.every(
        ({ name, deliveryLimit = 5, maximumLength = 1 }) =>
          /^[A-Za-z0-9_.-]{1,200}$/.test(name) && isWhole(deliveryLimit, 1, 100) && isWhole(maximumLength, 1),
      ),
    message: ({ queues }) =>
      `has ${queues.map(({ name, deliveryLimit = 5, maximumLength }) => `"${name}" with a delivery limit of ${deliveryLimit}${maximumLength === undefined ? '' : ` and a maximumLength of ${maximumLength}`}`).join(', ')}; names are different, also from each other's <name>.dead, 1 to 200 letters, digits, -_., delivery limits 1 to 100, lengths from 1`,
  },
  whole('consumerTimeout', [0, 2_147_483_647], { unit: 'ms', by: 'Amazon MQ' }),
];

/**
 * Above Amazon MQ's own policies (`AWS-DEFAULT-…`), which match every queue of a cluster with 1: RabbitMQ applies one policy to a queue, and of two with the same
 * priority either. Source: Amazon MQ guide, "Broker defaults".
 */
const PRIORITY = 10;

/** RabbitMQ 4 drops a message that nobody wanted 20 times, and a dead letter may be looked at more often. `-1`, no limit, is refused by RabbitMQ 3. */
const DEAD_LETTER_DELIVERIES = 1_000_000;

/** The exchange that dead letters of every queue go through; the routing key says whose they are. */
const DEAD_LETTERS = 'dead-letters';

const deadLetterQueueOf = (queue: string) => `${queue}.dead`;

/**
 * RabbitMQ's definitions: quorum queues, and by policy, so that a limit can change without declaring a queue anew, how often a message is delivered
 * and where it goes then. Dead letters are moved at least once: with `reject-publish`, or RabbitMQ falls back to at most once silently
 * (RabbitMQ guide, "Quorum queues: at-least-once dead lettering").
 */
export function definitions(queues: readonly QuorumQueue[]): object {
  const queue = (name: string) => ({
    ...{ name, vhost: '/', durable: true, auto_delete: false },
    arguments: { 'x-queue-type': 'quorum' },
  });
  const policy = (name: string, definition: object) => ({
    ...{ name, vhost: '/', pattern: `^${name.replaceAll('.', '\\.')}$`, 'apply-to': 'quorum_queues' },
    priority: PRIORITY,
    definition,
  });
  return {
    exchanges: [
      {
        name: DEAD_LETTERS,
        vhost: '/',
        type: 'direct',
        durable: true,
        auto_delete: false,
        internal: false,
        arguments: {},
      },
    ],
    queues: queues.flatMap(({ name }) => [queue(name), queue(deadLetterQueueOf(name))]),
    bindings: queues.map(({ name }) => ({
      ...{ source: DEAD_LETTERS, vhost: '/', destination: deadLetterQueueOf(name), destination_type: 'queue' },
      ...{ routing_key: deadLetterQueueOf(name), arguments: {} },
    })),
    policies: queues.flatMap(({ name, deliveryLimit = 5, maximumLength }) => [
      policy(name, {
        'delivery-limit': deliveryLimit,
        'dead-letter-exchange': DEAD_LETTERS,
        'dead-letter-routing-key': deadLetterQueueOf(name),
        'dead-letter-strategy': 'at-least-once',
        overflow: 'reject-publish',
        ...(maximumLength !== undefined && { 'max-length': maximumLength }),
      }),
      policy(deadLetterQueueOf(name), { 'delivery-limit': DEAD_LETTER_DELIVERIES, overflow: 'reject-publish' }),
    ]),
  };
}

/**
 * Three RabbitMQ nodes in three zones behind one address. Amazon MQ's configuration holds a handful of settings only; queues and policies live
 * in the broker, so this module says what they must be (`definitions`), and docs/runbooks/broker-rabbitmq.md how they get there.
 */
export class RabbitMqCluster extends Construct {
  readonly end: BrokerEnd;
  /** JSON for `POST /api/definitions`; holds no secret. */
  readonly definitions: string;
  private readonly vault: BrokerVault;
  private readonly administrator: string;

  constructor(scope: Construct, id: string, given: RabbitMqClusterProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'brokerName');
    checkProps(this.node.path, props, rules, 'RabbitMqClusterProps', given);
    const { brokerName, administrator, engineVersion = '3.13' } = props;
    this.administrator = administrator.username;
    this.vault = new BrokerVault(this, 'vault', { ...props, users: [administrator] });
    const configuration = new MqConfiguration(this, 'configuration', {
      name: configurationName(brokerName, engineVersion),
      description: `Configuration of ${brokerName}; every change is a revision that waits for a restart`,
      engineType: 'RabbitMQ',
      engineVersion,
      data: `consumer_timeout = ${props.consumerTimeout ?? 1_800_000}\n`,
      lifecycle: { createBeforeDestroy: true },
    });
    const broker = new MqBroker(this, 'broker', {
      brokerName,
      engineType: 'RabbitMQ',
      engineVersion,
      hostInstanceType: props.instanceType ?? (isFourth(engineVersion) ? 'mq.m7g.large' : 'mq.m5.large'),
      deploymentMode: 'CLUSTER_MULTI_AZ',
      publiclyAccessible: false,
      subnetIds: [...props.subnetIds],
      securityGroups: [...props.securityGroupIds],
      encryptionOptions: { kmsKeyId: this.vault.kmsKeyArn, useAwsOwnedKey: false },
      // RabbitMQ on Amazon MQ has no audit log; asking for one is refused (aws_mq_broker, "logs").
      logs: { general: true },
      autoMinorVersionUpgrade: true,
      maintenanceWindowStartTime: { ...props.maintenanceWindow, timeZone: 'UTC' },
      applyImmediately: props.applyImmediately ?? false,
      configuration: { id: configuration.id, revision: configuration.latestRevision },
      user: [{ username: administrator.username, password: administrator.password }],
      dependsOn: [this.vault.logAccess],
      lifecycle: { preventDestroy: props.deletionProtection ?? true },
      tags: { Name: brokerName },
    });
    acceptFinding(
      broker,
      'CKV_AWS_197',
      'Amazon MQ has no audit log for RabbitMQ; CloudTrail has the calls to Amazon MQ itself.',
    );
    acceptFinding(
      broker,
      'CKV_AWS_48',
      'The general log is on; the check wants the audit log, which Amazon MQ has for ActiveMQ only.',
    );
    this.end = {
      brokerName,
      brokerId: broker.id,
      brokerArn: broker.arn,
      region: props.region,
      endpoints: [broker.getStringAttribute('instances[0].endpoints[0]')],
    };
    this.definitions = JSON.stringify(definitions(props.queues));
    rabbitMqAlarms(this, props, isFourth(engineVersion) ? [] : props.queues);
  }

  get secretArn(): string {
    return this.vault.secretArn(this.administrator);
  }

  /** Where the dead letters of a queue are. */
  deadLetterQueue(queue: string): string {
    return deadLetterQueueOf(queue);
  }

  grantConnect(grantee: Grantee): void {
    grantee.grant(['secretsmanager:GetSecretValue'], [this.secretArn]);
    grantee.grant(['kms:Decrypt'], [this.vault.kmsKeyArn]);
  }
}
