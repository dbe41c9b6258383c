import type {
  AnyConsumerContract,
  EnvironmentOf,
  FunctionContract,
  OwnVariables,
} from '../../functions/runtime/contract';
import type { CircuitBreakerProps, Dependency } from '../circuit-breaker';
import type { ConsumerProps } from '../consumer';
import type { AlarmActions } from '../defaults';
import type { ExistingFunction, LambdaFunctionProps } from '../lambda-function';
import type { ConsumerLedger } from '../ledger';
import { account, isKnown, kmsKeyArn, logRetentionDays, matching, type Rule, region, whole } from '../props';
import type { RedriveProps } from '../redrive';
import { type ExistingQueue, LONGEST_MAIN_RETENTION_SECONDS, type TieredQueueProps } from '../tiered-queue';

/** A function of one's own that answers `{"green": boolean, "detail": string}`: `canary` of `spillway/runtime` makes one. */
export interface CanaryFunction<Contract extends FunctionContract = FunctionContract> {
  /** Its contract (`defineCanary`). */
  readonly contract: Contract;
  /** Path of its zip archive (`bundleFunction` makes one). */
  readonly bundle: string;
  /** Its variables. */
  readonly environment: EnvironmentOf<Contract>;
}

/** What is to differ from a queue's defaults. */
export type QueueSettings = Omit<TieredQueueProps, 'queueName' | 'alarmActions' | 'kmsKeyArn'>;

/** What is to differ from a breaker's defaults, and from its dependency's. */
export type BreakerSettings = Pick<
  CircuitBreakerProps,
  'park' | 'trickleRate' | 'ceilingRate' | 'releaseInterval' | 'sweeps'
> & { readonly dependency?: Omit<Dependency, 'canary'> };

export interface ProtectedConsumerProps<
  Contract extends AnyConsumerContract = AnyConsumerContract,
  Canary extends FunctionContract = FunctionContract,
> {
  /** Name of the main queue and of the function; everything else is named after it. 1 to 40 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** The consumer's contract (`defineConsumer`). */
  readonly contract: Contract;
  /** Path of the zip archive with the consumer's handler (`bundleFunction` makes one). */
  readonly bundle: string;
  /** The consumer's own variables; the kit's are filled in. */
  readonly environment: OwnVariables<Contract>;
  /** What says that the dependency works: nothing is released before it does, and nothing is called poison while it doesn't. Made of its contract and bundle, or one that is there already. */
  readonly canary: CanaryFunction<Canary> | ExistingFunction;
  /** The account that it is deployed to, 12 digits. */
  readonly account: string;
  /** The region that it is deployed to; needed by `breaker`. Default: none, where there is no breaker. */
  readonly region?: string;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
  /** A circuit breaker around the contract's `dependency`: while it is out, nothing is received, and its recovery releases what is parked. Default: none. */
  readonly breaker?: BreakerSettings;
  /** A ledger that several consumers share (a `Ledger`, or an `ExistingLedger`), or `none` for work that is idempotent by itself. Default: one of its own. */
  readonly ledger?: ConsumerLedger | 'none';
  /** Days that its own ledger remembers a message after it was closed. Default 400. */
  readonly ledgerDays?: number;
  /** Releases through which a message may fail while the canary is green; then it goes to repair: 1 to 100. Default 3. */
  readonly maxRounds?: number;
  /** Milliseconds until the work for one message is given up: 100 to 890,000. Default 5,000. */
  readonly workTimeoutMs?: number;
  /** What is to differ in the queue, or queues that are there already: they get the alarms, and nothing of them is changed. Default: nothing differs. */
  readonly queue?: QueueSettings | ExistingQueue;
  /** What is to differ in the consumer's function. Default: nothing but a `reservedConcurrency` of 5. */
  readonly function?: Pick<
    LambdaFunctionProps,
    'timeout' | 'memorySize' | 'reservedConcurrency' | 'vpc' | 'role' | 'logGroup'
  >;
  /** What is to differ in the mapping. Default: nothing. */
  readonly mapping?: Pick<ConsumerProps, 'batchSize' | 'batchingWindow' | 'maximumConcurrency' | 'filterPatterns'>;
  /** What is to differ in the release of parked messages. Default: nothing. */
  readonly redrive?: Pick<
    RedriveProps,
    'rate' | 'everyMinutes' | 'canaries' | 'canaryTimeoutMs' | 'reservedConcurrency'
  >;
  /** Terraform and the console refuse to delete tables. Default true. */
  readonly deletionProtection?: boolean;
  /** Days that logs are kept. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for queues, ledger, logs and environments. Default: keys that AWS owns or manages. */
  readonly kmsKeyArn?: string;
}

const FOURTEEN_DAYS = 14;

/** Days that a message may take: in the main queue, and in parked for as often as it is released; and in repair. */
export const longestWay = ({
  queue = {},
  breaker,
  maxRounds = 3,
}: Pick<ProtectedConsumerProps, 'queue' | 'breaker' | 'maxRounds'>): number => {
  const longest = breaker !== undefined || ('strictOrder' in queue && queue.strictOrder === true);
  const retention = queue.messageRetention ?? (longest ? LONGEST_MAIN_RETENTION_SECONDS : 345_600);
  return (maxRounds + 1) * (retention / 86_400 + FOURTEEN_DAYS) + FOURTEEN_DAYS;
};

export const rules: readonly Rule<ProtectedConsumerProps>[] = [
  matching('name', /^[a-z][a-z0-9-]{0,39}$/, 'it takes 1 to 40 lower-case letters, digits and hyphens'),
  account,
  region as Rule<ProtectedConsumerProps>,
  {
    prop: 'breaker',
    holds: ({ contract, region: where }) => contract.dependency !== undefined && where !== undefined,
    message: ({ contract }) =>
      contract.dependency === undefined
        ? `is set, but the contract of ${contract.name} names no dependency; nobody would tell the breaker of a failure. Name one in defineConsumer`
        : 'is set, but region is not; the breaker needs it for its ARNs',
  },
  whole('ledgerDays', [1, 3650], { unit: 'days' }),
  {
    prop: 'ledgerDays',
    holds: (props) => !isKnown(props.queue?.messageRetention ?? 0) || (props.ledgerDays ?? 400) >= longestWay(props),
    message: (props) =>
      `is ${props.ledgerDays} days, but a message may be on its way for ${Math.ceil(longestWay(props))}: in the main queue and in parked, once and ${props.maxRounds ?? 3} times more, and in repair. What the ledger has forgotten is worked on again`,
  },
  whole('maxRounds', [1, 100]),
  whole('workTimeoutMs', [100, 890_000], { unit: 'ms' }),
  {
    prop: 'workTimeoutMs',
    holds: ({ workTimeoutMs = 5000, function: { timeout = 30 } = {} }) =>
      !isKnown(timeout) || workTimeoutMs + 2000 <= timeout * 1000,
    message: ({ workTimeoutMs, function: { timeout = 30 } = {} }) =>
      `is ${workTimeoutMs} ms, but the function is ended after ${timeout} s; 2 s are kept back for recording what happened`,
  },
  logRetentionDays,
  kmsKeyArn,
];
