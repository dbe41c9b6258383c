import type { DependencyInput } from '../../functions/runtime/breaker/settings';
import type { Consumer } from '../consumer';
import type { AlarmActions } from '../defaults';
import type { Invocable } from '../lambda-function';
import { account, isKnown, isWhole, kmsKeyArn, logRetentionDays, type Rule, region, whole } from '../props';

/** How it is found out that a dependency is back: a function that answers `{"green": boolean, "detail": string}`. */
export interface Canary {
  /** The function; `canary` of `spillway/runtime` makes one. */
  readonly handler: Pick<Invocable, 'arn' | 'functionName'>;
}

/** One dependency: its canary, and whatever is to differ from the defaults in `functions/runtime/breaker/options.ts`. */
export interface Dependency extends Omit<DependencyInput, 'canaryFunction' | 'alarmName'> {
  /** How it is found out that it is back. */
  readonly canary: Canary;
  /**
   * For a consumer whose code can't change: a CloudWatch alarm that opens the breaker when it goes off, of one metric or composite. It should not go
   * off for as many failures as a single message that is wrong can make. `alarmGrace` has to be as long as it looks back. Default: none.
   */
  readonly tripAlarm?: { readonly name: string; readonly arn: string };
}

export interface CircuitBreakerProps {
  /** 1 to 40 lower-case letters, digits and hyphens; everything that the module makes is named after it. */
  readonly breakerName: string;
  /** The account that it is deployed to, 12 digits; for ARNs. */
  readonly account: string;
  /** The region that it is deployed to; for ARNs. */
  readonly region: string;
  /** Whose messages need the dependencies. It must be `switchedAtRunTime`. */
  readonly consumer: Consumer;
  /** Dependency → how it is protected. At least one. */
  readonly dependencies: Readonly<Record<string, Dependency>>;
  /**
   * Where messages wait while a dependency is out. `wait`: in the main queue, which keeps them for its `messageRetention`. `queue`: in the
   * parked tier, which keeps them for 14 days; not for FIFO, where new messages would overtake them. Default `wait`.
   */
  readonly park?: 'wait' | 'queue';
  /** Messages a second that parked ones come back at while half-open: 1 to 500. Default 1. */
  readonly trickleRate?: number;
  /** Messages a second that the release grows to once closed: 1 to 500. Default 100. Source: SQS API, StartMessageMoveTask. */
  readonly ceilingRate?: number;
  /** Seconds between two looks at the release; the rate doubles at each: 1 to 3,600. Default 10. */
  readonly releaseInterval?: number;
  /**
   * Times in a row that what is found in parked while all is well is released again, after 0, 5, 10, 20, … minutes: 0 to 100. What is back after that is left
   * to whoever hears the alarm on parked's depth. Default 5.
   */
  readonly sweeps?: number;
  /** Terraform and the console refuse to delete the table. Default true. */
  readonly deletionProtection?: boolean;
  /** Days that logs are kept. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for table, logs, environment and dead letters. Default: keys that AWS owns or manages. */
  readonly kmsKeyArn?: string;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

/** Seconds that the function which carries messages to parked may take: ten sends, each a few milliseconds. */
const PARKER_TIMEOUT = { most: 30, least: 5 };

/** As long as fits six times into the queue's visibility timeout. Source: Lambda guide, "Configuring a queue to use with Lambda". */
export const parkerTimeout = (visibilityTimeout: number): number =>
  isKnown(visibilityTimeout) ? Math.min(PARKER_TIMEOUT.most, Math.floor(visibilityTimeout / 6)) : PARKER_TIMEOUT.most;

/** Somebody tells the breaker that a dependency is out: the consumer's function, or an alarm. */
const isFed = ({ breakerName, consumer, dependencies }: CircuitBreakerProps): boolean => {
  const told = consumer.handler.environment?.BREAKER_NAME;
  return (
    told === breakerName ||
    (told !== undefined && !isKnown(told)) ||
    Object.values(dependencies).some(({ tripAlarm }) => tripAlarm !== undefined)
  );
};

export const rules: readonly Rule<CircuitBreakerProps>[] = [
  {
    prop: 'breakerName',
    // The longest name made of it, `<name>-reconcile`, has to fit into the 64 characters of a function's.
    holds: ({ breakerName }) => /^[a-z][a-z0-9-]{0,39}$/.test(breakerName),
    message: ({ breakerName }) => `is "${breakerName}"; it takes 1 to 40 lower-case letters, digits and hyphens`,
  },
  {
    prop: 'consumer',
    holds: ({ consumer }) => consumer.switchedAtRunTime,
    message: () =>
      'is not switchedAtRunTime; the next apply would switch its mapping on in mid-outage. Set switchedAtRunTime: true',
  },
  {
    prop: 'consumer',
    holds: (props) => isFed(props),
    message: ({ breakerName, consumer }) =>
      `has a handler (${isKnown(consumer.handler.functionName) ? consumer.handler.functionName : 'its function'}) that tells this breaker of no failure, and no dependency has a tripAlarm: it would never open. Spread breakerEnvironment({ breakerName: "${breakerName}", dependencies }) into the handler's environment, or give a dependency a tripAlarm`,
  },
  {
    prop: 'dependencies',
    holds: ({ dependencies }) => Object.keys(dependencies).length > 0,
    message: () => 'is empty; name at least one',
  },
  {
    prop: 'park',
    holds: ({ park, consumer }) => park === 'wait' || !consumer.queue.fifo,
    message: () =>
      'is "queue" for a FIFO queue; what comes in after an outage would overtake what was carried to parked. Let it wait: park: "wait"',
  },
  {
    prop: 'park',
    holds: ({ park, consumer }) =>
      park === 'wait' || parkerTimeout(consumer.queue.visibilityTimeout) >= PARKER_TIMEOUT.least,
    message: ({ consumer }) =>
      `is "queue", but the queue's visibilityTimeout is ${consumer.queue.visibilityTimeout} s; the function that carries to parked needs 6 × ${PARKER_TIMEOUT.least} s`,
  },
  {
    prop: 'trickleRate',
    holds: ({ trickleRate, ceilingRate = 100 }) => isWhole(trickleRate, 1, Math.min(500, ceilingRate)),
    message: ({ trickleRate, ceilingRate = 100 }) =>
      `is ${trickleRate} messages a second; it must be 1 to ${Math.min(500, ceilingRate)}: no more than ceilingRate, and SQS moves at most 500`,
  },
  whole('ceilingRate', [1, 500], { unit: 'messages a second', by: 'SQS' }),
  whole('releaseInterval', [1, 3600], { unit: 's' }),
  whole('sweeps', [0, 100]),
  account,
  region,
  logRetentionDays,
  kmsKeyArn,
];
