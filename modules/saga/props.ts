import type { AlarmActions, ExistingRole } from '../defaults';
import { account, kmsKeyArn, logRetentionDays, matching, type Rule, region } from '../props';
import { problemsOf, type SagaDefinition } from './definition';

export interface SagaProps {
  /** A role that is there already. Default: one of its own that may do exactly what the saga needs. */
  readonly role?: ExistingRole;
  /** Name of the state machine and its role: 1 to 64 letters, digits, hyphens, underscores. Source: IAM quotas, "Role name" (Step Functions takes 80). */
  readonly sagaName: string;
  /** The account that it runs in, 12 digits: only its state machines may use the role. */
  readonly account: string;
  /** The region that it runs in; for ARNs. */
  readonly region: string;
  /** Steps in order and side by side, each with its compensation. A task that is no `lambdaTask` brings its `permissions`. */
  readonly definition: SagaDefinition;
  /** Days that the history's log is kept: a value that CloudWatch Logs takes. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for the state machine, its log and the parking queue. Default: keys that AWS owns or SQS manages. */
  readonly kmsKeyArn?: string;
  /** SNS topics (or any alarm action) for parked, timed-out and aborted sagas. Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

export const rules: readonly Rule<SagaProps>[] = [
  matching('sagaName', /^[A-Za-z0-9_-]{1,64}$/, 'it takes 1 to 64 letters, digits, hyphens and underscores'),
  account,
  region,
  {
    prop: 'definition',
    holds: ({ definition }) => problemsOf(definition).length === 0,
    message: ({ definition }) => problemsOf(definition).join('; it '),
  },
  logRetentionDays,
  kmsKeyArn,
];
