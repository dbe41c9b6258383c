import { OrderSaga, type OrderSagaProps } from '../../environments/stacks/saga';
import { Ledger } from '../../modules/ledger';
import { allowed, synthesized } from '../modules/synthesized';

const saga = (change: Partial<OrderSagaProps> = {}) =>
  synthesized((stack) => {
    new OrderSaga(stack, 'saga', {
      prefix: 'dev',
      account: '123456789012',
      region: 'eu-central-1',
      paymentUrl: 'https://payment.example.com',
      paymentTimeoutMs: 5000,
      orders: new Ledger(stack, 'orders', { tableName: 'dev-orders' }),
      deletionProtection: false,
      logRetentionDays: 30,
      alarmActions: ['arn:topic'],
      ...change,
    });
  });

const onQueues = (grants: readonly string[]) => grants.filter((grant) => grant.startsWith('sqs:'));

test('fed by a mapping, the starter receives for itself', () => {
  expect(onQueues(allowed(saga(), 'saga_start_policy')).map((grant) => grant.split(' ')[0])).toEqual([
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
  ]);
});

test('fed by a pipe, it may send to repair and touch no other message: the pipe receives and deletes', () => {
  expect(onQueues(allowed(saga({ feed: 'pipe' }), 'saga_start_policy'))).toEqual([
    expect.stringMatching(/^sqs:SendMessage on \$\{aws_sqs_queue\.saga_orders_repair_.+\.arn\}$/),
  ]);
});

test('what our own side fails at is put off and rings', () => {
  const variables = (change: Partial<OrderSagaProps>) =>
    (saga(change).one('aws_lambda_function', 'saga_start_function') as { environment: { variables: object } })
      .environment.variables;
  const url = expect.stringMatching(/aws_sqs_queue\.saga_orders_main_.*\.(url|id)/);
  const put = { BACKOFF_BASE_SECONDS: '3', BACKOFF_CAP_SECONDS: '60', MAX_RECEIVE_COUNT: '5', QUEUE_URL: url };
  expect(variables({ backoff: { base: 3, cap: 60 } })).toMatchObject(put);
  const alarms = saga().all('aws_cloudwatch_metric_alarm');
  const [alarm] = alarms.filter(({ alarm_name }) => alarm_name === 'dev-saga-start-own-failures');
  expect(alarm).toMatchObject({
    metric_name: 'MessagesFailed',
    dimensions: { service: 'order-saga/start', kind: 'internal' },
    alarm_actions: ['arn:topic'],
  });
});

test('what can only be done is tried as long as the environment says, and rings while it fails', () => {
  const stack = saga({ retries: { lastingRetry: { interval: 5, rate: 1, attempts: 60, cap: 6 } } });
  const { States } = JSON.parse(stack.one('aws_sfn_state_machine', 'saga_machine').definition as string);
  const attempts = (state: string) => States[state].Retry.at(-1).MaxAttempts;
  const lasting = ['return-beans', 'refund', 'discard', 'notify', 'apologize'];
  expect(lasting.map(attempts)).toEqual([60, 60, 60, 60, 60]);
  expect(['reserve-beans', 'charge', 'brew'].map(attempts)).toEqual([4, 4, 4]);
  const failing = stack
    .all('aws_cloudwatch_metric_alarm')
    .filter(({ alarm_name }) => /-failing$/.test(String(alarm_name)));
  expect(failing.map(({ alarm_name }) => alarm_name).sort()).toEqual(
    [...lasting, 'start'].map((name) => `dev-saga-${name}-failing`).sort(),
  );
  for (const { alarm_actions } of failing) expect(alarm_actions).toEqual(['arn:topic']);
});
