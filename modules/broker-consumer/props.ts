import type { Broker, RabbitMqCluster } from '../broker';
import type { breakerEnvironment } from '../circuit-breaker';
import type { Grantee } from '../lambda-function';
import type { OrdersTable } from '../orders-table';
import { isUrl, isWhole, matching, type Rule, whole } from '../props';
import type { TieredQueue } from '../tiered-queue';

/**
 * Redeliveries of Lambda's own client, which no policy of the broker changes: a batch that fails comes back at once, six times, within seconds. Source: Lambda guide,
 * "Troubleshoot Amazon MQ event source mapping errors".
 */
const CLIENT_REDELIVERIES = 6;

/** Invocations at once of one mapping. Source: Lambda guide, "Using Lambda with Amazon MQ": configuration restrictions. */
const AT_ONCE = { activemq: 5, rabbitmq: 1 } as const;

export const mostAtOnce = ({ source }: Pick<BrokerConsumerProps, 'source'>): number => AT_ONCE[source.engine];

export interface BrokerConsumerProps {
  /** ActiveMQ: the user that Lambda polls as. RabbitMQ: the administrator, or the virtual host to poll. */
  readonly source:
    | { readonly engine: 'activemq'; readonly broker: Broker; readonly username: string }
    | { readonly engine: 'rabbitmq'; readonly broker: RabbitMqCluster; readonly virtualHost?: string };
  /**
   * The broker's queue. One for each consumer: Lambda takes exactly one. In ActiveMQ its policy has more than 6 `maximumRedeliveries`: Lambda's client spends 6 by itself,
   * within seconds, and only what is left is given the broker's growing waits.
   */
  readonly queueName: string;
  /** Tiers for what can't be paid now or must be mended; an `order-consumer` works on its main queue. */
  readonly tiers: TieredQueue;
  /** The books of the same shop. */
  readonly ordersTable: OrdersTable;
  /** Base address of the payment system. */
  readonly paymentUrl: string;
  /** ARN of the secret that the payment system asks for as a bearer token. Default: it asks for none. */
  readonly paymentSecretArn?: string;
  /** ARN of the KMS key that this secret is under, of the same region. Default: the account's `aws/secretsmanager`, or `kmsKeyArn`. */
  readonly paymentSecretKmsKeyArn?: string;
  /** The circuit breaker that guards the same payment system, with the environment that its consumers have. Default: calls are not protected. */
  readonly breaker?: {
    readonly grantProtect: (grantee: Grantee) => void;
    readonly environment: ReturnType<typeof breakerEnvironment>;
  };
  /** 1 to 64 letters, digits, hyphens, underscores. */
  readonly functionName: string;
  /** Messages an invocation: 1 to 10,000. Default 10: a batch comes back whole. Source: Lambda API, CreateEventSourceMapping. */
  readonly batchSize?: number;
  /** Seconds to gather a batch: 0 to 300. Default 1. Source: the same. */
  readonly batchingWindow?: number;
  /** Seconds; a batch of orders whose payment hangs must fit in, with a margin. Default 30. */
  readonly timeout?: number;
  /**
   * Invocations at once, taken out of the account's pool: as many as the mapping makes, or more, so that none is throttled. Lambda makes at most 5 for a mapping of ActiveMQ
   * and 1 for one of RabbitMQ, whatever is set here. Default 5, RabbitMQ 1; the function for dead letters has as many of its own. Source: Lambda guide, "Using Lambda with Amazon MQ".
   */
  readonly reservedConcurrency?: number;
  /** Milliseconds until a payment call is given up: at least 2 s less than `timeout`. Default 5,000. */
  readonly paymentTimeoutMs?: number;
  /** Days that logs are kept: a value that CloudWatch Logs takes. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for logs and environment. Default: keys that AWS owns. */
  readonly kmsKeyArn?: string;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: string[];
}

export const rules: readonly Rule<BrokerConsumerProps>[] = [
  matching('queueName', /^[^\s*>,]{1,1000}$/, 'Lambda takes the name of one queue, without blanks and wildcards'),
  {
    prop: 'queueName',
    holds: ({ source, queueName }) =>
      source.engine === 'rabbitmq' || source.broker.maximumRedeliveries(queueName) > CLIENT_REDELIVERIES,
    message: ({ source, queueName }) =>
      `is "${queueName}", which the broker gives up after ${source.engine === 'activemq' ? source.broker.maximumRedeliveries(queueName) : 0} redeliveries; Lambda's client spends ${CLIENT_REDELIVERIES} within seconds, so that any hiccup would make dead letters: take more, for example 20`,
  },
  {
    prop: 'reservedConcurrency',
    holds: (props) => isWhole(props.reservedConcurrency, mostAtOnce(props)),
    message: (props) =>
      `is ${props.reservedConcurrency}; the mapping invokes it up to ${mostAtOnce(props)} times at once, and a throttled batch comes back as a failed one`,
  },
  whole('batchSize', [1, 10_000], { by: 'Lambda' }),
  whole('batchingWindow', [0, 300], { unit: 's', by: 'Lambda' }),
  {
    prop: 'paymentTimeoutMs',
    holds: ({ paymentTimeoutMs = 5000, timeout = 30 }) => paymentTimeoutMs + 2000 <= timeout * 1000,
    message: ({ paymentTimeoutMs, timeout = 30 }) =>
      `is ${paymentTimeoutMs} ms, but the function ends after ${timeout} s; 2 s must be left to hand the order over`,
  },
  {
    prop: 'tiers',
    holds: ({ tiers }) => !tiers.fifo,
    message: () => 'is a FIFO queue, which takes no delay for a single message; hand over to a standard queue',
  },
  {
    prop: 'paymentUrl',
    holds: ({ paymentUrl }) => isUrl(paymentUrl),
    message: ({ paymentUrl }) => `is "${paymentUrl}"; it takes an http or https URL`,
  },
];
