import { headlines, reviewOf } from './plan-files';
import { arn, constant, plan, policy, queue, redrive, reference, resource } from './small-plan';

const orders = (attributes = {}, expressions = {}) =>
  resource('aws_sqs_queue.orders', queue('orders', attributes), {
    expressions: { name: constant('orders'), ...expressions },
  });
const parked = resource('aws_sqs_queue.parked', queue('parked', { message_retention_seconds: 1_209_600 }), {
  expressions: { name: constant('parked') },
});
const { id } = queue('orders');
const ofOrders = { queue_url: reference('aws_sqs_queue.orders.id', 'aws_sqs_queue.orders') };

describe('a redrive policy that is a resource of its own', () => {
  const copy = { redrive_policy: redrive('parked', 5) };
  const beside = (after?: Record<string, unknown> | null) =>
    resource(
      'aws_sqs_queue_redrive_policy.orders',
      { id, queue_url: id, ...copy },
      { after, expressions: after === null ? undefined : ofOrders },
    );

  test('counts as the queue’s, so nothing is to be said while it stays', async () => {
    expect(headlines(await reviewOf(plan(orders(copy), parked, beside())))).toEqual([]);
  });

  test('is what changes, whatever the queue’s copy of it still says', async () => {
    const changed = beside({ id, queue_url: id, redrive_policy: redrive('parked', 100) });
    expect(headlines(await reviewOf(plan(orders(copy), parked, changed)))).toEqual([
      'high storm/receive-count aws_sqs_queue.orders',
    ]);
  });

  test('leaves the queue without one when it goes', async () => {
    expect(headlines(await reviewOf(plan(orders(copy), parked, beside(null))))).toEqual([
      'high loss/redrive-removed aws_sqs_queue.orders',
    ]);
  });

  test('moves into the queue, which has none until the next apply', async () => {
    const inside = resource('aws_sqs_queue.orders', queue('orders', copy), {
      expressions: { redrive_policy: reference('aws_sqs_queue.parked.arn', 'aws_sqs_queue.parked') },
    });
    expect(headlines(await reviewOf(plan(inside, parked, beside(null))))).toEqual([
      'high loss/inline-cleared aws_sqs_queue_redrive_policy.orders',
    ]);
  });

  test('that Terraform only lets go of stays in AWS', async () => {
    const forgotten = resource(
      'aws_sqs_queue_redrive_policy.orders',
      { id, queue_url: id, ...copy },
      { after: null, actions: ['forget'] },
    );
    const review = await reviewOf(plan(orders(copy), parked, forgotten));
    expect(headlines(review).filter((line) => !line.startsWith('info'))).toEqual([]);
  });
});

test('a queue policy of its own that no longer admits a sender is a finding', async () => {
  const admits = policy({
    ...{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage' },
    Resource: arn('sqs', 'orders'),
  });
  const topic = resource('aws_sns_topic.events', {
    arn: arn('sns', 'events'),
    id: arn('sns', 'events'),
    name: 'events',
  });
  const subscription = resource('aws_sns_topic_subscription.orders', {
    ...{ id: arn('sns', 'events:1'), arn: arn('sns', 'events:1'), protocol: 'sqs' },
    ...{ topic_arn: arn('sns', 'events'), endpoint: arn('sqs', 'orders') },
  });
  const beside = (after?: Record<string, unknown>) =>
    resource('aws_sqs_queue_policy.orders', { id, queue_url: id, policy: admits }, { after, expressions: ofOrders });
  const review = (changed: object) =>
    reviewOf(plan(orders({ policy: admits }), topic, subscription, changed as Record<string, unknown>));
  expect(headlines(await review(beside()))).toEqual([]);
  expect(headlines(await review(beside({ id, queue_url: id, policy: policy() })))).toEqual([
    'high stop/queue-policy aws_sqs_queue_policy.orders',
  ]);
});

test('a redrive allow policy of its own that denies the sources is a finding', async () => {
  const sources = orders(
    { redrive_policy: redrive('parked', 5) },
    { redrive_policy: reference('aws_sqs_queue.parked.arn', 'aws_sqs_queue.parked') },
  );
  const own = { id: queue('parked').id, queue_url: queue('parked').id };
  const allows = JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [arn('sqs', 'orders')] });
  const denies = JSON.stringify({ redrivePermission: 'denyAll' });
  const beside = resource(
    'aws_sqs_queue_redrive_allow_policy.parked',
    { ...own, redrive_allow_policy: allows },
    {
      after: { ...own, redrive_allow_policy: denies },
      expressions: { queue_url: reference('aws_sqs_queue.parked.id', 'aws_sqs_queue.parked') },
    },
  );
  expect(headlines(await reviewOf(plan(sources, parked, beside)))).toEqual([
    'high loss/redrive-denied aws_sqs_queue_redrive_allow_policy.parked',
  ]);
});

describe('what is set in AWS and not in the configuration', () => {
  const unwritten = [
    orders({ redrive_policy: redrive('parked', 5) }),
    parked,
    resource(
      'aws_lambda_function.consumer',
      { function_name: 'consumer', tracing_config: [{ mode: 'Active' }] },
      { expressions: { function_name: constant('consumer') } },
    ),
  ];

  test('may be written elsewhere: it is an info, and nothing when the plan changes nothing', async () => {
    const other = resource('aws_sns_topic.events', { name: 'events' }, { after: { name: 'events', policy: '{}' } });
    expect(headlines(await reviewOf(plan(...unwritten, other)))).toEqual([
      'info blind/tracing-removed aws_lambda_function.consumer',
      'info loss/redrive-removed aws_sqs_queue.orders',
    ]);
    expect(headlines(await reviewOf(plan(...unwritten)))).toEqual([]);
  });
});

describe('equal names in two modules', () => {
  const module = (name: string, visibility: number, timeout: number) => {
    // Each in an account of its own, since a name is taken once in each.
    const of = { module: `module.${name}`, provider: `aws.${name}` };
    return [
      resource('aws_sqs_queue.q', null, {
        after: { name: 'orders', visibility_timeout_seconds: visibility, message_retention_seconds: 345_600 },
        unknown: { arn: true, id: true, url: true },
        ...of,
        expressions: { name: constant('orders') },
      }),
      resource('aws_lambda_function.f', null, {
        after: { function_name: 'consumer', timeout, memory_size: 128 },
        unknown: { arn: true, id: true },
        ...of,
        expressions: { function_name: constant('consumer') },
      }),
      resource('aws_lambda_event_source_mapping.m', null, {
        after: { function_name: 'consumer', batch_size: 10, function_response_types: ['ReportBatchItemFailures'] },
        unknown: { event_source_arn: true },
        ...of,
        expressions: {
          event_source_arn: reference('aws_sqs_queue.q.arn', 'aws_sqs_queue.q'),
          function_name: reference('aws_lambda_function.f.function_name', 'aws_lambda_function.f'),
        },
      }),
    ];
  };

  // Each consumer fits its own queue; the slow one would not fit the other's.
  test.each(['eu', 'aa', 'zz'])(
    'each mapping is read with its own function, whatever the other module (%s) is called',
    async (other) => {
      const review = await reviewOf(plan(...module(other, 180, 30), ...module('us', 360, 60)));
      expect(headlines(review)).toEqual([]);
    },
  );
});
