import type { Json } from '../changed-plans';
import { redrive } from '../small-plan';
import { FUNCTION, MAPPING, QUEUE, STREAM_MAPPING, whatItSays } from './shop';

whatItSays('dead letters, storms and capacity', [
  [
    'dead letters go to a queue that is worked on',
    (shop) => shop.update('aws_sqs_queue.shipping', { redrive_policy: redrive('orders', 5) }),
    ['high loss/dead-letter-type aws_sqs_queue.shipping'],
  ],
  [
    'dead letters go to another region',
    (shop) =>
      shop.update('aws_sqs_queue.shipping', {
        redrive_policy: redrive('shipping-dlq', 5).replace('eu-central-1', 'eu-west-1'),
      }),
    ['high loss/dead-letter-type aws_sqs_queue.shipping'],
  ],
  [
    'receives from 5 to 20',
    (shop) => shop.update('aws_sqs_queue.shipping', { redrive_policy: redrive('shipping-dlq', 20) }),
    ['medium storm/receive-count aws_sqs_queue.shipping'],
  ],
  [
    'receives from 5 to 8',
    (shop) => shop.update('aws_sqs_queue.shipping', { redrive_policy: redrive('shipping-dlq', 8) }),
    [],
  ],
  [
    'a mapping without a limit beside a reservation',
    (shop) => shop.update(MAPPING, { scaling_config: [] }),
    ['high storm/concurrency-above-reserved aws_lambda_function.consumer'],
  ],
  [
    'a reservation below what a mapping without a limit asks',
    (shop) => shop.was(MAPPING, { scaling_config: [] }).update(FUNCTION, { reserved_concurrent_executions: 2 }),
    ['high storm/concurrency-above-reserved aws_lambda_function.consumer'],
  ],
  [
    'a reservation above what a mapping without a limit asks already',
    (shop) => shop.was(MAPPING, { scaling_config: [] }).update(FUNCTION, { reserved_concurrent_executions: 30 }),
    [],
  ],
  [
    'a long batching window',
    (shop) => shop.update(MAPPING, { batch_size: 1000, maximum_batching_window_in_seconds: 60 }),
    [
      'high storm/visibility aws_lambda_event_source_mapping.orders',
      'low stop/delivery-delayed aws_lambda_event_source_mapping.orders',
      'low storm/batch-size aws_lambda_event_source_mapping.orders',
    ],
  ],
  [
    'a shorter time-out',
    (shop) => shop.update(FUNCTION, { timeout: 3 }),
    ['medium storm/batch-size aws_lambda_function.consumer'],
  ],
  [
    'less at a time from a stream',
    (shop) => shop.update(STREAM_MAPPING, { parallelization_factor: 1 }),
    ['medium stop/capacity-reduced aws_lambda_event_source_mapping.clicks'],
  ],
  [
    'no warm environments',
    (shop) => shop.remove('aws_lambda_provisioned_concurrency_config.live'),
    ['medium stop/capacity-reduced aws_lambda_provisioned_concurrency_config.live'],
  ],
  [
    'a table with fixed capacity',
    (shop) =>
      shop.update('aws_dynamodb_table.orders', { billing_mode: 'PROVISIONED', read_capacity: 1, write_capacity: 1 }),
    ['medium stop/capacity-reduced aws_dynamodb_table.orders'],
  ],
  [
    'a stream with fixed capacity',
    (shop) =>
      shop
        .was('aws_kinesis_stream.clicks', { stream_mode_details: [{ stream_mode: 'ON_DEMAND' }], shard_count: 0 })
        .update('aws_kinesis_stream.clicks', { stream_mode_details: [{ stream_mode: 'PROVISIONED' }], shard_count: 1 }),
    ['medium stop/capacity-reduced aws_kinesis_stream.clicks'],
  ],
  [
    'delayed messages and short polling',
    (shop) =>
      shop
        .was(QUEUE, { receive_wait_time_seconds: 20 })
        .update(QUEUE, { delay_seconds: 900, receive_wait_time_seconds: 0 }),
    ['medium stop/delivery-delayed aws_sqs_queue.orders', 'low stop/delivery-delayed aws_sqs_queue.orders'],
  ],
  [
    'no retries of an event target, an invocation and a schedule',
    (shop) =>
      shop
        .update('aws_cloudwatch_event_target.placed', {
          retry_policy: [{ maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 }],
        })
        .update('aws_lambda_function_event_invoke_config.notify', { maximum_retry_attempts: 0 })
        .update('aws_scheduler_schedule.sweep', {
          target: [
            {
              ...(shop.of('aws_scheduler_schedule.sweep').target as Json[])[0],
              retry_policy: [{ maximum_retry_attempts: 0 }],
            },
          ],
        }),
    [
      'medium loss/retries-reduced aws_cloudwatch_event_target.placed',
      'medium loss/retries-reduced aws_lambda_function_event_invoke_config.notify',
      'medium loss/retries-reduced aws_scheduler_schedule.sweep',
    ],
  ],
  [
    'no Retry and Catch',
    (shop) =>
      shop.update('aws_sfn_state_machine.saga', {
        definition: '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"x","End":true}}}',
      }),
    ['high loss/error-handling-removed aws_sfn_state_machine.saga'],
  ],
  [
    'an express workflow',
    (shop) => shop.replace('aws_sfn_state_machine.saga', { type: 'EXPRESS' }),
    ['high loss/replaced aws_sfn_state_machine.saga'],
  ],
  [
    'an index of a table goes',
    (shop) => shop.update('aws_dynamodb_table.orders', { global_secondary_index: [] }),
    ['high stop/entry-removed aws_dynamodb_table.orders'],
  ],
  [
    'an access point goes',
    (shop) => shop.remove('aws_efs_access_point.spool'),
    ['high stop/entry-removed aws_efs_access_point.spool'],
  ],
  [
    'environment variables go, the code stays',
    (shop) => shop.update(FUNCTION, { environment: [] }),
    ['medium stop/entry-removed aws_lambda_function.consumer'],
  ],
  [
    'environment variables go with new code',
    (shop) => shop.update(FUNCTION, { environment: [], source_code_hash: 'new' }),
    [],
  ],
  [
    'backups for fewer days, and a slower file system',
    (shop) =>
      shop
        .was('aws_dynamodb_table.orders', { point_in_time_recovery: [{ enabled: true, recovery_period_in_days: 35 }] })
        .update('aws_dynamodb_table.orders', {
          point_in_time_recovery: [{ enabled: true, recovery_period_in_days: 7 }],
        })
        .was('aws_efs_file_system.spool', { throughput_mode: 'provisioned', provisioned_throughput_in_mibps: 64 })
        .update('aws_efs_file_system.spool', { provisioned_throughput_in_mibps: 8 }),
    [
      'high loss/retention-shortened aws_dynamodb_table.orders',
      'medium stop/capacity-reduced aws_efs_file_system.spool',
    ],
  ],
]);
