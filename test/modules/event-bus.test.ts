import {
  EventBus,
  type EventBusProps,
  type EventRule,
  type EventRuleProps,
  GlobalEndpoint,
  type GlobalEndpointProps,
  type TargetProps,
} from '../../modules/event-bus';
import { ExistingFunction } from '../../modules/lambda-function';
import { TieredQueue } from '../../modules/tiered-queue';
import { Topic } from '../../modules/topic';
import { allowed, synthesized } from './synthesized';

const [account, region] = ['111111111111', 'us-east-1'];
const kmsKeyArn = `arn:aws:kms:us-east-1:${account}:key/1`;
const existing = (scope: ConstructorParameters<typeof ExistingFunction>[0]) =>
  new ExistingFunction(scope, 'function', {
    ...{ functionArn: `arn:aws:lambda:us-east-1:${account}:function:print`, functionName: 'print' },
    ...{ roleName: 'print', policyName: 'spillway', timeout: 30 },
  });
const json = (text: unknown) => JSON.parse(text as string);

const pattern = { source: ['shop.orders'] };
type Build = (rule: EventRule, queue: TieredQueue, bus: EventBus) => void;
const stack = (build: Build, rule: Partial<EventRuleProps> = {}, bus: Partial<EventBusProps> = {}, fifo = false) =>
  synthesized((scope) => {
    const made = new EventBus(scope, 'bus', { busName: 'orders', account, region, ...bus });
    const queue = new TieredQueue(scope, 'queue', { queueName: 'kitchen', fifo });
    build(made.rule('placed', { pattern, ...rule }), queue, made);
  });

test('a target is retried for a day, and what it can’t be given is kept for 14 days and rings', () => {
  const synth = stack((rule, queue) => rule.toQueue('kitchen', queue));
  expect(synth.one('aws_cloudwatch_event_target', 'kitchen')).toMatchObject({
    target_id: 'kitchen',
    retry_policy: { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 },
    dead_letter_config: { arn: expect.stringContaining('kitchen-undelivered') },
  });
  expect(synth.one('aws_sqs_queue', 'kitchen-undelivered')).toMatchObject({
    name: 'orders-placed-kitchen-undelivered',
    message_retention_seconds: 1_209_600,
  });
  expect(synth.one('aws_cloudwatch_metric_alarm', 'kitchen-undelivered-alarm')).toMatchObject({ threshold: 0 });
});

test('a target waits for the permission to deliver, and only this rule has it', () => {
  const synth = stack((rule, queue) => rule.toQueue('kitchen', queue));
  expect(synth.one('aws_cloudwatch_event_target', 'kitchen').depends_on).toEqual([
    expect.stringContaining('kitchen-undelivered-policy'),
    expect.stringContaining('queue_main-policy'),
  ]);
  for (const path of ['queue/main-policy', 'kitchen-undelivered-policy']) {
    const [, mayDeliver] = json(synth.one('aws_sqs_queue_policy', path).policy).Statement;
    expect(mayDeliver).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': [expect.stringContaining('aws_cloudwatch_event_rule.')] } },
    });
  }
});

test('everything on the bus is archived for 14 days unless said otherwise', () => {
  const archive = (change: Partial<EventBusProps>) => stack(() => {}, {}, change).all('aws_cloudwatch_event_archive');
  expect(archive({})).toEqual([expect.objectContaining({ name: 'orders', retention_days: 14 })]);
  expect(archive({})[0]).not.toHaveProperty('event_pattern');
  expect(archive({ archive: { retentionDays: 0, pattern } })).toEqual([
    expect.objectContaining({ retention_days: 0, event_pattern: JSON.stringify(pattern) }),
  ]);
  expect(archive({ archive: false })).toEqual([]);
});

test('a rule that ignores replays matches no replayed event', () => {
  const { event_pattern } = stack(() => {}, { ignoresReplays: true }).one('aws_cloudwatch_event_rule', 'rule');
  expect(json(event_pattern)).toEqual({ ...pattern, 'replay-name': [{ exists: false }] });
});

test('a rule that a breaker switches is left alone by the next apply', () => {
  const rule = (switchedAtRunTime?: boolean) =>
    stack(() => {}, { switchedAtRunTime }).one('aws_cloudwatch_event_rule', 'rule');
  expect(rule(true)).toMatchObject({ state: 'ENABLED', lifecycle: { ignore_changes: ['state'] } });
  expect(rule()).not.toHaveProperty('lifecycle');
});

test('a bus elsewhere is reached by a role that may put events there, for this rule only', () => {
  const arn = 'arn:aws:events:eu-west-1:222222222222:event-bus/orders';
  const synth = stack((rule) => rule.toBus('audit', { arn }));
  expect(allowed(synth, 'audit-policy')).toEqual([`events:PutEvents on ${arn}`]);
  const [trust] = json(synth.one('aws_iam_role', 'audit-role').assume_role_policy).Statement;
  expect(trust.Condition).toEqual({
    StringEquals: { 'aws:SourceAccount': account },
    ArnEquals: { 'aws:SourceArn': expect.stringContaining('aws_cloudwatch_event_rule.') },
  });
});

test('a state machine is started by a role that may do nothing else', () => {
  const arn = `arn:aws:states:us-east-1:${account}:stateMachine:saga`;
  const synth = stack((rule) => rule.toStateMachine('saga', { arn }));
  expect(allowed(synth, 'saga-policy')).toEqual([`states:StartExecution on ${arn}`]);
});

test('a function and a topic let this rule in, by its ARN', () => {
  const synth = synthesized((scope) => {
    const rule = new EventBus(scope, 'bus', { busName: 'orders', account, region }).rule('placed', { pattern });
    rule.toFunction('print', existing(scope));
    rule.toTopic('tell', new Topic(scope, 'topic', { topicName: 'orders', kmsKeyArn }));
  });
  const ofRule = expect.stringContaining('aws_cloudwatch_event_rule.');
  expect(synth.one('aws_lambda_permission', 'print-permission').source_arn).toEqual(ofRule);
  const [, mayPublish] = json(synth.one('aws_sns_topic_policy', 'topic/policy').policy).Statement;
  expect(mayPublish.Condition).toEqual({ ArnEquals: { 'aws:SourceArn': ofRule } });
});

test('other accounts may put events on the bus, in one policy', () => {
  const synth = stack((_, __, bus) => {
    bus.allowAccount('222222222222');
    bus.allowAccount('333333333333');
  });
  expect(synth.all('aws_cloudwatch_event_bus_policy')).toHaveLength(1);
  const [statement] = json(synth.one('aws_cloudwatch_event_bus_policy', 'policy').policy).Statement;
  expect(statement).toMatchObject({
    Action: 'events:PutEvents',
    Principal: { AWS: ['arn:aws:iam::222222222222:root', 'arn:aws:iam::333333333333:root'] },
  });
});

test('a bus with a key of one’s own keeps what it can’t encrypt', () => {
  const synth = stack(() => {}, {}, { kmsKeyArn });
  expect(synth.one('aws_cloudwatch_event_bus', 'bus')).toMatchObject({
    kms_key_identifier: kmsKeyArn,
    dead_letter_config: { arn: expect.stringContaining('unencrypted') },
  });
  expect(synth.one('aws_sqs_queue', 'unencrypted').sqs_managed_sse_enabled).toBe(true);
});

test('who replays may start from this archive to this bus, and nothing else', () => {
  const synth = synthesized((scope) =>
    new EventBus(scope, 'bus', { busName: 'orders', account, region }).grantReplay(existing(scope)),
  );
  const may = allowed(synth, 'function/policy').map((line) => line.replace(/_[0-9A-F]{8}/, ''));
  const replays = `arn:aws:events:us-east-1:${account}:replay/*`;
  expect(may).toEqual([
    `events:CancelReplay on ${replays}`,
    `events:DescribeReplay on ${replays}`,
    'events:StartReplay on ${aws_cloudwatch_event_archive.bus_archive.arn}',
    'events:StartReplay on ${aws_cloudwatch_event_bus.bus.arn}',
    `events:StartReplay on ${replays}`,
  ]);
});

const endpoint = (change: Partial<GlobalEndpointProps> = {}) =>
  synthesized((scope) => {
    const regions = { primaryRegion: 'us-east-1', secondaryRegion: 'us-west-2' };
    new GlobalEndpoint(scope, 'endpoint', {
      endpointName: 'orders',
      busName: 'orders',
      account,
      ...regions,
      ...change,
    });
  });

test('a global endpoint replicates to both regions, and fails over when deliveries are slow', () => {
  const synth = endpoint();
  expect(synth.all('aws_cloudwatch_event_endpoint')[0]).toMatchObject({
    event_bus: [
      { event_bus_arn: `arn:aws:events:us-east-1:${account}:event-bus/orders` },
      { event_bus_arn: `arn:aws:events:us-west-2:${account}:event-bus/orders` },
    ],
    replication_config: { state: 'ENABLED' },
    routing_config: { failover_config: { secondary: { route: 'us-west-2' } } },
  });
  expect(synth.one('aws_route53_health_check', 'health-check')).toMatchObject({
    ...{ type: 'CLOUDWATCH_METRIC', cloudwatch_alarm_region: 'us-east-1' },
    insufficient_data_health_status: 'LastKnownStatus',
  });
  expect(synth.one('aws_cloudwatch_metric_alarm', 'latency-alarm')).toMatchObject({ threshold: 30_000 });
});

test.each<[string, Partial<EventRuleProps>, Partial<EventBusProps>, string]>([
  ['the default bus', {}, { busName: 'default' }, 'busName is "default"; it takes 1 to 48'],
  ['a negative retention', {}, { archive: { retentionDays: -1 } }, 'archive has a retentionDays of -1'],
  ['a pattern of nothing', { pattern: {} }, {}, 'pattern has no field; every event would match'],
  ['a field of nothing', { pattern: { source: [] } }, {}, 'pattern has no value for source; nothing would match'],
  ['a long pattern', { pattern: { source: ['x'.repeat(4096)] } }, {}, 'EventBridge takes at most 4,096'],
  ['a switched rule without an archive', { switchedAtRunTime: true }, { archive: false }, 'switchedAtRunTime is true, and the bus has no archive of all events'],
  ['a switched rule with half an archive', { switchedAtRunTime: true }, { archive: { pattern } }, 'what arrives while the rule is off would be lost'],
  ['a long name', { ruleName: 'x'.repeat(65) }, {}, 'EventBridge takes 1 to 64'],
])('%s does not synthesize', (_, rule, bus, message) => {
  expect(() => stack(() => {}, rule, bus)).toThrow(message);
}); // biome-ignore format: a table

test.each<[TargetProps, boolean, string]>([
  [{ maximumEventAge: 59 }, false, 'maximumEventAge is 59 s; EventBridge takes whole numbers from 60 to 86,400'],
  [{ maximumRetryAttempts: 186 }, false, 'maximumRetryAttempts is 186; EventBridge takes whole numbers from 0 to 185'],
  [{ inputPath: 'detail' }, false, 'inputPath is "detail"'],
  [{ messageGroupId: 'orders' }, false, 'messageGroupId is set; leave it out'],
  [{}, true, 'messageGroupId is missing; a FIFO queue takes no message without one'],
])('a target with %j of a queue that is FIFO (%s) does not synthesize', (props, fifo, message) => {
  expect(() => stack((rule, queue) => rule.toQueue('kitchen', queue, props), {}, {}, fifo)).toThrow(message);
});

test('the sixth target of a rule does not synthesize', () => {
  const build: Build = (rule) => {
    for (let target = 1; target <= 6; target += 1)
      rule.toBus(`t${target}`, { arn: 'arn:aws:events:eu-west-1:1:event-bus/b' });
  };
  expect(() => stack(build)).toThrow('t6: is target 6 of the rule; EventBridge takes 5');
});

test('an endpoint that fails over to itself does not synthesize', () => {
  expect(() => endpoint({ secondaryRegion: 'us-east-1' })).toThrow(
    'secondaryRegion is us-east-1, the primary one as well',
  );
});
