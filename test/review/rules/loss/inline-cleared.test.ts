import { rule } from '../../../../review/rules/loss/inline-cleared';
import { describeRule } from '../../describe-rule';
import { arn, plan, queue, redrive, reference, resource } from '../../small-plan';

const url = queue('orders').url;
const copy = { redrive_policy: redrive('orders-parked', 3) };
const inline = { redrive_policy: reference('aws_sqs_queue.parked.arn', 'aws_sqs_queue.parked') };
const parked = resource('aws_sqs_queue.parked', queue('orders-parked'));
const removed = resource('aws_sqs_queue_redrive_policy.orders', { queue_url: url, ...copy }, { after: null });
const topic = { arn: arn('sns', 'events'), id: arn('sns', 'events'), name: 'events', policy: '{"Statement":[]}' };
const role = { arn: 'arn:aws:iam::111122223333:role/orders', id: 'orders', name: 'orders' };
const inlinePolicy = [{ name: 'queue', policy: '{"Statement":[]}' }];

describeRule(rule, [
  [
    'the queue itself writes it in this apply',
    plan(
      resource('aws_sqs_queue.orders', queue('orders', copy), {
        after: queue('orders', { redrive_policy: redrive('orders-parked', 5) }),
        expressions: inline,
      }),
      parked,
      removed,
    ),
    [],
  ],
  [
    'nothing is inline: that is the loss of the policy itself',
    plan(resource('aws_sqs_queue.orders', queue('orders', copy), { expressions: {} }), parked, removed),
    [],
  ],
  [
    'the queue goes as well',
    plan(
      resource('aws_sqs_queue.orders', queue('orders', copy), { after: null, expressions: inline }),
      parked,
      removed,
    ),
    [],
  ],
  [
    'a topic’s policy',
    plan(
      resource('aws_sns_topic.events', topic, { expressions: { policy: reference('var.policy') } }),
      resource('aws_sns_topic_policy.events', { arn: topic.arn, policy: topic.policy }, { after: null }),
    ),
    ['high aws_sns_topic_policy.events'],
  ],
  [
    'a role’s policy of the same name',
    plan(
      resource(
        'aws_iam_role.orders',
        { ...role, inline_policy: inlinePolicy },
        { expressions: { inline_policy: [{}] } },
      ),
      resource('aws_iam_role_policy.queue', { role: 'orders', name: 'queue', policy: '{}' }, { after: null }),
    ),
    ['high aws_iam_role_policy.queue'],
  ],
  [
    'a role’s policy of another name',
    plan(
      resource(
        'aws_iam_role.orders',
        { ...role, inline_policy: inlinePolicy },
        { expressions: { inline_policy: [{}] } },
      ),
      resource('aws_iam_role_policy.logs', { role: 'orders', name: 'logs', policy: '{}' }, { after: null }),
    ),
    [],
  ],
]);
