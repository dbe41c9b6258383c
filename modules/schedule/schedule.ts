import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import type { Construct } from 'constructs';
import { type AlarmActions, withDefaults } from '../defaults';
import type { LambdaFunction } from '../lambda-function';
import { account, checkProps, kmsKeyArn, matching, type Rule, whole } from '../props';
import { ServiceRole } from '../role';
import { acceptFinding } from '../scan';

export interface ScheduleProps {
  /** Of the schedule; its role's is followed by `-scheduler`: 1 to 54 letters, digits, hyphens, underscores. Source: IAM quotas, "Role name" (64). */
  readonly name: string;
  /** What it is for, at most 512 characters. Source: EventBridge Scheduler API, CreateSchedule. */
  readonly description: string;
  /** Minutes between two invocations: 1 or more. */
  readonly minutes: number;
  /** What the function gets. */
  readonly input: object;
  /** 12 digits; only schedules of this account may use the role. Source: Scheduler guide, "Confused deputy prevention". */
  readonly account: string;
  /** KMS key for the schedule, which must be the function's as well. Default: a key that AWS owns. */
  readonly kmsKeyArn?: string;
  /** The page in `docs/runbooks` for whoever is woken when a run failed or was dropped. */
  readonly runbook: string;
  /** Where that alarm goes. Default: an alarm without an action. */
  readonly alarmActions?: AlarmActions;
}

const rules: readonly Rule<ScheduleProps>[] = [
  matching('name', /^[A-Za-z0-9_-]{1,54}$/, 'it takes 1 to 54 letters, digits, hyphens and underscores'),
  {
    prop: 'description',
    holds: ({ description }) => description.length <= 512,
    message: ({ description }) => `has ${description.length} characters; Scheduler takes at most 512`,
  },
  whole('minutes', [1, Number.POSITIVE_INFINITY]),
  account,
  kmsKeyArn,
];

/**
 * Invokes a function every so many minutes, by a role that may do nothing else. Scheduler starts a run and doesn't wait for it, so its own retries end with the start, and what
 * becomes of the run is Lambda's: neither repeats it.
 */
export function invokeEvery(scope: Construct, handler: LambdaFunction, given: ScheduleProps): void {
  const props = withDefaults(scope, given, 'name');
  checkProps(`${scope.node.path}/schedule`, props, rules, 'ScheduleProps', given);
  const { name, description, minutes, input, account, kmsKeyArn, runbook, alarmActions } = props;
  handler.neverRepeat(runbook, alarmActions);
  const role = new ServiceRole(scope, 'scheduler', {
    name: `${name}-scheduler`,
    description: `Lets the schedule invoke ${name}`,
    service: 'scheduler.amazonaws.com',
    condition: { StringEquals: { 'aws:SourceAccount': account } },
  });
  role.allow(
    'scheduler-policy',
    'invoke',
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: handler.arn },
        ...(kmsKeyArn ? [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: kmsKeyArn }] : []),
      ],
    }),
  );
  const schedule = new SchedulerSchedule(scope, 'schedule', {
    name,
    description,
    scheduleExpression: minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`,
    flexibleTimeWindow: { mode: 'OFF' },
    kmsKeyArn,
    target: {
      arn: handler.arn,
      roleArn: role.arn,
      input: JSON.stringify(input),
      // A run that failed is not repeated: the next one starts from what is, not from what was.
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
    },
  });
  if (!kmsKeyArn)
    acceptFinding(schedule, 'CKV_AWS_297', 'The schedule holds no secret; pass kmsKeyArn for a key of your own.');
}
