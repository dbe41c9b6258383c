import type { AlarmActions } from '../defaults';
import type { Invocable } from '../lambda-function';
import { isKnown, isWhole, kmsKeyArn, matching, type Rule, whole } from '../props';
import type { QueueTiers } from '../tiered-queue';
import type { StreamSource } from './source';

export interface StreamProps {
  /** 1 to 128 letters, digits, dots, hyphens, underscores. Source: Kinesis API, CreateStream. */
  readonly streamName: string;
  /**
   * `on-demand`, or a number of shards: 1 or more, each for 1 MB or 1,000 records a second in and 2 MB out. Default `on-demand`, which follows the traffic.
   * Source: Kinesis Data Streams guide, "Quotas and limits".
   */
  readonly shards?: 'on-demand' | number;
  /** Hours that records are kept: 24 to 8,760. Default 168 (7 days), so that a weekend's outage loses nothing. Source: Kinesis API, IncreaseStreamRetentionPeriod. */
  readonly retentionHours?: number;
  /** KMS key for the records. Default: AWS's own key for Kinesis. */
  readonly kmsKeyArn?: string;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

export const rules: readonly Rule<StreamProps>[] = [
  matching('streamName', /^[.\w-]{1,128}$/, 'Kinesis takes 1 to 128 letters, digits, dots, hyphens and underscores'),
  {
    prop: 'shards',
    holds: ({ shards }) => shards === 'on-demand' || isWhole(shards, 1),
    message: ({ shards }) => `is ${shards}; it takes "on-demand", or a whole number from 1`,
  },
  whole('retentionHours', [24, 8760], { unit: 'h', by: 'Kinesis' }),
  kmsKeyArn,
];

export interface StreamConsumerProps {
  /** What is read: a `Stream`, or `dynamodbStream` of a table. */
  readonly source: StreamSource;
  /** What handles the records: a `LambdaFunction` or an `ExistingFunction`. */
  readonly handler: Invocable;
  /** Names the dead-letter queue, `<consumerName>-failed`, and the alarms: 1 to 60 letters, digits, hyphens, underscores. */
  readonly consumerName: string;
  /**
   * Where a handler of the kit (`source: kinesis` or `dynamodbStreams`) hands over the records that it can't finish: the tiers whose main queue it works on as well. It may send there and to repair.
   * Default: nowhere; a failed record stays in the stream.
   */
  readonly tiers?: QueueTiers;
  /** Records an invocation: 1 to 10,000. Default 100. Source: Lambda guide, "Lambda parameters for Amazon Kinesis Data Streams event source mappings". */
  readonly batchSize?: number;
  /** Seconds to gather a batch: 0 to 300. Default 0. Source: Lambda API, CreateEventSourceMapping. */
  readonly batchingWindow?: number;
  /** Batches of a shard at once, order kept for each partition key: 1 to 10. Default 1. Source: Lambda API, CreateEventSourceMapping. */
  readonly parallelization?: number;
  /**
   * Seconds that a record may be old before Lambda gives it up: 60 to 604,800, and at most half of what the stream keeps, so that the other half is left for fetching it by the pointer in the
   * dead-letter queue. Default: that half. Source: Lambda API, CreateEventSourceMapping.
   */
  readonly maximumRecordAge?: number;
  /**
   * Retries of a batch before Lambda gives it up: 0 to 10,000, or -1 for as many as fit into `maximumRecordAge`. Default -1: an outage is no reason to give records up.
   * Source: Lambda API, CreateEventSourceMapping.
   */
  readonly maximumRetryAttempts?: number;
  /** A throughput of its own, 2 MB a second and shard, pushed; costs by the shard and hour. Kinesis only. Default false. Source: Kinesis guide, "Enhanced fan-out". */
  readonly enhancedFanOut?: boolean;
  /**
   * Where reading begins the first time: `TRIM_HORIZON`, the oldest record; `LATEST`, which loses what arrives while the mapping comes up; or, of Kinesis, a time in ISO 8601.
   * Default `TRIM_HORIZON`.
   */
  readonly startingPosition?: 'TRIM_HORIZON' | 'LATEST' | { readonly at: string };
  /**
   * Only records that match one of these patterns are handled; the others are passed over. At most 5. Of records that the Kinesis Producer Library has aggregated Lambda sees the content only with
   * `enhancedFanOut`. Default: all. Source: Lambda guide, "Filtering Kinesis aggregated records".
   */
  readonly filterPatterns?: readonly object[];
  /** S3 bucket that gets the whole records of a batch that was given up, instead of a pointer to them in the dead-letter queue. Default: the dead-letter queue. Source: Lambda guide, "Retain discarded records". */
  readonly failedRecordsBucketArn?: string;
  /** A circuit breaker switches the mapping at run time: Terraform creates it on and then leaves that alone. Default false. */
  readonly switchedAtRunTime?: boolean;
  /** KMS key of the dead-letter queue. Default: SQS's own encryption. */
  readonly kmsKeyArn?: string;
  /** Seconds that the oldest unread record may be old before the alarm: 60 or more. Default 900. */
  readonly maximumAge?: number;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

/** The oldest that Lambda can be told. */
const MOST_AGE_SECONDS = 604_800;

/** Half of what the stream keeps, as far as Lambda goes. */
export const recordAge = ({ retentionHours }: StreamSource): number =>
  isKnown(retentionHours) ? Math.min(MOST_AGE_SECONDS, retentionHours * 1800) : 43_200;

export const consumerRules: readonly Rule<StreamConsumerProps>[] = [
  matching('consumerName', /^[A-Za-z0-9_-]{1,60}$/, 'it takes 1 to 60 letters, digits, hyphens and underscores'),
  whole('batchSize', [1, 10_000], { by: 'Lambda' }),
  whole('batchingWindow', [0, 300], { unit: 's', by: 'Lambda' }),
  whole('parallelization', [1, 10], { by: 'Lambda' }),
  {
    prop: 'maximumRecordAge',
    holds: ({ maximumRecordAge, source }) => isWhole(maximumRecordAge, 60, recordAge(source)),
    message: ({ maximumRecordAge, source }) =>
      `is ${maximumRecordAge} s; Lambda takes 60 to 604,800, and it is to be at most half of the ${source.retentionHours} h that the stream keeps (${recordAge(source)} s), so that what is given up can still be fetched`,
  },
  {
    prop: 'maximumRetryAttempts',
    holds: ({ maximumRetryAttempts }) => isWhole(maximumRetryAttempts, -1, 10_000),
    message: ({ maximumRetryAttempts }) =>
      `is ${maximumRetryAttempts}; Lambda takes whole numbers from 0 to 10,000, or -1 for as many as fit into maximumRecordAge`,
  },
  {
    prop: 'enhancedFanOut',
    holds: ({ enhancedFanOut, source }) => !enhancedFanOut || source.kind === 'kinesis',
    message: () => 'is set for a DynamoDB stream; only Kinesis has it. Leave it out',
  },
  {
    prop: 'startingPosition',
    holds: ({ startingPosition, source }) => typeof startingPosition === 'string' || source.kind === 'kinesis',
    message: () => 'is a time, and the source a DynamoDB stream; Lambda takes TRIM_HORIZON or LATEST there',
  },
  {
    prop: 'startingPosition',
    holds: ({ startingPosition }) =>
      typeof startingPosition !== 'object' ||
      !isKnown(startingPosition.at) ||
      !Number.isNaN(Date.parse(startingPosition.at)),
    message: ({ startingPosition }) =>
      `is at "${(startingPosition as { at: string }).at}"; it takes a time such as "2026-01-31T08:00:00Z"`,
  },
  {
    prop: 'filterPatterns',
    holds: ({ filterPatterns = [] }) => filterPatterns.length >= 1 && filterPatterns.length <= 5,
    message: ({ filterPatterns = [] }) => `has ${filterPatterns.length} patterns; Lambda takes 1 to 5`,
  },
  matching('failedRecordsBucketArn', /^arn:aws[a-z-]*:s3:::[a-z0-9.-]{3,63}$/, 'it takes the ARN of a bucket'),
  whole('maximumAge', [60, Number.POSITIVE_INFINITY], { unit: 's' }),
  kmsKeyArn,
];
