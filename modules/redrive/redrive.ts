import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { Construct } from 'constructs';
import { redrive } from '../../functions/redrive/contract';
import { LambdaFunction } from '../lambda-function';
import { checkProps } from '../props';
import { acceptFinding } from '../scan';
import { type RedriveProps, rules } from './props';

/** Releases parked messages at a set rate while a canary says that the dependency is back. */
export class Redrive extends Construct {
  readonly handler: LambdaFunction<typeof redrive>;

  constructor(scope: Construct, id: string, props: RedriveProps) {
    super(scope, id);
    checkProps(this.node.path, props, rules);
    const { queue, functionName, everyMinutes = 1 } = props;
    this.handler = new LambdaFunction(this, 'handler', {
      contract: redrive,
      functionName,
      description: `Releases ${functionName}'s parked messages while the canary is green`,
      environment: {
        PARKED_QUEUE_ARN: queue.parked.arn,
        PARKED_QUEUE_URL: queue.parked.url,
        PAYMENT_URL: props.paymentUrl,
        ...(props.paymentSecretArn && { PAYMENT_SECRET_ARN: props.paymentSecretArn }),
        RATE: String(props.rate ?? 1),
        CANARIES: String(props.canaries ?? 3),
        CANARY_TIMEOUT_MS: String(props.canaryTimeoutMs ?? 5000),
      },
      // Nearly the whole minute until the next scheduled run, so that a move is watched without a gap.
      timeout: 55,
      memorySize: 256,
      // One for the schedule, which watches for most of a minute, and one for a person.
      reservedConcurrency: 2,
      logRetentionDays: props.logRetentionDays,
      kmsKeyArn: props.kmsKeyArn,
    });
    queue.grantRedrive(this.handler);
    if (props.paymentSecretArn) this.handler.grant(['secretsmanager:GetSecretValue'], [props.paymentSecretArn]);
    if (everyMinutes !== 'off') this.schedule(props, everyMinutes);
    new CloudwatchMetricAlarm(this, 'failing', {
      alarmName: `${functionName}-failing`,
      alarmDescription: 'The redrive function fails: parked messages stay parked, however healthy the dependency is.',
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensions: { FunctionName: this.handler.functionName },
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 0,
      treatMissingData: 'notBreaching',
      alarmActions: props.alarmActions,
      okActions: props.alarmActions,
    });
  }

  private schedule({ functionName, kmsKeyArn }: RedriveProps, everyMinutes: number): void {
    const role = new IamRole(this, 'scheduler', {
      name: `${functionName}-scheduler`,
      description: `Lets the schedule invoke ${functionName}`,
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'scheduler.amazonaws.com' } }],
      }),
    });
    new IamRolePolicy(this, 'scheduler-policy', {
      name: `${functionName}-scheduler`,
      role: role.name,
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: this.handler.arn },
          ...(kmsKeyArn ? [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: kmsKeyArn }] : []),
        ],
      }),
    });
    const schedule = new SchedulerSchedule(this, 'schedule', {
      name: functionName,
      description: 'Looks whether parked messages can be released',
      scheduleExpression: everyMinutes === 1 ? 'rate(1 minute)' : `rate(${everyMinutes} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn,
      target: {
        arn: this.handler.arn,
        roleArn: role.arn,
        input: JSON.stringify({ watch: true }),
        // A run that failed is not repeated: the next one starts from what is, not from what was.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    });
    if (!kmsKeyArn)
      acceptFinding(schedule, 'CKV_AWS_297', 'The schedule holds no secret; pass kmsKeyArn for a key of your own.');
  }
}
