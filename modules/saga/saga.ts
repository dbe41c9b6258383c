import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import { withDefaults } from '../defaults';
import { A_WEEK, encryptedQueue } from '../encrypted-queue';
import type { Grantee } from '../lambda-function';
import { deliveredLogs, executionHistory, logGroup } from '../log-group';
import { checkProps } from '../props';
import { ServiceRole } from '../role';
import { compile } from './compile';
import { allTasks } from './definition';
import { rules, type SagaProps } from './props';

/** 14 days: as long as SQS keeps a message, and as long as Step Functions lets an execution be redriven. */
const REDRIVABLE_SECONDS = 1_209_600;

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/**
 * Several services commit together or are compensated. A state machine (Standard: one execution a name, a history, redrive) with a parking queue for
 * what can be neither completed nor compensated.
 */
export class Saga extends Construct {
  readonly arn: string;
  readonly stateMachineName: string;
  /** Where a saga that needs a person is described: its execution, input, steps, results and what failed. */
  readonly parking: { readonly arn: string; readonly url: string; readonly name: string };
  private readonly kmsKeyArn: string | undefined;

  private readonly props: SagaProps;

  constructor(scope: Construct, id: string, given: SagaProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'sagaName');
    this.props = props;
    checkProps(this.node.path, props, rules, 'SagaProps', given);
    const { sagaName, definition, kmsKeyArn } = props;
    this.kmsKeyArn = kmsKeyArn;
    this.parking = encryptedQueue(this, 'parking', {
      name: `${sagaName}-parked`,
      messageRetentionSeconds: REDRIVABLE_SECONDS,
      kmsKeyArn,
    });
    const logs = logGroup(this, 'logs', {
      name: deliveredLogs('states', sagaName),
      retentionDays: props.logRetentionDays,
      kmsKeyArn,
    });
    const role = this.role(props, logs.arn);

    const machine = new SfnStateMachine(this, 'machine', {
      name: sagaName,
      type: 'STANDARD',
      roleArn: role.arn,
      definition: JSON.stringify(compile(definition, { comment: sagaName, parkingQueueUrl: this.parking.url })),
      loggingConfiguration: { level: 'ALL', includeExecutionData: true, logDestination: `${logs.arn}:*` },
      tracingConfiguration: { enabled: true },
      ...(kmsKeyArn && {
        encryptionConfiguration: {
          type: 'CUSTOMER_MANAGED_KMS_KEY',
          kmsKeyId: kmsKeyArn,
          kmsDataKeyReusePeriodSeconds: 300,
        },
      }),
      // Without the policy the first executions would fail, and creation checks that the log can be written.
      dependsOn: role.policies,
    });
    this.arn = machine.arn;
    this.stateMachineName = machine.name;
    this.alarms(props);
  }

  /** Starting a saga, and finding out which input an execution of the same name had. */
  grantStart(grantee: Grantee): void {
    grantee.grant(['states:StartExecution'], [this.arn]);
    grantee.grant(['states:DescribeExecution'], [this.executions()]);
    if (this.kmsKeyArn) grantee.grant(['kms:Decrypt', 'kms:GenerateDataKey'], [this.kmsKeyArn]);
  }

  /** Resuming parked sagas, as `npx --no-install spillway saga resume` does: finding them, redriving, and taking their messages away. */
  grantResume(grantee: Grantee): void {
    grantee.grant(['states:ListExecutions'], [this.arn]);
    grantee.grant(
      ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:RedriveExecution'],
      [this.executions()],
    );
    grantee.grant(
      ['sqs:GetQueueUrl', 'sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'],
      [this.parking.arn],
    );
    if (this.kmsKeyArn) grantee.grant(['kms:Decrypt', 'kms:GenerateDataKey'], [this.kmsKeyArn]);
  }

  private executions(): string {
    const { account, region } = this.props;
    return `arn:aws:states:${region}:${account}:execution:${this.stateMachineName}:*`;
  }

  private role({ sagaName, account, region, definition, role: given }: SagaProps, logsArn: string): ServiceRole {
    const role = new ServiceRole(this, 'role', {
      name: sagaName,
      description: `Runs the saga ${sagaName}`,
      service: 'states.amazonaws.com',
      condition: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:aws:states:${region}:${account}:stateMachine:${sagaName}` },
      },
      role: given,
    });
    const allow = (Action: readonly string[], Resource: readonly string[]): Statement => ({
      Effect: 'Allow',
      Action,
      Resource,
    });
    const ofTasks = allTasks(definition).flatMap(({ permissions = [] }) => permissions);
    const statements = [
      ...ofTasks.map(({ actions, resources }) => allow(actions, resources)),
      allow(['sqs:SendMessage'], [this.parking.arn]),
      ...executionHistory(logsArn).map(({ actions, resources }) => allow(actions, resources)),
      ...(this.kmsKeyArn ? [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [this.kmsKeyArn])] : []),
    ];
    role.allow('policy', sagaName, JSON.stringify({ Version: '2012-10-17', Statement: statements }));
    return role;
  }

  private alarms({ sagaName, alarmActions }: SagaProps): void {
    const alarm = (
      id: string,
      metric: { namespace: string; metricName: string; dimensions: Record<string, string>; statistic: string },
      threshold: number,
      alarmDescription: string,
      { period, evaluationPeriods } = { period: 60, evaluationPeriods: 1 },
    ) =>
      metricAlarm(this, `${id}-alarm`, {
        alarmName: `${sagaName}-${id}`,
        alarmDescription,
        ...metric,
        period,
        evaluationPeriods,
        threshold,
        alarmActions,
      });
    const queue = { namespace: 'AWS/SQS', dimensions: { QueueName: this.parking.name }, statistic: 'Maximum' };
    const states = { namespace: 'AWS/States', dimensions: { StateMachineArn: this.arn }, statistic: 'Sum' };
    alarm(
      'parked',
      { ...queue, metricName: 'ApproximateNumberOfMessagesVisible' },
      0,
      'A saga can be neither completed nor compensated; its message says where it stands. Runbook: saga-parked.',
    );
    alarm(
      'parked-age',
      { ...queue, metricName: 'ApproximateNumberOfMessagesVisible' },
      0,
      'Something has been parked on each of the last 7 days; after 14 days a saga cannot be redriven and its message is gone. Resume it now. Runbook: saga-parked.',
      A_WEEK,
    );
    for (const [id, metricName, what] of [
      ['failed', 'ExecutionsFailed', 'A saga failed: parked, or broken in a way that it could not park.'],
      ['timed-out', 'ExecutionsTimedOut', 'A saga ran into a time limit of Step Functions and was not parked.'],
      ['aborted', 'ExecutionsAborted', 'Somebody stopped a saga half-way; redrive it, or its books stay open.'],
    ] as const) {
      alarm(id, { ...states, metricName }, 0, `${what} Runbook: saga-parked.`);
    }
  }
}
