import {
  CreateTopicCommand,
  DeleteTopicCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import type { Configuration } from '../configuration';
import { put, type ResourceType } from '../resource-type';

const TOPIC_ATTRIBUTES = [
  'display_name', 'kms_master_key_id', 'policy', 'delivery_policy', 'content_based_deduplication', 'fifo_throughput_scope', 'signature_version',
  'tracing_config',
] as const; // biome-ignore format: a list
const SUBSCRIPTION_ATTRIBUTES = [
  'raw_message_delivery',
  'filter_policy',
  'filter_policy_scope',
  'redrive_policy',
  'delivery_policy',
] as const;

const strings = (configuration: Configuration, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(configuration.pascal<Record<string, unknown>>(...names)).map(([name, value]) => [
      name,
      String(value),
    ]),
  );

const topic: ResourceType = {
  identity: ['name', 'fifo_topic'],
  async create(configuration, target) {
    const Name = configuration.need('name');
    const Attributes = strings(configuration, TOPIC_ATTRIBUTES);
    if (configuration.get<boolean>('fifo_topic')) Attributes.FifoTopic = 'true';
    const { TopicArn } = await target.client(SNSClient).send(new CreateTopicCommand({ Name, Attributes }));
    return { id: TopicArn, arn: TopicArn, name: Name };
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity) configuration.get(name);
    for (const [AttributeName, AttributeValue] of Object.entries(strings(configuration, TOPIC_ATTRIBUTES))) {
      const change = { TopicArn: deployed.arn as string, AttributeName, AttributeValue };
      await target.client(SNSClient).send(new SetTopicAttributesCommand(change));
    }
    return deployed;
  },
  async delete({ arn }, target) {
    await target.client(SNSClient).send(new DeleteTopicCommand({ TopicArn: arn as string }));
  },
};

const topicPolicy = put(
  ['arn'],
  async (configuration, target) => {
    const TopicArn = configuration.need('arn');
    const change = { TopicArn, AttributeName: 'Policy', AttributeValue: configuration.need('policy') };
    await target.client(SNSClient).send(new SetTopicAttributesCommand(change));
    return { id: TopicArn, arn: TopicArn };
  },
  async ({ arn }, target) => {
    const emptied = { TopicArn: arn as string, AttributeName: 'Policy', AttributeValue: '' };
    await target.client(SNSClient).send(new SetTopicAttributesCommand(emptied));
  },
);

const subscription: ResourceType = {
  identity: ['topic_arn', 'protocol', 'endpoint'],
  async create(configuration, target) {
    const { SubscriptionArn } = await target.client(SNSClient).send(
      new SubscribeCommand({
        TopicArn: configuration.need('topic_arn'),
        Protocol: configuration.need('protocol'),
        Endpoint: configuration.need('endpoint'),
        Attributes: strings(configuration, SUBSCRIPTION_ATTRIBUTES),
        ReturnSubscriptionArn: true,
      }),
    );
    return { id: SubscriptionArn, arn: SubscriptionArn };
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity) configuration.get(name);
    for (const [AttributeName, AttributeValue] of Object.entries(strings(configuration, SUBSCRIPTION_ATTRIBUTES))) {
      const change = { SubscriptionArn: deployed.arn as string, AttributeName, AttributeValue };
      await target.client(SNSClient).send(new SetSubscriptionAttributesCommand(change));
    }
    return deployed;
  },
  async delete({ arn }, target) {
    await target.client(SNSClient).send(new UnsubscribeCommand({ SubscriptionArn: arn as string }));
  },
};

export const sns: Record<string, ResourceType> = {
  aws_sns_topic: topic,
  aws_sns_topic_policy: topicPolicy,
  aws_sns_topic_subscription: subscription,
};
