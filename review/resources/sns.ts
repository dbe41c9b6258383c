import type { ResourceType } from './resource-type';

/** SNS. */
export const sns = {
  aws_sns_topic: {
    attributes: [
      'fifo_topic',
      'kms_master_key_id',
      'policy',
      'archive_policy',
      'content_based_deduplication',
      'fifo_throughput_scope',
      'tracing_config',
      'sqs_failure_feedback_role_arn',
      'lambda_failure_feedback_role_arn',
      'http_failure_feedback_role_arn',
      'firehose_failure_feedback_role_arn',
      'application_failure_feedback_role_arn',
    ],
    names: ['name'],
    holds: {
      lost: 'the topic with all its subscriptions: what is published from then on fails',
      severity: 'high',
      first: 'Move its publishers and subscribers first',
      move: 'subscribe everybody to it, then move publishers over',
    },
    key: 'kms_master_key_id',
    sending: 'sns:Publish',
    one: { identity: ['name'], created: 'taken for it' },
    fixed: ['fifo_topic'],
    companions: { policy: { type: 'aws_sns_topic_policy', owner: 'arn' } },
  },
  aws_sns_topic_policy: { attributes: ['policy'], one: { identity: ['arn'], created: 'over it' } },
  aws_sns_topic_data_protection_policy: { attributes: [], one: { identity: ['arn'], created: 'over it' } },
  aws_sns_topic_subscription: {
    attributes: [
      'delivery_policy',
      'topic_arn',
      'endpoint',
      'protocol',
      'filter_policy',
      'filter_policy_scope',
      'redrive_policy',
      'raw_message_delivery',
    ],
    one: { identity: ['topic_arn', 'protocol', 'endpoint'], created: 'over it' },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
