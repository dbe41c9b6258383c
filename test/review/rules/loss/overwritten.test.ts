import { rule } from '../../../../review/rules/loss/overwritten';
import { describeRule } from '../../describe-rule';
import { arn, plan, policy, queue, reference, resource } from '../../small-plan';

const url = queue('orders').url;
const says = (service: string) =>
  policy({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sqs:SendMessage',
    Resource: arn('sqs', 'orders'),
  });
const owner = resource('aws_sqs_queue.orders', queue('orders'));
const unknown = { id: true };
const pair = (type: string, old: Record<string, unknown>, fresh: Record<string, unknown> = old) =>
  plan(owner, resource(`${type}.old`, old), resource(`${type}.fresh`, null, { after: fresh, unknown }));
const FUNCTION = arn('lambda', 'function:orders');

const inline = (before: string, after: string, beside: string) =>
  plan(
    resource('aws_sqs_queue.orders', queue('orders', { policy: says(before) }), {
      after: queue('orders', { policy: says(after) }),
      expressions: { policy: { constant_value: says(after) } },
    }),
    resource('aws_sqs_queue_policy.beside', { queue_url: url, policy: says(beside) }),
  );

describeRule(rule, [
  [
    'an inline policy that changes beside a resource for it',
    inline('sns.amazonaws.com', 'events.amazonaws.com', 'sns.amazonaws.com'),
    ['high aws_sqs_queue_policy.beside'],
  ],
  [
    'an inline policy that comes to say what the resource says',
    inline('sns.amazonaws.com', 'events.amazonaws.com', 'events.amazonaws.com'),
    [],
  ],
  [
    'it does not matter which address comes first',
    plan(
      owner,
      resource('aws_sqs_queue_policy.z', { queue_url: url, policy: says('sns.amazonaws.com') }),
      resource('aws_sqs_queue_policy.a', null, { after: { queue_url: url, policy: says('events.amazonaws.com') } }),
    ),
    ['high aws_sqs_queue_policy.a'],
  ],
  [
    'a queue that is named by a reference only is the same queue',
    plan(
      owner,
      resource('aws_sqs_queue_policy.old', { queue_url: url, policy: '{}' }),
      resource('aws_sqs_queue_policy.fresh', null, {
        after: { policy: '{}' },
        unknown: { queue_url: true },
        expressions: { queue_url: reference('aws_sqs_queue.orders.id', 'aws_sqs_queue.orders') },
      }),
    ),
    ['high aws_sqs_queue_policy.fresh'],
  ],
  [
    'a redrive policy',
    pair('aws_sqs_queue_redrive_policy', { queue_url: url }),
    ['high aws_sqs_queue_redrive_policy.fresh'],
  ],
  [
    'a redrive allow policy',
    pair('aws_sqs_queue_redrive_allow_policy', { queue_url: url }),
    ['high aws_sqs_queue_redrive_allow_policy.fresh'],
  ],
  ['a topic policy', pair('aws_sns_topic_policy', { arn: arn('sns', 'events') }), ['high aws_sns_topic_policy.fresh']],
  [
    'a bucket’s notification',
    pair('aws_s3_bucket_notification', { bucket: 'in' }),
    ['high aws_s3_bucket_notification.fresh'],
  ],
  [
    'a function’s invoke configuration',
    pair('aws_lambda_function_event_invoke_config', { function_name: FUNCTION }),
    ['high aws_lambda_function_event_invoke_config.fresh'],
  ],
  [
    'one for an alias is another',
    pair(
      'aws_lambda_function_event_invoke_config',
      { function_name: FUNCTION },
      { function_name: FUNCTION, qualifier: 'live' },
    ),
    [],
  ],
  [
    'a subscription of a log group by one name',
    pair('aws_cloudwatch_log_subscription_filter', { log_group_name: '/orders', name: 'all' }),
    ['high aws_cloudwatch_log_subscription_filter.fresh'],
  ],
  [
    'a log group has two subscriptions of different names',
    pair(
      'aws_cloudwatch_log_subscription_filter',
      { log_group_name: '/orders', name: 'all' },
      { log_group_name: '/orders', name: 'errors' },
    ),
    [],
  ],
  [
    'the same mapping twice is refused',
    pair('aws_lambda_event_source_mapping', { event_source_arn: arn('sqs', 'orders'), function_name: FUNCTION }),
    ['medium aws_lambda_event_source_mapping.fresh'],
  ],
  [
    'mappings of two queues of a broker are two',
    pair(
      'aws_lambda_event_source_mapping',
      { event_source_arn: arn('mq', 'broker:b'), function_name: FUNCTION, queues: ['a'] },
      { event_source_arn: arn('mq', 'broker:b'), function_name: FUNCTION, queues: ['b'] },
    ),
    [],
  ],
  [
    'two that were there before are nobody’s change',
    plan(
      owner,
      resource('aws_sqs_queue_policy.a', { queue_url: url, policy: '{}' }),
      resource('aws_sqs_queue_policy.b', { queue_url: url, policy: '{}' }, { after: { queue_url: url, policy: '[]' } }),
    ),
    [],
  ],
  [
    'one takes the place of the other',
    plan(
      owner,
      resource('aws_sqs_queue_policy.a', { queue_url: url, policy: '{}' }, { after: null }),
      resource('aws_sqs_queue_policy.b', null, { after: { queue_url: url, policy: '{}' } }),
    ),
    [],
  ],
  [
    'a policy beside a queue that has one inline',
    plan(
      resource('aws_sqs_queue.orders', queue('orders', { policy: says('sns.amazonaws.com') }), {
        expressions: { policy: reference('data.aws_iam_policy_document.orders.json') },
      }),
      resource('aws_sqs_queue_policy.orders', null, {
        after: { queue_url: url, policy: says('events.amazonaws.com') },
      }),
    ),
    ['high aws_sqs_queue_policy.orders'],
  ],
  [
    'a policy beside a queue whose own was only read back',
    plan(
      resource('aws_sqs_queue.orders', queue('orders', { policy: says('sns.amazonaws.com') }), { expressions: {} }),
      resource('aws_sqs_queue_policy.orders', null, {
        after: { queue_url: url, policy: says('events.amazonaws.com') },
      }),
    ),
    [],
  ],
]);
