import { arn, policy } from '../small-plan';
import { ACCOUNT, allow, EVENTS, POLICY, TOPIC, whatItSays } from './shop';

whatItSays('policies of queues', [
  [
    'the policy goes',
    (shop) => shop.remove(POLICY),
    ['high stop/queue-policy aws_sqs_queue_policy.orders', 'high stop/queue-policy aws_sqs_queue_policy.orders'],
  ],
  [
    'another topic',
    (shop) => shop.update(POLICY, { policy: policy(allow('sns.amazonaws.com', arn('sns', 'other')), EVENTS) }),
    ['high stop/queue-policy aws_sqs_queue_policy.orders'],
  ],
  [
    'another queue',
    (shop) => shop.update(POLICY, { policy: policy({ ...TOPIC, Resource: arn('sqs', 'orders-old') }, EVENTS) }),
    ['high stop/queue-policy aws_sqs_queue_policy.orders'],
  ],
  [
    'another account',
    (shop) =>
      shop.update(POLICY, {
        policy: policy(TOPIC, { ...EVENTS, Condition: { StringEquals: { 'aws:SourceAccount': '999999999999' } } }),
      }),
    ['high stop/queue-policy aws_sqs_queue_policy.orders'],
  ],
  [
    'a Deny of all',
    (shop) =>
      shop.update(POLICY, {
        policy: policy(TOPIC, EVENTS, { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' }),
      }),
    [
      'high stop/permission-removed aws_sqs_queue_policy.orders',
      'high stop/queue-policy aws_sqs_queue_policy.orders',
      'high stop/queue-policy aws_sqs_queue_policy.orders',
    ],
  ],
  [
    'a Deny of what does not come by an endpoint',
    (shop) =>
      shop.update(POLICY, {
        policy: policy(TOPIC, EVENTS, {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:SendMessage',
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
        }),
      }),
    ['high stop/queue-policy aws_sqs_queue_policy.orders', 'high stop/queue-policy aws_sqs_queue_policy.orders'],
  ],
  [
    'a Deny of all but one role',
    (shop) =>
      shop.update(POLICY, {
        policy: policy(TOPIC, EVENTS, {
          Effect: 'Deny',
          NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:role/admin` },
          Action: 'sqs:*',
          Resource: '*',
        }),
      }),
    [
      'high stop/permission-removed aws_sqs_queue_policy.orders',
      'high stop/queue-policy aws_sqs_queue_policy.orders',
      'high stop/queue-policy aws_sqs_queue_policy.orders',
    ],
  ],
  [
    'the organization only, which no service is in',
    (shop) =>
      shop.update(POLICY, {
        policy: policy({
          Effect: 'Allow',
          Principal: '*',
          Action: 'sqs:SendMessage',
          Resource: '*',
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
        }),
      }),
    ['high stop/queue-policy aws_sqs_queue_policy.orders', 'high stop/queue-policy aws_sqs_queue_policy.orders'],
  ],
  [
    'an account that is not in this plan is no longer named',
    (shop) =>
      shop
        .was(POLICY, {
          policy: policy(TOPIC, EVENTS, {
            Effect: 'Allow',
            Principal: { AWS: '222222222222' },
            Action: 'sqs:SendMessage',
            Resource: '*',
          }),
        })
        .update(POLICY, { policy: policy(TOPIC, EVENTS) }),
    ['medium stop/queue-policy aws_sqs_queue_policy.orders'],
  ],
  [
    'a topic with another name than the policy knows',
    (shop) =>
      shop
        .replace('aws_sns_topic.events', { name: 'events-v2' })
        .replace('aws_sns_topic_subscription.orders', {}, { id: true, arn: true, topic_arn: true }),
    [
      'high loss/replaced aws_sns_topic.events',
      'high stop/queue-policy aws_sqs_queue_policy.orders',
      'medium loss/route-replaced aws_sns_topic_subscription.orders',
    ],
  ],
  [
    'a dead-letter queue that admits another source only',
    (shop) =>
      shop.update('aws_sqs_queue.orders_dlq', {
        redrive_allow_policy: JSON.stringify({
          redrivePermission: 'byQueue',
          sourceQueueArns: [arn('sqs', 'somebody')],
        }),
      }),
    ['high loss/redrive-denied aws_sqs_queue.orders_dlq'],
  ],
]);
