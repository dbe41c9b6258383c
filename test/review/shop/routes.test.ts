import type { Json } from '../changed-plans';
import { arn, policy } from '../small-plan';
import { ACCOUNT, allow, FUNCTION, MAPPING, type Shop, whatItSays } from './shop';

const led = (shop: Shop, variables: Json): Shop =>
  shop
    .was(FUNCTION, { environment: [{ variables: { QUEUE_URL: shop.of('aws_sqs_queue.shipping').url, MODE: 'a' } }] })
    .update(FUNCTION, { environment: [{ variables }] });

whatItSays('routes and readers', [
  ['a pipe goes', (shop) => shop.remove('aws_pipes_pipe.ship'), ['high stop/mapping-removed aws_pipes_pipe.ship']],
  [
    'a pipe reads another queue',
    (shop) => shop.replace('aws_pipes_pipe.ship', { source: arn('sqs', 'notify') }),
    ['high loss/competing-consumers aws_pipes_pipe.ship', 'high stop/mapping-removed aws_pipes_pipe.ship'],
  ],
  [
    'a second reader by a pipe',
    (shop) =>
      shop.add('aws_pipes_pipe.second', {
        name: 'second',
        source: arn('sqs', 'orders'),
        target: arn('states', 'stateMachine:saga'),
        desired_state: 'RUNNING',
      }),
    ['high loss/competing-consumers aws_pipes_pipe.second'],
  ],
  [
    'a pipe takes the place of a mapping',
    (shop) =>
      shop.remove('aws_lambda_event_source_mapping.notify').add('aws_pipes_pipe.notify', {
        name: 'notify',
        source: arn('sqs', 'notify'),
        target: arn('states', 'stateMachine:saga'),
        desired_state: 'RUNNING',
      }),
    [],
  ],
  [
    'a mapping reads another queue',
    (shop) => shop.replace(MAPPING, { event_source_arn: arn('sqs', 'shipping') }),
    [
      'high loss/competing-consumers aws_lambda_event_source_mapping.orders',
      'high stop/mapping-removed aws_lambda_event_source_mapping.orders',
      'high stop/permission-removed aws_lambda_event_source_mapping.orders',
    ],
  ],
  [
    'a mapping reads another queue of a broker',
    (shop) => shop.update('aws_lambda_event_source_mapping.mq', { queues: ['orders-v2'] }),
    ['high stop/mapping-removed aws_lambda_event_source_mapping.mq'],
  ],
  [
    'a mapping reads one more topic',
    (shop) => shop.update('aws_lambda_event_source_mapping.msk', { topics: ['orders', 'orders-v2'] }),
    [],
  ],
  [
    'a mapping reads another topic',
    (shop) => shop.update('aws_lambda_event_source_mapping.msk', { topics: ['orders-v2'] }),
    ['high stop/mapping-removed aws_lambda_event_source_mapping.msk'],
  ],
  [
    'one of two readers of a stream goes',
    (shop) =>
      shop
        .also('aws_lambda_event_source_mapping.second', {
          event_source_arn: arn('kinesis', 'stream/clicks'),
          function_name: arn('lambda', 'function:notify'),
          enabled: true,
          starting_position: 'LATEST',
        })
        .remove('aws_lambda_event_source_mapping.second'),
    ['medium stop/mapping-removed aws_lambda_event_source_mapping.second'],
  ],
  [
    'a rule goes with its target',
    (shop) => shop.remove('aws_cloudwatch_event_rule.placed', 'aws_cloudwatch_event_target.placed'),
    ['high loss/route-removed aws_cloudwatch_event_target.placed'],
  ],
  [
    'a bus goes with its rules',
    (shop) =>
      shop.remove(
        'aws_cloudwatch_event_bus.shop',
        'aws_cloudwatch_event_archive.shop',
        'aws_cloudwatch_event_rule.placed',
        'aws_cloudwatch_event_target.placed',
      ),
    ['critical loss/destroyed aws_cloudwatch_event_archive.shop', 'high loss/destroyed aws_cloudwatch_event_bus.shop'],
  ],
  [
    'a rule is made anew under another name, with its target',
    (shop) =>
      shop
        .remove('aws_cloudwatch_event_rule.placed', 'aws_cloudwatch_event_target.placed')
        .add(
          'aws_cloudwatch_event_rule.new',
          { name: 'placed-new', event_bus_name: 'shop', event_pattern: '{}', arn: arn('events', 'rule/shop/placed') },
          {},
        )
        .add(
          'aws_cloudwatch_event_target.new',
          { rule: 'placed-new', event_bus_name: 'shop', target_id: 'orders', arn: arn('sqs', 'orders') },
          {},
        ),
    [],
  ],
  [
    'a target leads elsewhere',
    (shop) =>
      shop.update('aws_cloudwatch_event_target.placed', { arn: arn('sqs', 'notify') }).update('aws_sqs_queue.notify', {
        policy: policy(allow('events.amazonaws.com', arn('events', 'rule/shop/placed'), arn('sqs', 'notify'))),
      }),
    ['high loss/route-removed aws_cloudwatch_event_target.placed'],
  ],
  [
    'a rule and its target move to another bus',
    (shop) =>
      shop
        .replace('aws_cloudwatch_event_rule.placed', { event_bus_name: 'default' }, {})
        .replace('aws_cloudwatch_event_target.placed', { event_bus_name: 'default' }),
    ['high loss/route-removed aws_cloudwatch_event_target.placed'],
  ],
  [
    'a schedule goes',
    (shop) => shop.remove('aws_scheduler_schedule.sweep'),
    ['high loss/route-removed aws_scheduler_schedule.sweep'],
  ],
  [
    'one notification of a bucket goes',
    (shop) =>
      shop
        .also('aws_s3_bucket.b', { arn: 'arn:aws:s3:::shop', id: 'shop', bucket: 'shop' })
        .also('aws_s3_bucket_notification.b', {
          id: 'shop',
          bucket: 'shop',
          queue: [{ queue_arn: arn('sqs', 'shipping') }, { queue_arn: arn('sqs', 'notify') }],
        })
        .update('aws_s3_bucket_notification.b', { queue: [{ queue_arn: arn('sqs', 'shipping') }] }),
    ['high loss/route-removed aws_s3_bucket_notification.b'],
  ],
  [
    'a subscription at a new address',
    (shop) =>
      shop.remove('aws_sns_topic_subscription.notify').add('aws_sns_topic_subscription.again', {
        topic_arn: arn('sns', 'events'),
        endpoint: arn('lambda', 'function:notify'),
        protocol: 'lambda',
      }),
    ['high loss/renamed aws_sns_topic_subscription.notify'],
  ],
  [
    'the stream of a table is switched off',
    (shop) => shop.update('aws_dynamodb_table.orders', { stream_enabled: false, stream_view_type: '' }),
    ['high loss/stream-position aws_dynamodb_table.orders'],
  ],
  [
    'the stream of a table shows less',
    (shop) => shop.update('aws_dynamodb_table.orders', { stream_view_type: 'KEYS_ONLY' }, { stream_arn: true }),
    ['high loss/stream-position aws_dynamodb_table.orders', 'high stop/message-shape aws_dynamodb_table.orders'],
  ],
  [
    'the replica of a table goes',
    (shop) =>
      shop
        .also('aws_dynamodb_table_replica.ie', {
          arn: `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`,
          global_table_arn: arn('dynamodb', 'table/orders'),
        })
        .remove('aws_dynamodb_table_replica.ie'),
    ['high stop/redundancy-removed aws_dynamodb_table_replica.ie'],
  ],
  [
    'an on-failure destination goes, a dead-letter queue stays',
    (shop) => shop.remove('aws_lambda_function_event_invoke_config.notify'),
    ['low loss/redrive-removed aws_lambda_function_event_invoke_config.notify'],
  ],
  [
    'both ways to keep failures of a function go',
    (shop) =>
      shop
        .remove('aws_lambda_function_event_invoke_config.notify')
        .update('aws_lambda_function.notify', { dead_letter_config: [] }),
    [
      'high loss/redrive-removed aws_lambda_function.notify',
      'high loss/redrive-removed aws_lambda_function_event_invoke_config.notify',
    ],
  ],
  [
    'a permission is made anew for another topic',
    (shop) => shop.replace('aws_lambda_permission.notify', { source_arn: arn('sns', 'other') }, { id: true }),
    ['high stop/invoke-permission-removed aws_lambda_permission.notify'],
  ],
  [
    'a permission is made anew for every topic',
    (shop) => shop.replace('aws_lambda_permission.notify', { source_arn: '' }, { id: true }),
    [],
  ],
  [
    'a function gets another name',
    (shop) =>
      shop
        .replace(FUNCTION, { function_name: 'consumer-v2' }, { arn: true, id: true })
        .update(MAPPING, {}, { function_name: true, function_arn: true }),
    ['medium stop/mapping-replaced aws_lambda_function.consumer'],
  ],
  [
    'a schedule hands over another input',
    (shop) => {
      const [target] = shop.of('aws_scheduler_schedule.sweep').target as Json[];
      return shop.update('aws_scheduler_schedule.sweep', { target: [{ ...target, input: '{"dry":true}' }] });
    },
    ['high stop/message-shape aws_scheduler_schedule.sweep'],
  ],
  [
    'a function sends to another queue by its environment',
    (shop) => led(shop, { QUEUE_URL: shop.of('aws_sqs_queue.notify').url, MODE: 'b' }),
    ['medium loss/route-removed aws_lambda_function.consumer'],
  ],
  [
    'a function sends to a queue that the plan does not have',
    (shop) => led(shop, { QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/111122223333/else', MODE: 'a' }),
    ['medium loss/route-removed aws_lambda_function.consumer'],
  ],
  [
    'a function sends to the same queue by another name of it',
    (shop) => led(shop, { QUEUE_URL: shop.of('aws_sqs_queue.shipping').arn, MODE: 'b' }),
    [],
  ],
]);
