import type { ResourceType } from './resource-type';

/** SQS. */
export const sqs = {
  aws_sqs_queue: {
    attributes: [
      'url',
      'message_retention_seconds',
      'visibility_timeout_seconds',
      'redrive_policy',
      'redrive_allow_policy',
      'fifo_queue',
      'kms_master_key_id',
      'sqs_managed_sse_enabled',
      'policy',
      'max_message_size',
      'content_based_deduplication',
      'delay_seconds',
      'receive_wait_time_seconds',
      'name_prefix',
      'fifo_throughput_limit',
      'deduplication_scope',
    ],
    names: ['url', 'name'],
    holds: { lost: 'every message in it, waiting, delayed or in flight', severity: 'critical' },
    key: 'kms_master_key_id',
    reading: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    sending: 'sqs:SendMessage',
    one: { identity: ['name'], created: 'taken for it' },
    fixed: ['fifo_queue'],
    companions: {
      policy: { type: 'aws_sqs_queue_policy', owner: 'queue_url' },
      redrive_policy: { type: 'aws_sqs_queue_redrive_policy', owner: 'queue_url' },
      redrive_allow_policy: { type: 'aws_sqs_queue_redrive_allow_policy', owner: 'queue_url' },
    },
  },
  aws_sqs_queue_policy: { attributes: ['queue_url', 'policy'], one: { identity: ['queue_url'], created: 'over it' } },
  aws_sqs_queue_redrive_policy: {
    attributes: ['queue_url', 'redrive_policy'],
    one: { identity: ['queue_url'], created: 'over it' },
  },
  aws_sqs_queue_redrive_allow_policy: {
    attributes: ['queue_url', 'redrive_allow_policy'],
    one: { identity: ['queue_url'], created: 'over it' },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
