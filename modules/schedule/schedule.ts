import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import type { Construct } from 'constructs';
import type { LambdaFunction } from '../lambda-function';
import { acceptFinding } from '../scan';

export interface ScheduleSettings {
  /** Of the schedule; its role's is followed by `-scheduler`. 1 to 54 letters, digits, hyphens, underscores. */
  readonly name: string;
  readonly description: string;
  /** Minutes between two invocations: 1 or more. */
  readonly minutes: number;
  /** What the function gets. */
  readonly input: object;
  /** 12 digits; only schedules of this account may use the role. Source: Scheduler guide, "Confused deputy prevention". */
  readonly account: string;
  readonly kmsKeyArn?: string;
  /** The page for whoever is woken when a run failed or was dropped, and where that alarm goes. */
  readonly runbook: string;
  readonly alarmActions?: string[];
}

/**
 * Invokes a function every so many minutes, by a role that may do nothing else. Scheduler starts a run and doesn't wait for it, so its own retries end with the start, and what
 * becomes of the run is Lambda's: neither repeats it.
 */
export function invokeEvery(
  scope: Construct,
  handler: LambdaFunction,
  { name, description, minutes, input, account, kmsKeyArn, runbook, alarmActions }: ScheduleSettings,
): void {
  handler.neverRepeat(runbook, alarmActions);
  const role = new IamRole(scope, 'scheduler', {
    name: `${name}-scheduler`,
    description: `Lets the schedule invoke ${name}`,
    assumeRolePolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': account } },
        },
      ],
    }),
  });
  new IamRolePolicy(scope, 'scheduler-policy', {
    name: 'invoke',
    role: role.name,
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: handler.arn },
        ...(kmsKeyArn ? [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: kmsKeyArn }] : []),
      ],
    }),
  });
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
