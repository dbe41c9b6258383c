import type { AlarmActions } from '../defaults';
import type { Invocable } from '../lambda-function';
import { isKnown, isWhole, kmsKeyArn, matching, type Rule, whole } from '../props';
import type { QueueTiers } from '../tiered-queue';
import type { KafkaSource } from './source';

export interface KafkaClusterProps {
  /** 1 to 64 letters, digits, hyphens. Source: MSK API, CreateCluster. */
  readonly clusterName: string;
  /** One subnet in each zone, 2 or 3 of them. Source: MSK guide, "Create an MSK Provisioned cluster". */
  readonly subnetIds: readonly string[];
  /** Who may reach the brokers: at least one group, with ports 9098 (IAM) or 9096 (SCRAM) open to clients. */
  readonly securityGroupIds: readonly string[];
  /** Version of Apache Kafka as MSK names it. Default `3.9.x`. Source: MSK guide, "Supported Apache Kafka versions". */
  readonly kafkaVersion?: string;
  /** Default `kafka.m7g.large`. Source: MSK guide, "Broker types". */
  readonly instanceType?: string;
  /** Brokers in all: a multiple of the subnets. Default: one in each. */
  readonly brokers?: number;
  /** GiB of each broker: 1 to 16,384. Default 100. It can grow, never shrink. Source: MSK API, EBSStorageInfo. */
  readonly volumeSize?: number;
  /**
   * How clients prove who they are. `iam`: by their role. `scram`: by user and password in secrets whose names begin with `AmazonMSK_` and which have a key of one's own; no password passes
   * through Terraform. Default `iam`. Source: MSK guide, "Sign-in credentials authentication with AWS Secrets Manager".
   */
  readonly authentication?: 'iam' | { readonly scramSecretArns: readonly string[] };
  /** KMS key for what the brokers keep. Default: AWS's own key for MSK. */
  readonly kmsKeyArn?: string;
  /** Days that the brokers' logs are kept: a value that CloudWatch Logs takes. Default 365. */
  readonly logRetentionDays?: number;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

/** The name of a secret in its ARN, where it can be seen. Source: MSK guide, "Set up SASL/SCRAM authentication". */
const badSecrets = ({ authentication }: KafkaClusterProps) =>
  typeof authentication === 'object'
    ? authentication.scramSecretArns.filter((arn) => isKnown(arn) && !/:secret:AmazonMSK_/.test(arn))
    : [];

export const clusterRules: readonly Rule<KafkaClusterProps>[] = [
  matching('clusterName', /^[A-Za-z0-9-]{1,64}$/, 'MSK takes 1 to 64 letters, digits and hyphens'),
  {
    prop: 'subnetIds',
    holds: ({ subnetIds }) => subnetIds.length === 2 || subnetIds.length === 3,
    message: ({ subnetIds }) => `has ${subnetIds.length}; MSK takes one in each of 2 or 3 zones`,
  },
  {
    prop: 'securityGroupIds',
    holds: ({ securityGroupIds }) => securityGroupIds.length > 0,
    message: () => 'has none; without one the brokers get the default group of the VPC',
  },
  {
    prop: 'brokers',
    holds: ({ brokers = 0, subnetIds }) => isWhole(brokers, 1) && brokers % subnetIds.length === 0,
    message: ({ brokers, subnetIds }) => `is ${brokers}; MSK takes a multiple of the ${subnetIds.length} subnets`,
  },
  whole('volumeSize', [1, 16_384], { unit: 'GiB', by: 'MSK' }),
  {
    prop: 'authentication',
    holds: ({ authentication }) =>
      typeof authentication === 'string' || (authentication?.scramSecretArns.length ?? 1) > 0,
    message: () => 'is scram without a secret; nobody could log in',
  },
  {
    prop: 'authentication',
    holds: (props) => badSecrets(props).length === 0,
    message: (props) => `has ${badSecrets(props).join(', ')}; MSK takes secrets whose names begin with "AmazonMSK_"`,
  },
  kmsKeyArn,
];

export interface ServerlessKafkaClusterProps {
  /** 1 to 64 letters, digits, hyphens. Source: MSK API, CreateClusterV2. */
  readonly clusterName: string;
  /** Subnets in at least 2 zones; at most 5. Source: MSK guide, "MSK Serverless". */
  readonly subnetIds: readonly string[];
  /** Who may reach it, at most 5 groups. Default: the default group of the VPC. */
  readonly securityGroupIds?: readonly string[];
}

export const serverlessRules: readonly Rule<ServerlessKafkaClusterProps>[] = [
  matching('clusterName', /^[A-Za-z0-9-]{1,64}$/, 'MSK takes 1 to 64 letters, digits and hyphens'),
  {
    prop: 'subnetIds',
    holds: ({ subnetIds }) => subnetIds.length >= 2 && subnetIds.length <= 5,
    message: ({ subnetIds }) => `has ${subnetIds.length}; MSK Serverless takes 2 to 5, in at least 2 zones`,
  },
  {
    prop: 'securityGroupIds',
    holds: ({ securityGroupIds = [] }) => securityGroupIds.length <= 5,
    message: ({ securityGroupIds = [] }) => `has ${securityGroupIds.length}; MSK Serverless takes at most 5`,
  },
];

export interface KafkaConsumerProps {
  /** What is read: a `KafkaCluster`, a `ServerlessKafkaCluster`, or `selfManagedBrokers`. */
  readonly source: KafkaSource;
  /** 1 to 249 letters, digits, dots, hyphens, underscores. Source: Lambda API, CreateEventSourceMapping, Topics. */
  readonly topic: string;
  /** What handles the records: a `LambdaFunction` or an `ExistingFunction`. */
  readonly handler: Invocable;
  /** Names the consumer group, the dead-letter queue (`<consumerName>-failed`) and the alarms: 1 to 60 letters, digits, hyphens, underscores. A new name reads from `startingPosition` again. */
  readonly consumerName: string;
  /**
   * Where a handler of the kit (`source: kafka`) hands over the records that it can't finish: the tiers whose main queue it works on as well. It may send there and to repair.
   * Default: nowhere; a failed record stays in the topic.
   */
  readonly tiers?: QueueTiers;
  /** Records an invocation: 1 to 10,000. Default 100. Source: Lambda API, CreateEventSourceMapping. */
  readonly batchSize?: number;
  /** Seconds to gather a batch: 0 to 300. Default 500 ms, which can't be set again once it was changed. Source: Lambda API, CreateEventSourceMapping. */
  readonly batchingWindow?: number;
  /** Where a new group begins: the oldest record, or `LATEST`, which loses what arrives while the mapping comes up. Default `TRIM_HORIZON`. */
  readonly startingPosition?: 'TRIM_HORIZON' | 'LATEST';
  /** Only records that match one of these patterns are handled; the others are passed over. At most 5. Default: all. */
  readonly filterPatterns?: readonly object[];
  /**
   * Event pollers of the mapping's own, `minimum` of 1 to 200 and `maximum` of 1 to 2,000, each for 5 MB a second; they cost by the hour. Only with them Lambda splits a batch, takes single failures and gives records up.
   * Default: none, Lambda's own pace, a failing batch is repeated whole until it succeeds. Source: Lambda guide, "Apache Kafka event poller scaling modes"; Lambda API, ProvisionedPollerConfig.
   */
  readonly pollers?: { readonly minimum: number; readonly maximum: number };
  /**
   * Only with pollers. Retries of a batch before Lambda gives it up: 0 to 10,000. Default 10,000: an outage is no reason to give records up. Lambda's own "without end" (-1) is 10 where there is an on-failure
   * destination, as here. Source: Lambda guide, "Configuring error handling controls for Kafka event sources", "Using a Kafka topic as an on-failure destination".
   */
  readonly maximumRetryAttempts?: number;
  /** Only with pollers. Seconds that a record may be old before Lambda gives it up: 60 to 604,800, or -1 without end. Default -1. Source: the same. */
  readonly maximumRecordAge?: number;
  /**
   * What gets the records that Lambda gives up. `{ topic }`: a topic of the same cluster, whole records, in their order. `{ bucketArn }`: an S3 bucket, whole batches. Default: a dead-letter queue, which gets where they are in the topic.
   * Terraform's AWS provider takes a topic since 6.28.0. Source: Lambda guide, "Capturing discarded batches"; terraform-provider-aws, pull request 45802.
   */
  readonly failed?: { readonly topic: string } | { readonly bucketArn: string };
  /** A circuit breaker switches the mapping at run time: Terraform creates it on and then leaves that alone. Default false. */
  readonly switchedAtRunTime?: boolean;
  /** KMS key of the dead-letter queue. Default: SQS's own encryption. */
  readonly kmsKeyArn?: string;
  /** Records behind in one partition before the alarm: 1 or more. Default 10,000. */
  readonly maximumLag?: number;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

/** The most that Lambda can be told. */
export const MOST_RETRIES = 10_000;

export const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;
const TOPIC_TAKES = 'Kafka takes 1 to 249 letters, digits, dots, hyphens and underscores';

const onlyWithPollers = (prop: 'maximumRetryAttempts' | 'maximumRecordAge'): Rule<KafkaConsumerProps> => ({
  prop,
  holds: ({ pollers }) => pollers !== undefined,
  message: (props) =>
    `is ${props[prop]}, and there are no pollers; without them Lambda repeats a batch until it succeeds. Set pollers, or leave it out`,
});

export const consumerRules: readonly Rule<KafkaConsumerProps>[] = [
  matching('topic', TOPIC, TOPIC_TAKES),
  matching('consumerName', /^[A-Za-z0-9_-]{1,60}$/, 'it takes 1 to 60 letters, digits, hyphens and underscores'),
  whole('batchSize', [1, 10_000], { by: 'Lambda' }),
  whole('batchingWindow', [0, 300], { unit: 's', by: 'Lambda' }),
  {
    prop: 'filterPatterns',
    holds: ({ filterPatterns = [] }) => filterPatterns.length >= 1 && filterPatterns.length <= 5,
    message: ({ filterPatterns = [] }) => `has ${filterPatterns.length} patterns; Lambda takes 1 to 5`,
  },
  {
    prop: 'pollers',
    holds: ({ pollers }) => isWhole(pollers?.minimum, 1, 200) && isWhole(pollers?.maximum, pollers?.minimum ?? 1, 2000),
    message: ({ pollers }) =>
      `has a minimum of ${pollers?.minimum} and a maximum of ${pollers?.maximum}; Lambda takes 1 to 200, and from there to 2,000`,
  },
  onlyWithPollers('maximumRetryAttempts'),
  onlyWithPollers('maximumRecordAge'),
  {
    prop: 'maximumRetryAttempts',
    holds: ({ maximumRetryAttempts }) => isWhole(maximumRetryAttempts, 0, MOST_RETRIES),
    message: ({ maximumRetryAttempts }) =>
      `is ${maximumRetryAttempts}; it takes whole numbers from 0 to 10,000. Lambda makes 10 of -1 where it has somewhere to send what it gives up, as here`,
  },
  {
    prop: 'maximumRecordAge',
    holds: ({ maximumRecordAge }) => maximumRecordAge === -1 || isWhole(maximumRecordAge, 60, 604_800),
    message: ({ maximumRecordAge }) => `is ${maximumRecordAge} s; Lambda takes whole numbers from 60 to 604,800, or -1`,
  },
  {
    prop: 'failed',
    holds: ({ failed, topic }) =>
      !failed || !('topic' in failed) || (TOPIC.test(failed.topic) && failed.topic !== topic),
    message: ({ failed }) =>
      `is the topic "${failed && 'topic' in failed && failed.topic}"; it takes another than the one that is read, of 1 to 249 letters, digits, dots, hyphens and underscores`,
  },
  whole('maximumLag', [1, Number.POSITIVE_INFINITY]),
  kmsKeyArn,
];
