import type { AlarmActions } from '../defaults';
import { isKnown, kmsKeyArn, type Rule } from '../props';
import { type Delivery, deliveryProblem } from './delivery';
import { type Filter, filterProblem } from './filter';

export interface TopicProps {
  /** 1 to 200 letters, digits, hyphens, underscores; `.fifo` is added to a FIFO topic's. SNS takes 256; the rest is for the names of alarms. Source: SNS API, CreateTopic. */
  readonly topicName: string;
  /** FIFO: order per message group, duplicates dropped for 5 minutes; only queues can subscribe. Default: standard. Source: SNS guide, "Message delivery for FIFO topics". */
  readonly fifo?: boolean;
  /**
   * FIFO only: the limits hold for each message group instead of the topic, and duplicates are dropped within their group. Default false.
   * Source: SNS API, CreateTopic, FifoThroughputScope.
   */
  readonly highThroughput?: boolean;
  /**
   * KMS key for the messages and the dead letters; an `EncryptionKey` with `deliveries`. Default: AWS's own key for SNS for the topic, which AWS services and other accounts can't publish with, and SQS's
   * own encryption for the dead letters. Source: SNS guide, "Key management".
   */
  readonly kmsKeyArn?: string;
  /** SNS topics (or any alarm action) for what could not be delivered. Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

export const rules: readonly Rule<TopicProps>[] = [
  {
    prop: 'topicName',
    holds: ({ topicName }) => /^[A-Za-z0-9_-]{1,200}$/.test(topicName),
    message: ({ topicName, fifo }) =>
      `is "${topicName}"; it takes 1 to 200 letters, digits, hyphens and underscores${fifo ? ', and adds ".fifo" itself' : ''}`,
  },
  {
    prop: 'highThroughput',
    holds: ({ highThroughput, fifo }) => !highThroughput || fifo === true,
    message: () =>
      'is set, but the topic is not FIFO; a standard topic has no limit to raise. Set fifo, or leave it out',
  },
  kmsKeyArn,
];

/** How one subscriber gets a topic's messages. */
export interface SubscriptionProps {
  /** What of the topic is delivered, by message attributes or by fields of a JSON body. Default: everything. */
  readonly filter?: Filter;
  /**
   * The message itself instead of SNS's envelope around it; message attributes come as the receiver's own. A function always gets the envelope. Default: true.
   * Source: SNS guide, "Amazon SNS raw message delivery".
   */
  readonly raw?: boolean;
  /** HTTPS only: how an endpoint that fails is retried. Default: 50 times over most of an hour, the delay growing from 1 to 60 s. */
  readonly delivery?: Delivery;
}

/** A subscription and its topic, for the rules. */
interface Subscription extends SubscriptionProps {
  readonly protocol: 'sqs' | 'lambda' | 'https';
  readonly endpoint: string;
  readonly topicIsFifo: boolean;
  readonly queueIsFifo: boolean;
}

export const subscriptionRules: readonly Rule<Subscription>[] = [
  {
    prop: 'protocol',
    holds: ({ protocol, topicIsFifo }) => !topicIsFifo || protocol === 'sqs',
    message: ({ protocol }) =>
      `is ${protocol}, and the topic is FIFO; SNS delivers from it to queues only. Subscribe a queue, and let it feed the rest`,
  },
  {
    prop: 'queueIsFifo',
    holds: ({ topicIsFifo, queueIsFifo }) => topicIsFifo || !queueIsFifo,
    message: () => 'is true, and the topic is standard; SNS delivers to a FIFO queue from a FIFO topic only',
  },
  {
    prop: 'endpoint',
    holds: ({ endpoint, protocol }) =>
      protocol !== 'https' || !isKnown(endpoint) || /^https:\/\/[^\s/]+/.test(endpoint),
    message: ({ endpoint }) => `is "${endpoint}"; it takes a URL that begins with https://`,
  },
  {
    prop: 'raw',
    holds: ({ raw, protocol }) => !raw || protocol !== 'lambda',
    message: () => 'is true, and the subscriber a function; SNS invokes functions with its envelope only',
  },
  {
    prop: 'delivery',
    holds: ({ protocol }) => protocol === 'https',
    message: ({ protocol }) => `is set, and the protocol ${protocol}; SNS takes a delivery policy for HTTPS only`,
  },
  {
    prop: 'delivery',
    holds: ({ delivery = {} }) => deliveryProblem(delivery) === undefined,
    message: ({ delivery = {} }) => deliveryProblem(delivery) ?? '',
  },
  {
    prop: 'filter',
    holds: ({ filter }) => !filter || filterProblem(filter) === undefined,
    message: ({ filter }) => (filter && filterProblem(filter)) ?? '',
  },
];
