import type { SqsQueueConfig } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueueRedriveAllowPolicy } from '@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy';
import { Fn, Op, Token } from 'cdktf';
import { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import { withDefaults } from '../defaults';
import { A_WEEK, type EncryptedQueue, encryptedQueue, MAXIMUM_RETENTION_SECONDS } from '../encrypted-queue';
import type { Grantee } from '../lambda-function';
import { checkProps, isKnown } from '../props';
import { MAXIMUM_MESSAGE_BYTES, rules, type TieredQueueProps } from './props';

/** 4 days, SQS's own. Source: SQS API, CreateQueue, MessageRetentionPeriod. */
const DEFAULT_RETENTION_SECONDS = 345_600;

/** 256 KiB: enough for whatever the functions take, and what most consumers of a queue expect. */
const DEFAULT_MESSAGE_BYTES = 262_144;

/** Source of the list: service authorization reference, SQS, CancelMessageMoveTask. */
const STOP_A_MOVE = [
  'sqs:ListMessageMoveTasks',
  'sqs:CancelMessageMoveTask',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
];

/** How long before SQS deletes a dead letter its alarm rings: a weekend. */
const TIME_TO_ACT_SECONDS = 2 * 86_400;

/** Seconds that a message waits in the main queue before somebody is told that SQS will delete it: half of what it has. */
function halfOf(messageRetention: number): number {
  return isKnown(messageRetention)
    ? Math.floor(messageRetention / 2)
    : Token.asNumber(Fn.floor(Op.div(messageRetention, 2)));
}

/** Half of the longest that a main queue keeps a message: what waited longer there has rung by then, whatever the queue's retention is. */
const LONGEST_UNTOLD_SECONDS = MAXIMUM_RETENTION_SECONDS / 2;

/**
 * Seconds that a message may be parked before its alarm. In a standard queue it keeps the clock of the main queue, so what it waited there is gone from its 14 days,
 * but the metric counts from when it was parked; in a FIFO queue its clock starts anew. Source: SQS guide, "Setting-up dead-letter queue retention".
 */
function parkedAge({ fifo, messageRetention = DEFAULT_RETENTION_SECONDS }: TieredQueueProps): number {
  const longest = MAXIMUM_RETENTION_SECONDS - TIME_TO_ACT_SECONDS;
  const least = longest - LONGEST_UNTOLD_SECONDS;
  if (fifo) return longest;
  if (isKnown(messageRetention)) return Math.max(least, longest - messageRetention);
  return Token.asNumber(Fn.max([least, Op.sub(longest, messageRetention)]));
}

/** One of the three queues. */
export type Tier = EncryptedQueue;

/**
 * A queue with two tiers of dead letters, because two kinds of failure need two kinds of help: `parked` takes messages that are fine while a
 * dependency is not (SQS moves them there), `repair` takes messages that a person has to mend (the consumer sends them there).
 */
export class TieredQueue extends Construct {
  readonly main: Tier;
  readonly parked: Tier;
  readonly repair: Tier;
  readonly fifo: boolean;
  /** Seconds; a consumer's time-out must fit into it six times. */
  readonly visibilityTimeout: number;
  readonly maxReceiveCount: number;
  /** Seconds that the main queue keeps a message. */
  readonly messageRetention: number;
  private readonly kmsKeyArn: string | undefined;
  private readonly highThroughput: boolean;

  constructor(scope: Construct, id: string, given: TieredQueueProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'queueName');
    checkProps(this.node.path, props, rules);
    this.fifo = props.fifo ?? false;
    this.visibilityTimeout = props.visibilityTimeout ?? 180;
    this.maxReceiveCount = props.maxReceiveCount ?? 5;
    this.messageRetention = props.messageRetention ?? DEFAULT_RETENTION_SECONDS;
    this.kmsKeyArn = props.kmsKeyArn;
    this.highThroughput = props.highThroughput ?? false;

    const deadLetters = { messageRetentionSeconds: MAXIMUM_RETENTION_SECONDS, maxMessageSize: MAXIMUM_MESSAGE_BYTES };
    const repair = this.queue('repair', `${props.queueName}-repair`, deadLetters);
    const parked = this.queue('parked', `${props.queueName}-parked`, deadLetters);
    const main = this.queue('main', props.queueName, {
      messageRetentionSeconds: this.messageRetention,
      maxMessageSize: props.maxMessageSize ?? DEFAULT_MESSAGE_BYTES,
      visibilityTimeoutSeconds: this.visibilityTimeout,
      delaySeconds: props.deliveryDelay,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: parked.arn, maxReceiveCount: this.maxReceiveCount }),
    });
    new SqsQueueRedriveAllowPolicy(this, 'parked-allow', {
      queueUrl: parked.url,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [main.arn] }),
    });
    new SqsQueueRedriveAllowPolicy(this, 'repair-allow', {
      queueUrl: repair.url,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }),
    });

    this.main = main;
    this.parked = parked;
    this.repair = repair;
    this.alarms(props);
  }

  /** Sending to the main queue. */
  grantSend(grantee: Grantee): void {
    this.grant(
      grantee,
      ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
      [this.main],
      ['kms:GenerateDataKey', 'kms:Decrypt'],
    );
  }

  /** Lets an SNS topic deliver to the main queue; subscribe it by `topic.subscribeQueue`, which calls this. */
  allowTopic(topic: { readonly arn: string }): void {
    this.main.allowTopic(topic);
  }

  /** Lets an EventBridge rule deliver to the main queue; make it a target by `rule.toQueue`, which calls this. */
  allowRule(rule: { readonly arn: string }): void {
    this.main.allowRule(rule);
  }

  /** Lets another account send to the main queue. */
  allowAccount(account: string): void {
    this.main.allowAccount(account);
  }

  /** Receiving from the main queue, putting a message off, and sending what is wrong with it to repair. */
  grantConsume(grantee: Grantee): void {
    const receive = [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ];
    this.grant(grantee, receive, [this.main], ['kms:Decrypt']);
    this.grantRepair(grantee);
  }

  /** Sending to repair, for what gets its messages from somebody else who receives them: a pipe. */
  grantRepair(grantee: Grantee): void {
    this.grant(grantee, ['sqs:SendMessage'], [this.repair], ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  /** Carrying messages from the main queue to parked, by an event source mapping. Source: Lambda guide, "Configuring a queue to use with Lambda". */
  grantPark(grantee: Grantee): void {
    this.grant(
      grantee,
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      [this.main],
      ['kms:Decrypt'],
    );
    this.grant(grantee, ['sqs:SendMessage'], [this.parked], ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  /** Seeing how much is parked and moved, and stopping the move. */
  grantStopRedrive(grantee: Grantee): void {
    this.grant(grantee, STOP_A_MOVE, [this.parked], ['kms:Decrypt']);
  }

  /** Moving parked messages back to the main queue. Source of the list: SQS guide, "Configuring queue permissions for DLQ redrive". */
  grantRedrive(grantee: Grantee): void {
    this.grant(grantee, ['sqs:StartMessageMoveTask', ...STOP_A_MOVE], [this.parked], ['kms:Decrypt']);
    this.grant(grantee, ['sqs:SendMessage'], [this.main], ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  private grant(grantee: Grantee, actions: string[], tiers: Tier[], keyActions: string[]): void {
    grantee.grant(
      actions,
      tiers.map(({ arn }) => arn),
    );
    if (this.kmsKeyArn) grantee.grant(keyActions, [this.kmsKeyArn]);
  }

  private queue(id: string, name: string, settings: SqsQueueConfig): Tier {
    return encryptedQueue(this, id, {
      name: this.fifo ? `${name}.fifo` : name,
      ...(this.fifo && { fifoQueue: true, contentBasedDeduplication: true }),
      ...(this.highThroughput && { deduplicationScope: 'messageGroup', fifoThroughputLimit: 'perMessageGroupId' }),
      kmsKeyArn: this.kmsKeyArn,
      ...settings,
    });
  }

  private alarms(props: TieredQueueProps): void {
    const { alarmActions, maximumAge = 900, maximumDepth = 1000, queueName } = props;
    const alarm = (
      id: string,
      tier: Tier,
      metricName: string,
      threshold: number,
      description: string,
      { period, evaluationPeriods } = { period: 60, evaluationPeriods: 1 },
    ) =>
      metricAlarm(this, `${id}-alarm`, {
        alarmName: `${queueName}-${id}`,
        alarmDescription: description,
        namespace: 'AWS/SQS',
        metricName,
        dimensions: { QueueName: tier.name },
        statistic: 'Maximum',
        period,
        evaluationPeriods,
        threshold,
        alarmActions,
      });
    const age = 'ApproximateAgeOfOldestMessage';
    const depth = 'ApproximateNumberOfMessagesVisible';
    alarm(
      'main-age',
      this.main,
      age,
      maximumAge,
      `A message waits for more than ${maximumAge} s: the consumer is stopped or too slow. Runbook: orders-waiting.`,
    );
    alarm(
      'main-expiry',
      this.main,
      age,
      halfOf(this.messageRetention),
      'A message has waited for half of the time that SQS keeps it, and is deleted when the other half is over, untried. Make it longer, or park what waits. Runbook: orders-waiting.',
    );
    alarm(
      'main-depth',
      this.main,
      depth,
      maximumDepth,
      `More than ${maximumDepth} messages wait: the consumer is stopped or too slow. Runbook: orders-waiting.`,
    );
    alarm(
      'parked-depth',
      this.parked,
      depth,
      0,
      'Messages are parked: a dependency is or was down. The redrive function releases them when its canary is green. Runbook: orders-parked.',
    );
    alarm(
      'parked-age',
      this.parked,
      age,
      parkedAge(props),
      'SQS may delete a parked message in 2 days, for good. Release or save it now. Runbook: orders-parked.',
    );
    alarm(
      'repair-depth',
      this.repair,
      depth,
      0,
      'Messages need a person: look at their reason attribute, mend them, send them again. Runbook: orders-repair.',
    );
    alarm(
      'repair-age',
      this.repair,
      depth,
      0,
      'Something has been in repair on each of the last 7 days, and SQS deletes a message after 14, for good. Mend or save it now. Runbook: orders-repair.',
      A_WEEK,
    );
  }
}
