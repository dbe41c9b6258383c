import type { AnyConsumerContract, OwnVariables } from '../../functions/runtime/contract';
import type { Broker, RabbitMqCluster } from '../broker';
import type { breakerEnvironment } from '../circuit-breaker';
import type { AlarmActions } from '../defaults';
import type { Grantee, LambdaFunction } from '../lambda-function';
import type { Ledger } from '../ledger';
import { isWhole, matching, type Rule, whole } from '../props';
import type { QueueTiers } from '../tiered-queue';

/**
 * Redeliveries of Lambda's own client, which no policy of the broker changes: a batch that fails comes back at once, six times, within seconds. Source: Lambda guide,
 * "Troubleshoot Amazon MQ event source mapping errors".
 */
const CLIENT_REDELIVERIES = 6;

/** Invocations at once of one mapping. Source: Lambda guide, "Using Lambda with Amazon MQ": configuration restrictions. */
const AT_ONCE = { activemq: 5, rabbitmq: 1 } as const;

export const mostAtOnce = ({ source }: Pick<BrokerConsumerProps, 'source'>): number => AT_ONCE[source.engine];

export interface BrokerConsumerProps<Contract extends AnyConsumerContract = AnyConsumerContract> {
  /** The consumer's contract (`defineConsumer`). Its handler's `source` is `activemq` or `rabbitmq` of `spillway/runtime`. */
  readonly contract: Contract;
  /** Path of the zip archive with its handler (`bundleFunction` makes one). Default: `dist/functions/<name of the contract>.zip`. */
  readonly bundle?: string;
  /** The consumer's own variables; the kit's are filled in. */
  readonly environment: OwnVariables<Contract>;
  /** Secrets that it may read, each with the KMS key that it is under where that isn't the account's `aws/secretsmanager` or `kmsKeyArn`. Default: none. */
  readonly secrets?: readonly { readonly arn: string; readonly kmsKeyArn?: string | undefined }[];
  /** ActiveMQ: the user that Lambda polls as. RabbitMQ: the administrator, or the virtual host to poll. */
  readonly source:
    | { readonly engine: 'activemq'; readonly broker: Broker; readonly username: string }
    | { readonly engine: 'rabbitmq'; readonly broker: RabbitMqCluster; readonly virtualHost?: string };
  /**
   * The broker's queue. One for each consumer: Lambda takes exactly one. In ActiveMQ its policy has more than 6 `maximumRedeliveries`: Lambda's client spends 6 by itself,
   * within seconds, and only what is left is given the broker's growing waits.
   */
  readonly queueName: string;
  /** Tiers for what can't be finished now or must be mended; a consumer of the same scope works on its main queue. */
  readonly tiers: QueueTiers;
  /** The ledger of that consumer: what one has done is a duplicate to the other. */
  readonly ledger: Ledger;
  /** What says whether the dependency works: a message that it refuses goes to repair only if it does. Default: nobody is asked. */
  readonly canary?: LambdaFunction | undefined;
  /** The circuit breaker that guards the same dependency, with the environment that its consumers have. Default: calls are not protected. */
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
  /** Seconds; a batch whose dependency hangs must fit in, with a margin. Default 30. */
  readonly timeout?: number;
  /**
   * Invocations at once, taken out of the account's pool: as many as the mapping makes, or more, so that none is throttled. Lambda makes at most 5 for a mapping of ActiveMQ
   * and 1 for one of RabbitMQ, whatever is set here. Default 5, RabbitMQ 1; the function for dead letters has as many of its own. Source: Lambda guide, "Using Lambda with Amazon MQ".
   */
  readonly reservedConcurrency?: number;
  /** Milliseconds until the work for one message is given up: at least 2 s less than `timeout`. Default 5,000. */
  readonly workTimeoutMs?: number;
  /** A circuit breaker switches the mapping at run time: Terraform creates it on and then leaves that alone. Default false. */
  readonly switchedAtRunTime?: boolean;
  /** Days that logs are kept: a value that CloudWatch Logs takes. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for logs and environment. Default: keys that AWS owns. */
  readonly kmsKeyArn?: string;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
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
    prop: 'workTimeoutMs',
    holds: ({ workTimeoutMs = 5000, timeout = 30 }) => workTimeoutMs + 2000 <= timeout * 1000,
    message: ({ workTimeoutMs, timeout = 30 }) =>
      `is ${workTimeoutMs} ms, but the function ends after ${timeout} s; 2 s must be left to hand the message over`,
  },
  {
    prop: 'tiers',
    holds: ({ tiers }) => !tiers.fifo,
    message: () => 'is a FIFO queue, which takes no delay for a single message; hand over to a standard queue',
  },
];
