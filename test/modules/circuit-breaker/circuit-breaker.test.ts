import type { TerraformStack } from 'cdktf';
import { orderConsumer } from '../../../functions/shop/order-consumer/contract';
import { orderHistory } from '../../../functions/shop/order-history/contract';
import { breakerEnvironment, CircuitBreaker, type CircuitBreakerProps } from '../../../modules/circuit-breaker';
import { Consumer } from '../../../modules/consumer';
import { EventBus } from '../../../modules/event-bus';
import { LambdaFunction } from '../../../modules/lambda-function';
import { Pipe } from '../../../modules/pipe';
import { PropsError } from '../../../modules/props';
import { Stream, StreamConsumer } from '../../../modules/stream';
import { TieredQueue, type TieredQueueProps } from '../../../modules/tiered-queue';
import { allowed, type Synthesized, synthesized } from '../synthesized';

type Change = Partial<Omit<CircuitBreakerProps, 'consumer'>> & {
  switchedAtRunTime?: boolean;
  queue?: Partial<TieredQueueProps>;
};

const handler = {
  arn: 'arn:aws:lambda:eu-west-1:111111111111:function:payment-canary',
  functionName: 'payment-canary',
};
const payment = { payment: { canary: { handler } } };

const parts = (scope: TerraformStack, { switchedAtRunTime = true, queue: queueProps, ...change }: Change) => {
  const queue = new TieredQueue(scope, 'orders', { queueName: 'orders', ...queueProps });
  const names = { breakerName: change.breakerName ?? 'orders', dependencies: change.dependencies ?? payment };
  const handler = new LambdaFunction(scope, 'handler', {
    contract: orderConsumer,
    functionName: 'handler',
    description: 'Handles orders',
    reservedConcurrency: 10,
    timeout: 4,
    environment: {
      QUEUE_URL: queue.main.url,
      REPAIR_QUEUE_URL: queue.repair.url,
      MAX_RECEIVE_COUNT: '3',
      LEDGER_TABLE: 'orders',
      PAYMENT_URL: 'https://payment.example.com',
      ...breakerEnvironment(names),
    },
  });
  const consumer = new Consumer(scope, 'consumer', { queue, handler, switchedAtRunTime });
  const where = { account: '111111111111', region: 'eu-west-1' };
  const breaker = new CircuitBreaker(scope, 'breaker', { ...names, ...where, consumer, ...change });
  return { queue, handler, breaker };
};

const stack = (change: Change = {}): Synthesized =>
  synthesized((scope) => {
    parts(scope, change);
  });

const variables = (made: Synthesized, path: string) =>
  (made.one('aws_lambda_function', path) as { environment: { variables: Record<string, string> } }).environment
    .variables;

const actions = (made: Synthesized, path: string) =>
  allowed(made, path)
    .map((line) => line.replace(/_[0-9A-F]{8}/g, ''))
    .filter((line) => !/^(logs|xray):/.test(line));

test('an apply in mid-outage leaves the mapping, its concurrency and the parking mapping as the breaker has set them', () => {
  const made = stack({ park: 'queue' });
  expect(made.one('aws_lambda_event_source_mapping', 'consumer_mapping').lifecycle).toEqual({
    ignore_changes: ['enabled', 'scaling_config'],
  });
  expect(made.one('aws_lambda_event_source_mapping', 'park-mapping')).toMatchObject({
    enabled: false,
    lifecycle: { ignore_changes: ['enabled'] },
  });
});

test('a consumer whose mapping Terraform would switch back on is refused', () => {
  expect(() => stack({ switchedAtRunTime: false })).toThrow(/consumer is not switchedAtRunTime; the next apply would/);
});

test('every wrong prop is named at once', () => {
  expect(() => stack({ breakerName: 'Orders', trickleRate: 200, releaseInterval: 0 })).toThrow(
    /breakerName is "Orders".*\n.*trickleRate is 200 messages a second; it must be 1 to 100.*\n.*releaseInterval is 0 s/,
  );
  expect(() => stack({ account: '1', region: 'Frankfurt', logRetentionDays: 42, kmsKeyArn: 'alias/orders' })).toThrow(
    /account is "1".*\n.*region is "Frankfurt".*\n.*logRetentionDays is 42 days.*\n.*kmsKeyArn is "alias\/orders"/,
  );
  expect(() => stack({ ceilingRate: 501 })).toThrow(/ceilingRate is 501 messages a second; SQS takes whole numbers/);
  expect(() => stack({ dependencies: {} })).toThrow(/dependencies is empty/);
  const wrong = { payment: { ...payment.payment, failureRateThreshold: 150, slidingWindowSize: 0 } };
  expect(() => stack({ dependencies: wrong })).toThrow(PropsError);
  expect(() => stack({ dependencies: wrong })).toThrow(/payment.failureRateThreshold.*payment.slidingWindowSize/);
});

test('the wrapper gets its table and thresholds, and may read and write that table alone', () => {
  const made = stack({ dependencies: { payment: { ...payment.payment, consecutiveFailures: 7 } } });
  const { BREAKER_TABLE, BREAKER_DEPENDENCIES } = variables(made, 'handler_function');
  expect(BREAKER_TABLE).toBe('orders-breakers');
  expect(JSON.parse(String(BREAKER_DEPENDENCIES))).toMatchObject({
    payment: { consecutiveFailures: 7, failureRateThreshold: 50, scope: 'consumer', onStoreFailure: 'closed' },
  });
  expect(made.one('aws_dynamodb_table', 'breaker_table').name).toBe('orders-breakers');
  expect(actions(made, 'handler_policy').filter((line) => line.startsWith('dynamodb:'))).toEqual([
    'dynamodb:GetItem on ${aws_dynamodb_table.breaker_table.arn}',
    'dynamodb:PutItem on ${aws_dynamodb_table.breaker_table.arn}',
    'dynamodb:Query on ${aws_dynamodb_table.breaker_table.arn}',
    'dynamodb:UpdateItem on ${aws_dynamodb_table.breaker_table.arn}',
  ]);
});

test('the reconciler may switch this mapping, start this recovery, stop this release and change this table, and nothing else', () => {
  expect(actions(stack(), 'breaker_reconcile_policy')).toEqual([
    'dynamodb:GetItem on ${aws_dynamodb_table.breaker_table.arn}',
    'dynamodb:PutItem on ${aws_dynamodb_table.breaker_table.arn}',
    'lambda:GetEventSourceMapping on ${aws_lambda_event_source_mapping.consumer_mapping.arn}',
    'lambda:UpdateEventSourceMapping on ${aws_lambda_event_source_mapping.consumer_mapping.arn}',
    'sqs:CancelMessageMoveTask on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:DeleteMessage on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:GetQueueAttributes on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:ListMessageMoveTasks on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:ReceiveMessage on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:SendMessage on ${aws_sqs_queue.breaker_failures.arn}',
    'states:DescribeExecution on arn:aws:states:eu-west-1:111111111111:execution:orders-recovery:*',
    'states:StartExecution on ${aws_sfn_state_machine.breaker_recovery_machine.arn}',
  ]);
});

test('the look of a recovery may change this table, see this mapping and move from this parked tier to this main queue, a hold may change the table, what announces may read its stream, and nothing else', () => {
  const made = stack();
  const change = [
    'dynamodb:GetItem on ${aws_dynamodb_table.breaker_table.arn}',
    'dynamodb:PutItem on ${aws_dynamodb_table.breaker_table.arn}',
  ];
  expect(actions(made, 'breaker_recover_policy')).toEqual([
    ...change,
    'lambda:GetEventSourceMapping on ${aws_lambda_event_source_mapping.consumer_mapping.arn}',
    'sqs:CancelMessageMoveTask on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:DeleteMessage on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:GetQueueAttributes on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:ListMessageMoveTasks on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:ReceiveMessage on ${aws_sqs_queue.orders_parked.arn}',
    'sqs:SendMessage on ${aws_sqs_queue.orders_main.arn}',
    'sqs:StartMessageMoveTask on ${aws_sqs_queue.orders_parked.arn}',
  ]);
  expect(actions(made, 'breaker_hold_policy')).toEqual(change);
  expect(actions(made, 'breaker_announce_policy')).toEqual([
    ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (action) => `dynamodb:${action} on \${aws_dynamodb_table.breaker_table.stream_arn}`,
    ),
    'events:PutEvents on arn:aws:events:eu-west-1:111111111111:event-bus/default',
    'sqs:SendMessage on ${aws_sqs_queue.breaker_failures.arn}',
  ]);
});

test('what carries to parked may take from main and put into parked, and nothing else', () => {
  expect(actions(stack({ park: 'queue' }), 'breaker_park_policy')).toEqual([
    'sqs:DeleteMessage on ${aws_sqs_queue.orders_main.arn}',
    'sqs:GetQueueAttributes on ${aws_sqs_queue.orders_main.arn}',
    'sqs:ReceiveMessage on ${aws_sqs_queue.orders_main.arn}',
    'sqs:SendMessage on ${aws_sqs_queue.orders_parked.arn}',
  ]);
});

test('what carries to parked fits six times into the visibility timeout, and does not synthesize where it can’t', () => {
  const timeout = (visibilityTimeout: number) =>
    stack({ park: 'queue', queue: { visibilityTimeout } }).one('aws_lambda_function', 'breaker_park_function').timeout;
  expect([30, 60, 180, 900].map(timeout)).toEqual([5, 10, 30, 30]);
  const short = { park: 'queue', queue: { visibilityTimeout: 29 } } as const;
  expect(() => stack(short)).toThrow(/park is "queue", but the queue's visibilityTimeout is 29 s.*6 × 5 s/);
});

test('a FIFO queue’s messages are not carried away: those that come in later would overtake them', () => {
  expect(() => stack({ park: 'queue', queue: { fifo: true } })).toThrow(/park is "queue" for a FIFO queue/);
  expect(() => stack({ park: 'wait', queue: { fifo: true } })).not.toThrow();
});

test('how often parked is swept is passed on, and checked', () => {
  expect(variables(stack({ sweeps: 0 }), 'breaker_reconcile_function').SWEEPS).toBe('0');
  expect(variables(stack(), 'breaker_reconcile_function').SWEEPS).toBeUndefined();
  expect(() => stack({ sweeps: 101 })).toThrow(/sweeps is 101; it takes whole numbers from 0 to 100/);
});

test('another function gets the same breaker by its environment and its permissions', () => {
  expect(breakerEnvironment({ breakerName: 'orders', dependencies: payment })).toEqual({
    BREAKER_NAME: 'orders',
    BREAKER_TABLE: 'orders-breakers',
    BREAKER_DEPENDENCIES: variables(stack(), 'handler_function').BREAKER_DEPENDENCIES,
  });
});

test('state changes of this breaker and every minute run the reconciler, each by a permission for its own rule', () => {
  const made = stack();
  expect(JSON.parse(String(made.one('aws_cloudwatch_event_rule', 'breaker_state-change').event_pattern))).toEqual({
    source: ['spillway.circuit-breaker'],
    'detail-type': ['Circuit Breaker State Change'],
    detail: { breaker: ['orders'] },
  });
  expect(made.one('aws_cloudwatch_event_rule', 'every-minute').schedule_expression).toBe('rate(1 minute)');
  const sources = made.all('aws_lambda_permission').map(({ source_arn }) => String(source_arn));
  expect(sources).toHaveLength(2);
  for (const source of sources)
    expect(source).toMatch(/^\$\{aws_cloudwatch_event_rule\.breaker_(state-change|every-minute)/);
});

test('an alarm of the user’s opens the breaker: by its own rule, checked against the alarm itself', () => {
  const arn = 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:handler-errors';
  const made = stack({ dependencies: { payment: { ...payment.payment, tripAlarm: { name: 'handler-errors', arn } } } });
  expect(JSON.parse(String(made.one('aws_cloudwatch_event_rule', 'breaker_alarm').event_pattern))).toMatchObject({
    resources: [arn],
    detail: { state: { value: ['ALARM'] } },
  });
  // On all: with less CloudWatch shows no composite alarm.
  for (const path of ['breaker_reconcile_policy', 'breaker_recover_policy'])
    expect(actions(made, path)).toContain('cloudwatch:DescribeAlarms on *');
  expect(JSON.parse(String(variables(made, 'breaker_reconcile_function').BREAKER_DEPENDENCIES))).toMatchObject({
    payment: { alarmName: 'handler-errors' },
  });
});

test('the stream feeds changes of state from the beginning, and not the counting of calls', () => {
  const stream = stack().one('aws_lambda_event_source_mapping', 'breaker_table_stream') as {
    starting_position: string;
    filter_criteria: { filter: { pattern: string }[] };
  };
  expect(stream.starting_position).toBe('TRIM_HORIZON');
  expect(stream.filter_criteria.filter.map(({ pattern }) => JSON.parse(pattern))).toEqual([
    { dynamodb: { Keys: { item: { S: ['state'] } } } },
  ]);
});

test('a dependency other than payment brings its own canary, which the recovery may invoke', () => {
  const made = synthesized((scope) => {
    const queue = new TieredQueue(scope, 'orders', { queueName: 'orders' });
    const made = (id: string) =>
      new LambdaFunction(scope, id, {
        contract: orderHistory,
        functionName: id,
        description: id,
        environment: { ORDERS_TABLE: 'orders' },
      });
    const consumer = new Consumer(scope, 'consumer', { queue, handler: made('handler'), switchedAtRunTime: true });
    new CircuitBreaker(scope, 'breaker', {
      breakerName: 'orders',
      account: '111111111111',
      region: 'eu-west-1',
      consumer,
      dependencies: {
        ...payment,
        kitchen: {
          scope: 'call',
          canary: { handler: made('ask-kitchen') },
          tripAlarm: { name: 'kitchen-out', arn: 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:kitchen-out' },
        },
      },
    });
  });
  const recovery = actions(made, 'breaker_recovery_policy').filter((line) => line.startsWith('lambda:'));
  expect(recovery).toEqual([
    'lambda:InvokeFunction on ${aws_lambda_function.ask-kitchen_function.arn}',
    'lambda:InvokeFunction on ${aws_lambda_function.breaker_recover_function.arn}',
    `lambda:InvokeFunction on ${handler.arn}`,
  ]);
  const alarms = made.all('aws_cloudwatch_metric_alarm').map(({ alarm_name }) => alarm_name);
  expect(alarms).toEqual(
    expect.arrayContaining(['orders-payment-open', 'orders-kitchen-open', 'orders-recovery-failed']),
  );
});

describe('other intake', () => {
  const made = (switchedAtRunTime = true) =>
    synthesized((scope) => {
      const { breaker, handler, queue } = parts(scope, {});
      const where = { account: '111111111111', region: 'eu-west-1' };
      const source = new Stream(scope, 'clicks', { streamName: 'clicks' });
      breaker.stopsIntake(
        new StreamConsumer(scope, 'from-stream', { source, handler, consumerName: 'clicks', switchedAtRunTime }),
      );
      const pipe = { ...where, pipeName: 'legacy', source: { arn: 'arn:aws:sqs:eu-west-1:111111111111:legacy' } };
      const target = { queue: queue.main };
      breaker.stopsIntake(new Pipe(scope, 'pipe', { ...pipe, target, switchedAtRunTime: true }));
      const bus = new EventBus(scope, 'bus', { ...where, busName: 'shop' });
      const pattern = { source: ['shop'] };
      breaker.stopsIntake(bus.rule('placed', { pattern, switchedAtRunTime: true }));
    });

  test('is told to the reconciler, and to it alone', () => {
    const synth = made();
    expect(JSON.parse(variables(synth, 'breaker_reconcile_function').INTAKES ?? '')).toEqual([
      { mapping: expect.stringContaining('from-stream_mapping') },
      { pipe: 'legacy' },
      { rule: expect.stringContaining('placed'), bus: expect.stringContaining('bus') },
    ]);
    expect(variables(synth, 'breaker_recover_function').INTAKES).toBeUndefined();
  });

  test('may be looked at and switched, each by its own ARN and nothing else', () => {
    const lines = actions(made(), 'breaker_reconcile_policy').filter((line) => /from-stream|^pipes|^events/.test(line));
    expect(lines.map((line) => line.replace(/\$\{\w+\.([\w-]+)\..*/, '$1'))).toEqual([
      'events:DescribeRule on bus_placed_rule',
      'events:DisableRule on bus_placed_rule',
      'events:EnableRule on bus_placed_rule',
      'lambda:GetEventSourceMapping on from-stream_mapping',
      'lambda:UpdateEventSourceMapping on from-stream_mapping',
      'pipes:DescribePipe on pipe',
      'pipes:StartPipe on pipe',
      'pipes:StopPipe on pipe',
    ]);
  });

  test('that Terraform would switch on again is refused', () => {
    expect(() => made(false)).toThrow(/stopsIntake was given .*from-stream, which is not switchedAtRunTime/);
  });

  test('that nobody named is no variable', () => {
    expect(variables(stack(), 'breaker_reconcile_function')).not.toHaveProperty('INTAKES');
  });
});
