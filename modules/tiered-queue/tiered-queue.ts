import type { SqsQueueConfig } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueueRedriveAllowPolicy } from '@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy';
import { Construct } from 'constructs';
import { withDefaults } from '../defaults';
import { type EncryptedQueue, encryptedQueue, MAXIMUM_RETENTION_SECONDS } from '../encrypted-queue';
import type { Grantee } from '../lambda-function';
import { checkProps } from '../props';
import { addQueueAlarms } from './alarms';
import { defaultRetention, MAXIMUM_MESSAGE_BYTES, MOST_RECEIVES, rules, type TieredQueueProps } from './props';
import { grantConsume, grantRedrive, grantRepair, grantSend, type QueueTiers } from './tiers';

/** 256 KiB: enough for whatever the functions take, and what most consumers of a queue expect. */
const DEFAULT_MESSAGE_BYTES = 262_144;

/** One of the three queues. */
export type Tier = EncryptedQueue;

/**
 * A queue with two tiers of dead letters, because two kinds of failure need two kinds of help: `parked` takes messages that are fine while a
 * dependency is not (SQS moves them there), `repair` takes messages that a person has to mend (the consumer sends them there).
 */
export class TieredQueue extends Construct implements QueueTiers {
  readonly main: Tier;
  readonly parked: Tier;
  readonly repair: Tier;
  readonly fifo: boolean;
  /** Seconds; a consumer's time-out must fit into it six times. */
  readonly visibilityTimeout: number;
  readonly maxReceiveCount: number;
  /** No message is parked before SQS's most receives. */
  readonly strictOrder: boolean;
  /** Seconds that the main queue keeps a message. */
  readonly messageRetention: number;
  private readonly kmsKeyArn: string | undefined;
  private readonly highThroughput: boolean;

  constructor(scope: Construct, id: string, given: TieredQueueProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'queueName', 'parkedName', 'repairName');
    checkProps(this.node.path, props, rules, 'TieredQueueProps', given);
    this.fifo = props.fifo ?? false;
    this.visibilityTimeout = props.visibilityTimeout ?? 180;
    this.strictOrder = props.strictOrder ?? false;
    this.maxReceiveCount = this.strictOrder ? MOST_RECEIVES : (props.maxReceiveCount ?? 5);
    this.messageRetention = props.messageRetention ?? defaultRetention(props);
    this.kmsKeyArn = props.kmsKeyArn;
    this.highThroughput = props.highThroughput ?? false;

    const deadLetters = { messageRetentionSeconds: MAXIMUM_RETENTION_SECONDS, maxMessageSize: MAXIMUM_MESSAGE_BYTES };
    const repair = this.queue('repair', props.repairName ?? `${props.queueName}-repair`, deadLetters);
    const parked = this.queue('parked', props.parkedName ?? `${props.queueName}-parked`, deadLetters);
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
    addQueueAlarms(this, this, { ...props, alarmPrefix: props.queueName });
  }

  /** Sending to the main queue. */
  grantSend(grantee: Grantee): void {
    grantSend(this, grantee);
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
    grantConsume(this, grantee);
  }

  /** Sending to repair, for what gets its messages from somebody else who receives them: a pipe. */
  grantRepair(grantee: Grantee): void {
    grantRepair(this, grantee);
  }

  /** Moving parked messages back to the main queue. */
  grantRedrive(grantee: Grantee): void {
    grantRedrive(this, grantee);
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
}
