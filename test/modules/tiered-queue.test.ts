import { annotate } from '../../functions/runtime/note';
import { TieredQueue, type TieredQueueProps } from '../../modules/tiered-queue';
import { synthesized } from './synthesized';

const stack = (change: Partial<TieredQueueProps> = {}) =>
  synthesized((scope) => new TieredQueue(scope, 'orders', { queueName: 'orders', ...change }));

test('what is received five times is parked, and dead letters are kept for 14 days', () => {
  const synth = stack();
  const main = synth.one('aws_sqs_queue', 'main');
  expect(main).toMatchObject({
    name: 'orders',
    visibility_timeout_seconds: 180,
    message_retention_seconds: 345_600,
    receive_wait_time_seconds: 20,
  });
  expect(JSON.parse(main.redrive_policy as string)).toEqual({
    deadLetterTargetArn: expect.stringMatching(/^\$\{aws_sqs_queue\.orders_parked_\w+\.arn\}$/),
    maxReceiveCount: 5,
  });
  for (const tier of ['parked', 'repair']) {
    expect(synth.one('aws_sqs_queue', tier)).toMatchObject({
      name: `orders-${tier}`,
      message_retention_seconds: 1_209_600,
    });
  }
});

test('tiers that are there already keep their names, and each has one of its own', () => {
  const names = (change: Partial<TieredQueueProps>) =>
    ['main', 'parked', 'repair'].map((tier) => stack(change).one('aws_sqs_queue', tier).name);
  expect(names({ parkedName: 'orders-dlq' })).toEqual(['orders', 'orders-dlq', 'orders-repair']);
  expect(names({ fifo: true, repairName: 'broken' })).toEqual(['orders.fifo', 'orders-parked.fifo', 'broken.fifo']);
  expect(() => stack({ parkedName: 'orders-repair' })).toThrow('each tier has a name of its own');
  expect(() => stack({ parkedName: 'orders.dlq' })).toThrow('parkedName is "orders.dlq"');
});

test('whatever the main queue takes fits into the tiers, with the longest note that the consumer writes', () => {
  const long = '\u{20AC}'.repeat(1000);
  const { attributes } = annotate(
    { body: '', attributes: {} },
    {
      ...{ reason: 'malformed', detail: long, path: long, id: long, consumer: 'x'.repeat(64) },
      ...{ sentAt: new Date(0).toISOString(), messageId: 'x'.repeat(36), piece: '10 of 10', encoding: 'base64' },
    },
  );
  const size = Object.entries(attributes).reduce(
    (sum, [name, { type, value }]) => sum + Buffer.byteLength(name + type + value),
    0,
  );
  const sizeOf = (change: Partial<TieredQueueProps>, tier: string) =>
    stack(change).one('aws_sqs_queue', tier).max_message_size as number;
  expect(sizeOf({}, 'main')).toBe(262_144);
  const most = 1_038_336;
  expect(sizeOf({ maxMessageSize: most }, 'main')).toBe(most);
  for (const tier of ['parked', 'repair']) expect(sizeOf({}, tier)).toBe(1_048_576);
  expect(most + size).toBeLessThanOrEqual(1_048_576);
});

test('only the main queue may park into the parked tier, and nobody may use repair as a dead-letter queue', () => {
  const synth = stack();
  const policy = (path: string) =>
    JSON.parse(synth.one('aws_sqs_queue_redrive_allow_policy', path).redrive_allow_policy as string);
  expect(policy('parked-allow')).toEqual({
    redrivePermission: 'byQueue',
    sourceQueueArns: [expect.stringContaining('orders_main')],
  });
  expect(policy('repair-allow')).toEqual({ redrivePermission: 'denyAll' });
});

test('every tier is encrypted and refuses calls without TLS', () => {
  const synth = stack();
  expect(synth.all('aws_sqs_queue').every(({ sqs_managed_sse_enabled }) => sqs_managed_sse_enabled === true)).toBe(
    true,
  );
  const denials = synth.all('aws_sqs_queue_policy').map(({ policy }) => JSON.parse(policy as string).Statement[0]);
  expect(denials).toHaveLength(3);
  for (const denial of denials) {
    expect(denial).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  }
});

test('a key of one’s own encrypts all three tiers', () => {
  const queues = stack({ kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1' }).all('aws_sqs_queue');
  expect(queues.map(({ kms_master_key_id }) => kms_master_key_id)).toEqual(
    Array(3).fill('arn:aws:kms:us-east-1:000000000000:key/1'),
  );
});

test.each([
  ['what it waited in the main queue (4 days by default) is gone from its 14', {}, 8],
  ['the longer the main queue keeps messages, the earlier', { messageRetention: 6 * 86_400 }, 6],
  [
    'but not before five: what waited for more than a week in main has rung there',
    { messageRetention: 13.5 * 86_400 },
    5,
  ],
  ['a FIFO queue starts its clock anew', { fifo: true, messageRetention: 10 * 86_400 }, 12],
])('a parked message rings two days before SQS may delete it: %s', (_, props, days) => {
  const alarms = stack(props).all('aws_cloudwatch_metric_alarm');
  const threshold = (name: string) => alarms.find(({ alarm_name }) => String(alarm_name).endsWith(name))?.threshold;
  expect(threshold('parked-age')).toBe(days * 86_400);
});

test.each([
  ['two of its four days', {}, 172_800],
  ['a week of the longest', { messageRetention: 1_209_599 }, 604_799],
])('what waits in main for half of the time that SQS keeps it rings: %s', (_, props, threshold) => {
  const alarms = stack(props).all('aws_cloudwatch_metric_alarm');
  expect(alarms.find(({ alarm_name }) => alarm_name === 'orders-main-expiry')).toMatchObject({
    ...{ metric_name: 'ApproximateAgeOfOldestMessage', statistic: 'Maximum', threshold },
    ...{ comparison_operator: 'GreaterThanThreshold', evaluation_periods: 1 },
  });
});

test('what lies in repair for half of its time there rings, however often somebody has looked at it', () => {
  const alarms = stack().all('aws_cloudwatch_metric_alarm');
  expect(alarms.find(({ alarm_name }) => alarm_name === 'orders-repair-age')).toMatchObject({
    ...{ metric_name: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum', threshold: 0 },
    ...{ period: 86_400, evaluation_periods: 7 },
  });
});

test('every tier has an alarm on age and on depth, and each says what to do', () => {
  const alarms = stack({ alarmActions: ['arn:aws:sns:us-east-1:000000000000:night'] }).all(
    'aws_cloudwatch_metric_alarm',
  );
  expect(alarms.map(({ alarm_name }) => alarm_name).sort()).toEqual([
    'orders-main-age',
    'orders-main-depth',
    'orders-main-expiry',
    'orders-parked-age',
    'orders-parked-depth',
    'orders-repair-age',
    'orders-repair-depth',
  ]);
  for (const alarm of alarms) {
    expect(alarm.alarm_actions).toEqual(['arn:aws:sns:us-east-1:000000000000:night']);
    expect((alarm.alarm_description as string).length).toBeGreaterThan(40);
  }
});

test('a FIFO queue has FIFO tiers: SQS refuses dead letters of another type', () => {
  const queues = stack({ fifo: true }).all('aws_sqs_queue');
  expect(queues.map(({ name, fifo_queue }) => [name, fifo_queue])).toEqual(
    expect.arrayContaining([
      ['orders.fifo', true],
      ['orders-parked.fifo', true],
      ['orders-repair.fifo', true],
    ]),
  );
});

test('high throughput is the same for all tiers: a release is not slower than the intake', () => {
  const queues = stack({ fifo: true, highThroughput: true }).all('aws_sqs_queue');
  expect(queues).toHaveLength(3);
  for (const queue of queues)
    expect(queue).toMatchObject({ deduplication_scope: 'messageGroup', fifo_throughput_limit: 'perMessageGroupId' });
});

test.each<[Partial<TieredQueueProps>, string]>([
  [{ highThroughput: true }, 'highThroughput is set, but the queue is not FIFO'],
  [{ queueName: 'orders.fifo' }, 'queueName is "orders.fifo"'],
  [{ queueName: 'x'.repeat(74) }, 'at most 73'],
  [{ maxReceiveCount: 0 }, 'maxReceiveCount is 0; SQS takes whole numbers from 1 to 1,000'],
  [{ visibilityTimeout: 43_201 }, 'visibilityTimeout is 43201 s; SQS takes whole numbers from 0 to 43,200'],
  [{ messageRetention: 1_209_600 }, 'must outlive it'],
  [{ deliveryDelay: 901 }, 'deliveryDelay is 901 s'],
  [{ kmsKeyArn: 'not-an-arn' }, 'kmsKeyArn is "not-an-arn"; it takes the ARN of a KMS key'],
  [{ maxMessageSize: 1023 }, 'maxMessageSize is 1023 bytes; it takes whole numbers from 1,024 to 1,038,336'],
  [{ maxMessageSize: 1_048_576 }, 'maxMessageSize is 1048576 bytes'],
  [{ maximumAge: 1 }, 'maximumAge is 1 s'],
  [{ maximumDepth: 0 }, 'maximumDepth is 0'],
])('%j does not synthesize', (change, message) => {
  expect(() => stack(change)).toThrow(message);
});

describe('strict order', () => {
  const queue = (props: Partial<TieredQueueProps>) =>
    synthesized((scope) => {
      new TieredQueue(scope, 'orders', { queueName: 'orders', ...props });
    });

  test('parks nothing before SQS’s most receives, and keeps what waits for as long as SQS can', () => {
    const main = queue({ fifo: true, strictOrder: true }).one('aws_sqs_queue', 'orders_main');
    expect(JSON.parse(main.redrive_policy as string)).toMatchObject({ maxReceiveCount: 1000 });
    expect(main.message_retention_seconds).toBe(1_209_599);
  });

  test('is refused where there is no order, or a count that would break it', () => {
    expect(() => queue({ strictOrder: true })).toThrow('strictOrder is set, but the queue is not FIFO');
    expect(() => queue({ fifo: true, strictOrder: true, maxReceiveCount: 5 })).toThrow(
      "maxReceiveCount is 5 with strictOrder, which takes SQS's most, 1000",
    );
  });
});
