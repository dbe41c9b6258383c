import type { Rule } from '../props';
import { problemsOf, type SagaDefinition } from './definition';

export interface SagaProps {
  /** Name of the state machine on AWS: 1 to 73 letters, digits, hyphens, underscores (80 with `-parked` for the queue). */
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
  readonly alarmActions?: string[];
}

export const rules: readonly Rule<SagaProps>[] = [
  {
    prop: 'sagaName',
    holds: ({ sagaName }) => /^[A-Za-z0-9_-]{1,73}$/.test(sagaName),
    message: ({ sagaName }) =>
      `is "${sagaName}"; Step Functions takes letters, digits, hyphens and underscores, here at most 73 because "-parked" is added`,
  },
  {
    prop: 'account',
    holds: ({ account }) => /^\d{12}$/.test(account),
    message: ({ account }) => `is "${account}"; an account has 12 digits`,
  },
  {
    prop: 'definition',
    holds: ({ definition }) => problemsOf(definition).length === 0,
    message: ({ definition }) => problemsOf(definition).join('; it '),
  },
];
