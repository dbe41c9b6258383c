import type { AlarmActions } from '../defaults';
import { MAXIMUM_RETENTION_SECONDS } from '../encrypted-queue';
import { kmsKeyArn, type Rule, whole } from '../props';

/** The longest that a main queue may keep a message: one second less than its tiers. */
export const LONGEST_MAIN_RETENTION_SECONDS = MAXIMUM_RETENTION_SECONDS - 1;

/** 4 days, SQS's own. Source: SQS API, CreateQueue, MessageRetentionPeriod. */
export const DEFAULT_RETENTION_SECONDS = 345_600;

/** Seconds that a main queue keeps a message unless it is told otherwise: what waits in strict order is parked by nobody, and SQS deletes what is older. */
export const defaultRetention = ({ strictOrder }: Pick<TieredQueueProps, 'strictOrder'>): number =>
  strictOrder ? LONGEST_MAIN_RETENTION_SECONDS : DEFAULT_RETENTION_SECONDS;

/** 1 MiB, the largest message of SQS, with its attributes. Source: SQS API, CreateQueue, MaximumMessageSize. */
export const MAXIMUM_MESSAGE_BYTES = 1_048_576;

/**
 * What is kept free of that in the main queue, for the reason that goes along to repair: SQS counts attributes into a message's size, and a message that
 * doesn't fit could not get there. Six attributes of at most 500 characters, three bytes each, with their names.
 */
const NOTE_BYTES = 10_240;
const LARGEST = MAXIMUM_MESSAGE_BYTES - NOTE_BYTES;

/** Source: SQS API, SetQueueAttributes, RedrivePolicy. */
export const MOST_RECEIVES = 1000;

export interface TieredQueueProps {
  /**
   * Name of the main queue; the tiers are `<name>-parked` and `<name>-repair`. 1 to 73 letters, digits, hyphens, underscores
   * (80 with the tier's suffix; FIFO queues end in `.fifo`, which is added). Source: SQS quotas, "Queue name".
   */
  readonly queueName: string;
  /**
   * Name of the queue for parked messages, for a dead-letter queue that is there already: as `queueName`, up to 80 characters (FIFO 75). Default:
   * `<queueName>-parked`.
   */
  readonly parkedName?: string;
  /** Name of the queue for repair, likewise. Default: `<queueName>-repair`. */
  readonly repairName?: string;
  /** FIFO: order per message group, duplicates dropped for 5 minutes, 300 calls a second unless batched. Default: standard. */
  readonly fifo?: boolean;
  /**
   * FIFO only, for all three tiers, so that a release is not slower than the intake: 300 calls a second for each message group (3,000 messages in batches of ten)
   * instead of for the queue; thousands of calls for the queue, by region. Duplicates are then dropped within their group only, so a sender must repeat a message
   * with the same group. Default false. Source: SQS guide, "High throughput for FIFO queues"; SQS quotas, "Messages".
   */
  readonly highThroughput?: boolean;
  /**
   * FIFO only: no message is parked, so that none of its group goes past it. What fails waits at the head of its group until its dependency is back, and holds up no other group; poison goes to repair. SQS
   * parks it all the same after 1,000 receives, which take about 40 hours of failing; behind a circuit breaker an outage costs none. Default false: a message is parked after
   * `maxReceiveCount`, and its group goes on without it. Source: SQS API, SetQueueAttributes, maxReceiveCount.
   */
  readonly strictOrder?: boolean;
  /**
   * Seconds that a received message stays hidden: 0 to 43,200. Default 180. At least 6 × the consumer's time-out, which `Consumer`
   * checks. Source: SQS API, CreateQueue; Lambda guide, "Using Lambda with Amazon SQS".
   */
  readonly visibilityTimeout?: number;
  /**
   * Receives before SQS parks a message: 1 to 1,000. Default 5, the least that Lambda advises: receives that its function never saw, because it was throttled or its mapping went off, count as well. Sources: SQS
   * guide, "Dead-letter queues"; Lambda guide, "Configuring a queue to use with Lambda".
   */
  readonly maxReceiveCount?: number;
  /**
   * Seconds that the main queue keeps a message: 60 to 1,209,599, so that the dead letters outlive their source. Default 345,600 (4 days), with `strictOrder` the longest. Behind a circuit breaker, where messages
   * wait for as long as an outage lasts, take the longest: `LONGEST_MAIN_RETENTION_SECONDS`.
   */
  readonly messageRetention?: number;
  /** Seconds before a new message can be received: 0 to 900. Default 0. */
  readonly deliveryDelay?: number;
  /**
   * Bytes of a message that the main queue takes, its attributes among them: 1,024 to 1,038,336. Default 262,144. The tiers take SQS's most, 1,048,576, so that
   * whatever got in gets there, with its reason. Source: SQS API, CreateQueue. The AWS provider takes the tiers' size from 6.8 on.
   */
  readonly maxMessageSize?: number;
  /** A KMS key for all tiers. Default: encryption with keys that SQS manages. */
  readonly kmsKeyArn?: string;
  /** Alarms on age and depth of every tier, sent to these SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
  /** Seconds that the oldest message of the main queue may wait before the alarm: 60 or more. Default 900. */
  readonly maximumAge?: number;
  /** Messages in the main queue before the alarm: 1 or more. Default 1,000. */
  readonly maximumDepth?: number;
}

export const rules: readonly Rule<TieredQueueProps>[] = [
  {
    prop: 'queueName',
    holds: ({ queueName, fifo }) => /^[A-Za-z0-9_-]+$/.test(queueName) && queueName.length <= (fifo ? 68 : 73),
    message: ({ queueName, fifo }) =>
      `is "${queueName}"; SQS takes letters, digits, hyphens and underscores, here at most ${fifo ? 68 : 73} of them because "-parked"${fifo ? ' and ".fifo" are' : ' is'} added`,
  },
  ...(['parkedName', 'repairName'] as const).map(
    (prop): Rule<TieredQueueProps> => ({
      prop,
      holds: ({ [prop]: name, fifo }) =>
        name === undefined || (/^[A-Za-z0-9_-]+$/.test(name) && name.length <= (fifo ? 75 : 80)),
      message: ({ [prop]: name, fifo }) =>
        `is "${name}"; SQS takes letters, digits, hyphens and underscores, here at most ${fifo ? '75 of them because ".fifo" is added' : '80 of them'}`,
    }),
  ),
  {
    prop: 'parkedName',
    holds: ({ queueName, parkedName, repairName }) =>
      new Set([queueName, parkedName ?? `${queueName}-parked`, repairName ?? `${queueName}-repair`]).size === 3,
    message: ({ queueName, parkedName, repairName }) =>
      `is "${parkedName}", repairName "${repairName}" and queueName "${queueName}"; each tier has a name of its own`,
  },
  {
    prop: 'highThroughput',
    holds: ({ highThroughput, fifo }) => !highThroughput || fifo === true,
    message: () =>
      'is set, but the queue is not FIFO; a standard queue has no limit to raise. Set fifo, or leave it out',
  },
  {
    prop: 'strictOrder',
    holds: ({ strictOrder, fifo }) => !strictOrder || fifo === true,
    message: () => 'is set, but the queue is not FIFO; a standard queue keeps no order. Set fifo, or leave it out',
  },
  {
    prop: 'maxReceiveCount',
    holds: ({ strictOrder }) => !strictOrder,
    message: ({ maxReceiveCount }) =>
      `is ${maxReceiveCount} with strictOrder, which takes SQS's most, ${MOST_RECEIVES}; leave one of them out`,
  },
  whole('visibilityTimeout', [0, 43_200], { unit: 's', by: 'SQS' }),
  whole('maxReceiveCount', [1, MOST_RECEIVES], { by: 'SQS' }),
  whole('messageRetention', [60, LONGEST_MAIN_RETENTION_SECONDS], {
    unit: 's',
    because: `SQS counts a dead letter's age from its first send, so the tiers, at ${MAXIMUM_RETENTION_SECONDS} s, must outlive it`,
  }),
  whole('deliveryDelay', [0, 900], { unit: 's', by: 'SQS' }),
  whole('maxMessageSize', [1024, LARGEST], {
    unit: 'bytes',
    because: "of SQS's 1,048,576 the rest is for the reason that goes along to repair",
  }),
  whole('maximumAge', [60, MAXIMUM_RETENTION_SECONDS], { unit: 's' }),
  whole('maximumDepth', [1, Number.POSITIVE_INFINITY]),
  kmsKeyArn,
];
