import type { LambdaFunction } from '../../../modules/lambda-function';
import { lambdaTask, Saga, SagaPipe, type SagaPipeProps, type SagaProps } from '../../../modules/saga';
import { allowed, synthesized } from '../synthesized';

const ACCOUNT = '123456789012';
const handler = { arn: 'arn:aws:lambda:eu-central-1:123456789012:function:pay', timeout: 10 } as LambdaFunction;
const record = {
  name: 'record',
  resource: 'arn:aws:states:::dynamodb:updateItem',
  arguments: { TableName: 'orders' },
  permissions: [
    { actions: ['dynamodb:UpdateItem'], resources: ['arn:aws:dynamodb:eu-central-1:123456789012:table/orders'] },
  ],
};
const props: SagaProps = {
  sagaName: 'orders',
  account: ACCOUNT,
  region: 'eu-central-1',
  definition: {
    steps: [{ action: lambdaTask('pay', handler), compensation: lambdaTask('refund', handler) }, { action: record }],
  },
};
const made = (change: Partial<SagaProps> = {}) =>
  synthesized((stack) => {
    new Saga(stack, 'saga', { ...props, ...change });
  });
const pipe = (change: Partial<SagaPipeProps> = {}) =>
  synthesized((stack) => {
    new SagaPipe(stack, 'pipe', {
      pipeName: 'orders',
      account: ACCOUNT,
      region: 'eu-central-1',
      source: { arn: 'arn:aws:sqs:eu-central-1:123456789012:orders' },
      starter: handler,
      ...change,
    });
  });

test('its role may call its tasks, park, log and trace, and nothing else', () => {
  const grants = allowed(made(), 'saga_policy').filter((grant) => !/^(logs|xray):.* on \*$/.test(grant));
  expect([...new Set(grants)]).toEqual([
    'dynamodb:UpdateItem on arn:aws:dynamodb:eu-central-1:123456789012:table/orders',
    `lambda:InvokeFunction on ${handler.arn}`,
    expect.stringMatching(/^logs:CreateLogStream on \$\{aws_cloudwatch_log_group\.saga_logs_\w+\.arn\}:\*$/),
    expect.stringMatching(/^logs:PutLogEvents on \$\{aws_cloudwatch_log_group\.saga_logs_\w+\.arn\}:\*$/),
    expect.stringMatching(/^sqs:SendMessage on \$\{aws_sqs_queue\.saga_parking_.+\.arn\}$/),
  ]);
});

test('only this account’s state machine of that name may use the role', () => {
  const { assume_role_policy } = made().one('aws_iam_role', 'saga_role');
  expect(JSON.parse(assume_role_policy as string).Statement[0].Condition).toEqual({
    StringEquals: { 'aws:SourceAccount': ACCOUNT },
    ArnLike: { 'aws:SourceArn': `arn:aws:states:eu-central-1:${ACCOUNT}:stateMachine:orders` },
  });
});

test('everything is logged and traced; a parked saga is kept as long as it can be redriven, encrypted, over TLS only', () => {
  const stack = made();
  expect(stack.one('aws_sfn_state_machine', 'saga_machine')).toMatchObject({
    type: 'STANDARD',
    logging_configuration: { level: 'ALL', include_execution_data: true },
    tracing_configuration: { enabled: true },
  });
  expect(stack.one('aws_sqs_queue', 'saga_parking')).toMatchObject({
    message_retention_seconds: 1_209_600,
    sqs_managed_sse_enabled: true,
  });
  expect(stack.one('aws_sqs_queue_policy', 'saga_parking-policy').policy).toContain('"aws:SecureTransport":"false"');
});

test('parked, ageing, failed, timed-out and aborted sagas raise alarms where the owner wants them', () => {
  const alarms = made({ alarmActions: ['arn:topic'] }).all('aws_cloudwatch_metric_alarm');
  expect(alarms.map(({ alarm_name }) => alarm_name).sort()).toEqual([
    'orders-aborted',
    'orders-failed',
    'orders-parked',
    'orders-parked-age',
    'orders-timed-out',
  ]);
  for (const { alarm_actions } of alarms) expect(alarm_actions).toEqual(['arn:topic']);
  // The age of the oldest message would leave out what has been received three times.
  expect(alarms.find(({ alarm_name }) => alarm_name === 'orders-parked-age')).toMatchObject({
    ...{ metric_name: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum', threshold: 0 },
    ...{ period: 86_400, evaluation_periods: 7 },
  });
});

test('a key of one’s own encrypts the machine, its log and the parked sagas, and the role may use it', () => {
  const kmsKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/1';
  const stack = made({ kmsKeyArn });
  expect(stack.one('aws_sfn_state_machine', 'saga_machine').encryption_configuration).toMatchObject({
    kms_key_id: kmsKeyArn,
  });
  expect(stack.one('aws_cloudwatch_log_group', 'saga_logs').kms_key_id).toBe(kmsKeyArn);
  expect(stack.one('aws_sqs_queue', 'saga_parking').kms_master_key_id).toBe(kmsKeyArn);
  expect(allowed(stack, 'saga_policy')).toContain(`kms:GenerateDataKey on ${kmsKeyArn}`);
});

test('starting and resuming are granted on its own executions only', () => {
  const grants: string[] = [];
  const grantee = {
    grant: (actions: readonly string[], resources: readonly string[]) => {
      grants.push(...actions.map((action) => `${action} on ${resources.join()}`));
    },
  };
  synthesized((stack) => {
    const saga = new Saga(stack, 'saga', props);
    saga.grantStart(grantee);
    saga.grantResume(grantee);
  });
  expect(grants.filter((grant) => /\*$/.test(grant) && !/execution:.*:\*$/.test(grant))).toEqual([]);
  expect(grants.map((grant) => grant.split(' ')[0])).toEqual([
    'states:StartExecution',
    'states:DescribeExecution',
    'states:ListExecutions',
    'states:DescribeExecution',
    'states:GetExecutionHistory',
    'states:RedriveExecution',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
  ]);
});

test('props that cannot work are all named at once', () => {
  expect(() => made({ sagaName: 'my saga', account: '1', definition: { steps: [] } })).toThrow(
    /sagaName is "my saga"[\s\S]*account is "1"[\s\S]*definition has no step/,
  );
});

test.each<[Partial<SagaProps>, string]>([
  [{ sagaName: 's'.repeat(65) }, 'it takes 1 to 64 letters'],
  [{ region: 'Frankfurt' }, 'region is "Frankfurt"'],
  [{ logRetentionDays: 42 }, 'logRetentionDays is 42 days'],
  [{ kmsKeyArn: 'alias/saga' }, 'kmsKeyArn is "alias/saga"'],
])('%j does not synthesize', (change, message) => {
  expect(() => made(change)).toThrow(message);
});

test('the longest name that its role takes is fine', () => {
  expect(() => made({ sagaName: 's'.repeat(64) })).not.toThrow();
});

test.each<[Partial<SagaPipeProps>, string]>([
  [{ pipeName: 'a pipe' }, 'pipeName is "a pipe"'],
  [{ account: '1' }, 'account is "1"'],
  [{ region: 'Frankfurt' }, 'region is "Frankfurt"'],
  [{ batchSize: 11 }, 'batchSize is 11; a pipe from SQS takes whole numbers from 1 to 10'],
  [{ kmsKeyArn: 'alias/orders' }, 'kmsKeyArn is "alias/orders"'],
])('a pipe with %j does not synthesize', (change, message) => {
  expect(() => pipe(change)).toThrow(message);
});

test('a pipe calls the starter and never the state machine, which it could not give a name', () => {
  const stack = pipe();
  expect(stack.all('aws_pipes_pipe')[0]).toMatchObject({
    target: handler.arn,
    target_parameters: { lambda_function_parameters: { invocation_type: 'REQUEST_RESPONSE' } },
  });
  expect(allowed(stack, 'pipe_policy')).toEqual([
    `lambda:InvokeFunction on ${handler.arn}`,
    'sqs:DeleteMessage on arn:aws:sqs:eu-central-1:123456789012:orders',
    'sqs:GetQueueAttributes on arn:aws:sqs:eu-central-1:123456789012:orders',
    'sqs:ReceiveMessage on arn:aws:sqs:eu-central-1:123456789012:orders',
  ]);
});
