import type { Broker, RabbitMqCluster } from '../broker';
import type { OrdersTable } from '../orders-table';
import type { Rule } from '../props';
import type { TieredQueue } from '../tiered-queue';

export interface BrokerConsumerProps {
  /** ActiveMQ: the user that Lambda polls as. RabbitMQ: the administrator, or the virtual host to poll. */
  readonly source:
    | { readonly engine: 'activemq'; readonly broker: Broker; readonly username: string }
    | { readonly engine: 'rabbitmq'; readonly broker: RabbitMqCluster; readonly virtualHost?: string };
  /** The broker's queue. One for each consumer: Lambda takes exactly one. */
  readonly queueName: string;
  /** Tiers for what can't be paid now or must be mended; an `order-consumer` works on its main queue. */
  readonly tiers: TieredQueue;
  readonly ordersTable: OrdersTable;
  /** Base address of the payment system. */
  readonly paymentUrl: string;
  /** ARN of the secret that the payment system asks for as a bearer token. Default: it asks for none. */
  readonly paymentSecretArn?: string;
  readonly functionName: string;
  /** Messages an invocation: 1 to 10,000. Default 10: a batch comes back whole. Source: Lambda API, CreateEventSourceMapping. */
  readonly batchSize?: number;
  /** Seconds to gather a batch: 0 to 300. Default 1. Source: the same. */
  readonly batchingWindow?: number;
  /** Seconds; a batch of orders whose payment hangs must fit in, with a margin. Default 30. */
  readonly timeout?: number;
  /** Invocations at once. Amazon MQ's pollers start up to 5 and can't be told fewer. Default: none reserved. Source: Lambda guide, "Amazon MQ: polling and batching". */
  readonly reservedConcurrency?: number;
  /** Milliseconds until a payment call is given up. Default 5,000. */
  readonly paymentTimeoutMs?: number;
  readonly logRetentionDays?: number;
  readonly kmsKeyArn?: string;
  readonly alarmActions?: string[];
}

const whole = (value: number | undefined, least: number, most: number) =>
  value !== undefined && Number.isInteger(value) && value >= least && value <= most;

export const rules: readonly Rule<BrokerConsumerProps>[] = [
  {
    prop: 'queueName',
    holds: ({ queueName }) => /^[^\s*>,]{1,1000}$/.test(queueName),
    message: ({ queueName }) => `is "${queueName}"; Lambda takes the name of one queue, without blanks and wildcards`,
  },
  {
    prop: 'batchSize',
    holds: ({ batchSize }) => whole(batchSize, 1, 10_000),
    message: ({ batchSize }) => `is ${batchSize}; Lambda takes 1 to 10,000`,
  },
  {
    prop: 'batchingWindow',
    holds: ({ batchingWindow }) => whole(batchingWindow, 0, 300),
    message: ({ batchingWindow }) => `is ${batchingWindow} s; Lambda takes 0 to 300`,
  },
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
];
