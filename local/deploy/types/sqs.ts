import {
  CreateQueueCommand,
  DeleteQueueCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Configuration } from '../configuration';
import { put, type ResourceType, type Target } from '../resource-type';

/** Terraform's name → SQS's, and what the AWS provider makes of it when it isn't set (so that an attribute that is taken away goes back to it). */
const ATTRIBUTES: readonly (readonly [string, QueueAttributeName, string?])[] = [
  ['content_based_deduplication', 'ContentBasedDeduplication'],
  ['deduplication_scope', 'DeduplicationScope'],
  ['fifo_throughput_limit', 'FifoThroughputLimit'],
  ['delay_seconds', 'DelaySeconds', '0'],
  ['max_message_size', 'MaximumMessageSize', '262144'],
  ['message_retention_seconds', 'MessageRetentionPeriod', '345600'],
  ['receive_wait_time_seconds', 'ReceiveMessageWaitTimeSeconds', '0'],
  ['visibility_timeout_seconds', 'VisibilityTimeout', '30'],
  ['kms_master_key_id', 'KmsMasterKeyId'],
  ['kms_data_key_reuse_period_seconds', 'KmsDataKeyReusePeriodSeconds'],
  ['sqs_managed_sse_enabled', 'SqsManagedSseEnabled'],
  ['redrive_policy', 'RedrivePolicy'],
  ['redrive_allow_policy', 'RedriveAllowPolicy'],
  ['policy', 'Policy'],
];

function queueAttributes(configuration: Configuration): Partial<Record<QueueAttributeName, string>> {
  const given = ATTRIBUTES.flatMap(([name, attribute, standard]) => {
    const value = configuration.get<unknown>(name) ?? standard;
    return value === undefined ? [] : [[attribute, String(value)]];
  });
  return Object.fromEntries(given);
}

const queue: ResourceType = {
  identity: ['name', 'fifo_queue'],
  async create(configuration, target) {
    const QueueName = configuration.need('name');
    const fifo = configuration.get<boolean>('fifo_queue') ? { FifoQueue: 'true' } : {};
    const Attributes = { ...queueAttributes(configuration), ...fifo };
    const { QueueUrl = '' } = await target.client(SQSClient).send(new CreateQueueCommand({ QueueName, Attributes }));
    return known(QueueName, QueueUrl, target);
  },
  async update(configuration, target, { url }) {
    configuration.get('fifo_queue');
    const Attributes = queueAttributes(configuration);
    await target.client(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: url as string, Attributes }));
    return known(configuration.need('name'), url as string, target);
  },
  async delete({ url }, target) {
    await target.client(SQSClient).send(new DeleteQueueCommand({ QueueUrl: url as string }));
  },
};

/** `…/<account>/<name>` in every emulator. */
function known(name: string, url: string, { region }: Target) {
  const account = url.split('/').at(-2);
  return { id: url, url, name, arn: `arn:aws:sqs:${region}:${account}:${name}` };
}

/** A queue's attribute as a resource of its own; an empty value takes it away. */
const attribute = (name: string, key: QueueAttributeName): ResourceType =>
  put(
    ['queue_url'],
    async (configuration, target) => {
      const QueueUrl = configuration.need('queue_url');
      const Attributes = { [key]: configuration.need(name) };
      await target.client(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
      return { id: QueueUrl, queue_url: QueueUrl };
    },
    async ({ queue_url }, target) => {
      const emptied = { QueueUrl: queue_url as string, Attributes: { [key]: '' } };
      await target.client(SQSClient).send(new SetQueueAttributesCommand(emptied));
    },
  );

export const sqs: Record<string, ResourceType> = {
  aws_sqs_queue: queue,
  aws_sqs_queue_policy: attribute('policy', 'Policy'),
  aws_sqs_queue_redrive_policy: attribute('redrive_policy', 'RedrivePolicy'),
  aws_sqs_queue_redrive_allow_policy: attribute('redrive_allow_policy', 'RedriveAllowPolicy'),
};
