import { whatItSays } from './shop';

whatItSays('filters and shapes', [
  [
    'a filter is narrowed',
    (shop) => shop.update('aws_sns_topic_subscription.orders', { filter_policy: JSON.stringify({ type: ['paid'] }) }),
    ['medium loss/filter-changed aws_sns_topic_subscription.orders'],
  ],
  [
    'a filter is widened',
    (shop) =>
      shop.update('aws_sns_topic_subscription.orders', {
        filter_policy: JSON.stringify({ type: ['paid', 'placed', 'shipped'] }),
      }),
    ['low loss/filter-changed aws_sns_topic_subscription.orders'],
  ],
  [
    'a filter goes',
    (shop) => shop.update('aws_sns_topic_subscription.orders', { filter_policy: '' }),
    ['low loss/filter-changed aws_sns_topic_subscription.orders'],
  ],
  [
    'a filter looks elsewhere',
    (shop) => shop.update('aws_sns_topic_subscription.orders', { filter_policy_scope: 'MessageBody' }),
    ['high loss/filter-changed aws_sns_topic_subscription.orders'],
  ],
  [
    'a pattern with one more condition',
    (shop) =>
      shop.update('aws_cloudwatch_event_rule.placed', {
        event_pattern: JSON.stringify({ 'detail-type': ['placed'], source: ['shop'] }),
      }),
    ['medium loss/filter-changed aws_cloudwatch_event_rule.placed'],
  ],
  [
    'an archive with a pattern',
    (shop) =>
      shop.update('aws_cloudwatch_event_archive.shop', { event_pattern: JSON.stringify({ 'detail-type': ['x'] }) }),
    ['medium loss/filter-changed aws_cloudwatch_event_archive.shop'],
  ],
  [
    'a filter on a pipe',
    (shop) =>
      shop.update('aws_pipes_pipe.ship', {
        source_parameters: [{ filter_criteria: [{ filter: [{ pattern: '{"body":{"a":[1]}}' }] }] }],
      }),
    ['high loss/filter-changed aws_pipes_pipe.ship'],
  ],
  [
    'no raw delivery',
    (shop) => shop.update('aws_sns_topic_subscription.orders', { raw_message_delivery: false }),
    ['high stop/message-shape aws_sns_topic_subscription.orders'],
  ],
  [
    'a part of the event',
    (shop) => shop.update('aws_cloudwatch_event_target.placed', { input_path: '$.detail' }),
    ['high stop/message-shape aws_cloudwatch_event_target.placed'],
  ],
]);
