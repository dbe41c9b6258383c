import { encryptedQueue } from '../../modules/encrypted-queue';
import { ExistingFunction } from '../../modules/lambda-function';
import { TieredQueue } from '../../modules/tiered-queue';
import { type Delivery, type Filter, Topic, type TopicProps } from '../../modules/topic';
import { allowed, synthesized } from './synthesized';

const account = '111111111111';
const kmsKeyArn = `arn:aws:kms:us-east-1:${account}:key/1`;
const existing = (scope: ConstructorParameters<typeof ExistingFunction>[0]) =>
  new ExistingFunction(scope, 'function', {
    ...{ functionArn: `arn:aws:lambda:us-east-1:${account}:function:print`, functionName: 'print' },
    ...{ roleName: 'print', policyName: 'spillway', timeout: 30 },
  });

type Build = (topic: Topic, queue: TieredQueue) => void;
const stack = (build: Build, change: Partial<TopicProps> = {}, fifoQueue = change.fifo ?? false) =>
  synthesized((scope) => {
    const queue = new TieredQueue(scope, 'queue', { queueName: 'kitchen', fifo: fifoQueue });
    build(new Topic(scope, 'topic', { topicName: 'orders', ...change }), queue);
  });
const json = (text: unknown) => JSON.parse(text as string);

test('a queue gets the message itself, and what it can’t be given is kept for 14 days and rings', () => {
  const synth = stack((topic, queue) => topic.subscribeQueue('kitchen', queue));
  const subscription = synth.one('aws_sns_topic_subscription', 'kitchen');
  expect(subscription).toMatchObject({ protocol: 'sqs', raw_message_delivery: true });
  expect(json(subscription.redrive_policy).deadLetterTargetArn).toMatch(
    /aws_sqs_queue\.topic_kitchen-undelivered_\w+\.arn/,
  );
  expect(synth.one('aws_sqs_queue', 'kitchen-undelivered')).toMatchObject({
    name: 'orders-kitchen-undelivered',
    message_retention_seconds: 1_209_600,
  });
  expect(synth.one('aws_cloudwatch_metric_alarm', 'kitchen-undelivered-alarm')).toMatchObject({ threshold: 0 });
});

test('a subscription waits for the permission to deliver, to the queue and to its dead letters', () => {
  const synth = stack((topic, queue) => topic.subscribeQueue('kitchen', queue));
  expect(synth.one('aws_sns_topic_subscription', 'kitchen').depends_on).toEqual([
    expect.stringContaining('aws_sqs_queue_policy.topic_kitchen-undelivered-policy'),
    expect.stringContaining('aws_sqs_queue_policy.queue_main-policy'),
  ]);
  for (const path of ['queue/main-policy', 'kitchen-undelivered-policy']) {
    const [, mayDeliver] = json(synth.one('aws_sqs_queue_policy', path).policy).Statement;
    expect(mayDeliver.Condition.ArnEquals['aws:SourceArn']).toEqual([expect.stringContaining('aws_sns_topic.topic_')]);
  }
});

test('the topic is encrypted and takes nothing without TLS', () => {
  const synth = stack(() => {});
  expect(synth.one('aws_sns_topic', 'topic').kms_master_key_id).toBe('alias/aws/sns');
  expect(json(synth.one('aws_sns_topic_policy', 'policy').policy).Statement).toEqual([
    expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
  ]);
});

test('a FIFO topic has FIFO dead letters and drops duplicates', () => {
  const synth = stack((topic, queue) => topic.subscribeQueue('kitchen', queue), { fifo: true, highThroughput: true });
  expect(synth.one('aws_sns_topic', 'topic')).toMatchObject({
    ...{ name: 'orders.fifo', fifo_topic: true },
    ...{ content_based_deduplication: true, fifo_throughput_scope: 'MessageGroup' },
  });
  expect(synth.one('aws_sqs_queue', 'kitchen-undelivered')).toMatchObject({
    ...{ name: 'orders-kitchen-undelivered.fifo', fifo_queue: true },
  });
});

test('a FIFO topic delivers to a standard queue as well', () => {
  const synth = stack((topic, queue) => topic.subscribeQueue('kitchen', queue), { fifo: true }, false);
  expect(synth.one('aws_sqs_queue', 'kitchen-undelivered').fifo_queue).toBe(true);
});

test('a function may be invoked by this topic only, and gets the envelope', () => {
  const synth = synthesized((scope) =>
    new Topic(scope, 'topic', { topicName: 'orders' }).subscribeFunction('print', existing(scope)),
  );
  expect(synth.one('aws_lambda_permission', 'print-permission')).toMatchObject({
    ...{ function_name: 'print', principal: 'sns.amazonaws.com' },
    source_arn: expect.stringContaining('aws_sns_topic.topic'),
  });
  expect(synth.one('aws_sns_topic_subscription', 'print')).not.toHaveProperty('raw_message_delivery');
});

test('an endpoint is retried with a growing delay, for less than the hour that SNS allows', () => {
  const synth = stack((topic) =>
    topic.subscribeUrl('partner', 'https://example.com', { delivery: { maximumRate: 5 } }),
  );
  expect(json(synth.one('aws_sns_topic_subscription', 'partner').delivery_policy)).toEqual({
    healthyRetryPolicy: {
      ...{ minDelayTarget: 1, maxDelayTarget: 60, numRetries: 50, backoffFunction: 'exponential' },
      ...{ numNoDelayRetries: 0, numMinDelayRetries: 2, numMaxDelayRetries: 30 },
    },
    throttlePolicy: { maxReceivesPerSecond: 5 },
    requestPolicy: { headerContentType: 'application/json' },
  });
});

test.each<[string, Filter, string]>([
  ['attributes', { attributes: { size: ['large'] } }, 'MessageAttributes'],
  ['the body', { body: { cup: { size: ['large'] } } }, 'MessageBody'],
])('a filter looks at %s', (_, filter, scope) => {
  const synth = stack((topic, queue) => topic.subscribeQueue('kitchen', queue, { filter }));
  expect(synth.one('aws_sns_topic_subscription', 'kitchen')).toMatchObject({
    filter_policy: JSON.stringify(Object.values(filter)[0]),
    filter_policy_scope: scope,
  });
});

test('who publishes may publish to this topic, and use its key', () => {
  const synth = synthesized((scope) =>
    new Topic(scope, 'topic', { topicName: 'orders', kmsKeyArn }).grantPublish(existing(scope)),
  );
  expect(allowed(synth, 'function/policy').map((line) => line.split(' on ')[0])).toEqual([
    'kms:Decrypt',
    'kms:GenerateDataKey',
    'sns:Publish',
  ]);
});

test('an AWS service publishes on behalf of one resource, another account as a whole', () => {
  const synth = stack(
    (topic) => {
      topic.allowService('events.amazonaws.com', 'arn:aws:events:us-east-1:111111111111:rule/orders');
      topic.allowAccount('222222222222');
    },
    { kmsKeyArn },
  );
  const [, service, other] = json(synth.one('aws_sns_topic_policy', 'policy').policy).Statement;
  expect(service.Condition).toEqual({
    ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:111111111111:rule/orders' },
  });
  expect(other.Principal).toEqual({ AWS: 'arn:aws:iam::222222222222:root' });
});

const filtered =
  (filter: Filter): Build =>
  (topic, queue) =>
    topic.subscribeQueue('kitchen', queue, { filter });
const delivered =
  (delivery: Delivery): Build =>
  (topic) =>
    topic.subscribeUrl('partner', 'https://example.com', { delivery });
const many = (count: number) => Array.from({ length: count }, (_, value) => value);

test.each<[string, Build, Partial<TopicProps>, string]>([
  ['an unknown letter', () => {}, { topicName: 'a b' }, 'topicName is "a b"'],
  ['high throughput of a standard topic', () => {}, { highThroughput: true }, 'highThroughput is set, but the topic is not FIFO'],
  ['a URL of a FIFO topic', (topic) => topic.subscribeUrl('partner', 'https://example.com'), { fifo: true }, 'protocol is https, and the topic is FIFO'],
  ['http', (topic) => topic.subscribeUrl('partner', 'http://example.com'), {}, 'it takes a URL that begins with https://'],
  ['a delivery policy of a queue', (topic, queue) => topic.subscribeQueue('kitchen', queue, { delivery: {} }), {}, 'delivery is set, and the protocol sqs'],
  ['six attributes', filtered({ attributes: Object.fromEntries(many(6).map((n) => [`a${n}`, [1]])) }), {}, 'filter has 6 attributes; SNS takes 1 to 5'],
  ['156 combinations', filtered({ attributes: { a: many(13), b: many(12) } }), {}, 'filter has 156 combinations of values'],
  ['a deep field counts by its depth', filtered({ body: { a: { b: { c: many(51) } } } }), {}, 'filter has 153 combinations'],
  ['no value', filtered({ body: { a: [] } }), {}, 'nothing would pass it'],
  ['more than an hour', delivered({ maximumDelay: 200, retriesAtMaximumDelay: 30 }), {}, 'delivery retries for at least 6020 s; SNS retries for at most 3,600 s'],
  ['phases that do not fit', delivered({ retries: 10 }), {}, 'of 10 in all; they must be whole numbers that fit into it'],
  ['delays the wrong way around', delivered({ minimumDelay: 90 }), {}, 'has delays from 90 to 60 s'],
  ['101 retries', delivered({ retries: 101 }), {}, 'delivery has 101 retries'],
  ['a service without a key of one’s own', (topic) => topic.allowService('s3.amazonaws.com', 'arn:aws:s3:::b'), {}, 'kmsKeyArn is missing, but s3.amazonaws.com publishes'],
])('%s does not synthesize', (_, build, props, message) => {
  expect(() => stack(build, props)).toThrow(message);
}); // biome-ignore format: a table

test('a standard topic with a FIFO queue does not synthesize', () => {
  expect(() => stack((topic, queue) => topic.subscribeQueue('kitchen', queue), {}, true)).toThrow(
    'SNS delivers to a FIFO queue from a FIFO topic only',
  );
});

test('raw for a function does not synthesize', () => {
  const build = () =>
    synthesized((scope) =>
      new Topic(scope, 'topic', { topicName: 'orders' }).subscribeFunction('print', existing(scope), { raw: true }),
    );
  expect(build).toThrow('SNS invokes functions with its envelope only');
});

test('a queue that is not tiered can subscribe', () => {
  const synth = synthesized((scope) => {
    const queue = encryptedQueue(scope, 'queue', { name: 'plain' });
    new Topic(scope, 'topic', { topicName: 'orders' }).subscribeQueue('plain', queue);
  });
  expect(synth.all('aws_sns_topic_subscription')).toHaveLength(1);
});
