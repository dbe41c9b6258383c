import { arn, policy } from '../small-plan';
import {
  ACCOUNT,
  ALARM,
  BROKER,
  CLUSTER,
  EVENTS,
  FUNCTION,
  GRANTS,
  grants,
  POLICY,
  QUEUE,
  STREAM_MAPPING,
  TOPIC,
  whatItSays,
  without,
} from './shop';

whatItSays('nothing to say', [
  ['nothing changes', (shop) => shop, []],
  [
    'tags',
    (shop) =>
      shop
        .update(QUEUE, { tags: { a: 'b' } })
        .update(BROKER, { tags: { a: 'b' } })
        .update(CLUSTER, { tags: { a: 'b' } }),
    [],
  ],
  [
    'a code deployment',
    (shop) => shop.update(FUNCTION, { source_code_hash: 'new' }, { last_modified: true, version: true, arn: true }),
    [],
  ],
  [
    'a policy that is written in another order',
    (shop) =>
      shop.update(GRANTS, { policy: policy(...grants().reverse()) }).update(POLICY, { policy: policy(EVENTS, TOPIC) }),
    [],
  ],
  [
    'policies known after apply',
    (shop) =>
      shop
        .update(GRANTS, {}, { policy: true })
        .update(POLICY, {}, { policy: true })
        .update('aws_kms_key.k', {}, { policy: true }),
    [],
  ],
  [
    'a permission that moves from a policy to another',
    (shop) =>
      shop
        .update(GRANTS, { policy: without(grants(), 0) })
        .add('aws_iam_role_policy.more', { role: 'consumer', name: 'more', policy: policy(...grants().slice(0, 1)) }),
    [],
  ],
  [
    "a permission that moves to a policy of AWS's own",
    (shop) =>
      shop.update(GRANTS, { policy: without(grants(), 0) }).add('aws_iam_role_policy_attachment.sqs', {
        role: 'consumer',
        policy_arn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole',
      }),
    [],
  ],
  [
    'a Deny that hits only what is not encrypted',
    (shop) =>
      shop.update(POLICY, {
        policy: policy(TOPIC, EVENTS, {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      }),
    [],
  ],
  [
    'senders admitted by their account',
    (shop) =>
      shop.update(POLICY, {
        policy: policy({
          Effect: 'Allow',
          Principal: { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] },
          Action: 'sqs:SendMessage',
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
        }),
      }),
    [],
  ],
  [
    'a wildcard that gives way to names',
    (shop) =>
      shop
        .was(GRANTS, { policy: policy({ ...grants()[0], Resource: '*' }, ...grants().slice(1)) })
        .update(GRANTS, { policy: policy(...grants()) }),
    [],
  ],
  [
    'a filter in another order',
    (shop) =>
      shop.update('aws_sns_topic_subscription.orders', { filter_policy: JSON.stringify({ type: ['paid', 'placed'] }) }),
    [],
  ],
  [
    'an alarm that rings earlier, and to more',
    (shop) => shop.update(ALARM, { threshold: 60, alarm_actions: [arn('sns', 'ops'), arn('sns', 'pager')] }),
    [],
  ],
  [
    'more of everything',
    (shop) =>
      shop
        .update(FUNCTION, { reserved_concurrent_executions: 50, memory_size: 2048 })
        .update(STREAM_MAPPING, { parallelization_factor: 10 }),
    [],
  ],
  [
    'one more security group for a broker, which needs no restart',
    (shop) => shop.was(BROKER, { security_groups: ['sg-1'] }).update(BROKER, { security_groups: ['sg-1', 'sg-9'] }),
    [],
  ],
  [
    'another maintenance window',
    (shop) =>
      shop.update(BROKER, {
        maintenance_window_start_time: [{ day_of_week: 'MONDAY', time_of_day: '12:00', time_zone: 'UTC' }],
      }),
    [],
  ],
  [
    'a rule of a security group replaced by a wider one',
    (shop) =>
      shop.remove('aws_vpc_security_group_ingress_rule.mq').add('aws_vpc_security_group_ingress_rule.wider', {
        security_group_id: 'sg-1',
        cidr_ipv4: '10.0.0.0/8',
        from_port: 61617,
        to_port: 61617,
        ip_protocol: 'tcp',
      }),
    [],
  ],
]);
