import type { AlarmActions } from '../defaults';
import type { Invocable } from '../lambda-function';
import { account, isWhole, kmsKeyArn, logRetentionDays, matching, type Rule, whole } from '../props';
import type { QueueTiers } from '../tiered-queue';

/** How it is found out that what the messages need is back: a function that answers `{"green": boolean, "detail": string}`. */
export interface ReleaseCanary {
  /** The function; `canary` of `spillway/runtime` makes one. */
  readonly handler: Pick<Invocable, 'arn'>;
}

export interface RedriveProps {
  /** Whose parked tier is released. */
  readonly queue: QueueTiers;
  /** Name of the function and its schedule: 1 to 54 letters, digits, hyphens, underscores, so that the schedule's role (`<name>-scheduler`) fits into IAM's 64. */
  readonly functionName: string;
  /** 12 digits; only this account's schedule may start the function. */
  readonly account: string;
  /** What says that the messages can be released. */
  readonly canary: ReleaseCanary;
  /** Messages a second: 1 to 500. Default 1. Source: SQS API, StartMessageMoveTask. */
  readonly rate?: number;
  /** Canaries in a row that must be answered: 1 to 10. Default 3. */
  readonly canaries?: number;
  /** Milliseconds until a canary counts as failed: 100 to 10,000. Default 5,000. */
  readonly canaryTimeoutMs?: number;
  /** Minutes between two looks: 1 to 1,440; while messages move, the run that moves them looks every few seconds. Default 1. `off`: only by hand or by a circuit breaker. */
  readonly everyMinutes?: number | 'off';
  /**
   * Invocations at once, taken out of the account's pool: 2 to 1,000. Default 3: one that stays with a move, one for the schedule's looks meanwhile, one for a person. `none`:
   * nothing is reserved, for an account whose pool is small. Source: Lambda quotas, "Concurrent executions": 100 must stay unreserved.
   */
  readonly reservedConcurrency?: number | 'none';
  /** Days that logs are kept. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for logs, environment and schedule. Default: keys that AWS owns. */
  readonly kmsKeyArn?: string;
  /** Where the alarms go that say that the function itself fails, or that something of our own side keeps it from releasing. Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

export const rules: readonly Rule<RedriveProps>[] = [
  matching('functionName', /^[A-Za-z0-9_-]{1,54}$/, 'it takes 1 to 54 letters, digits, hyphens and underscores'),
  account,
  whole('rate', [1, 500], { unit: 'messages a second', by: 'SQS' }),
  whole('canaries', [1, 10]),
  whole('canaryTimeoutMs', [100, 10_000], { unit: 'ms' }),
  {
    prop: 'everyMinutes',
    holds: ({ everyMinutes }) => everyMinutes === 'off' || isWhole(everyMinutes, 1, 1440),
    message: ({ everyMinutes }) => `is ${everyMinutes}; it must be 1 to 1,440 minutes, or "off"`,
  },
  {
    prop: 'reservedConcurrency',
    holds: ({ reservedConcurrency }) => reservedConcurrency === 'none' || isWhole(reservedConcurrency, 2, 1000),
    message: ({ reservedConcurrency }) =>
      `is ${reservedConcurrency}; it takes 2 to 1,000, or "none": a run that stays with a move must not keep a person out`,
  },
  logRetentionDays,
  kmsKeyArn,
];
