import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { deadLetterQueue } from '../dead-letter-queue';
import type { AlarmActions } from '../defaults';
import type { EncryptedQueue } from '../encrypted-queue';
import { checkProps } from '../props';
import { deliveryPolicy } from './delivery';
import { filterSettings } from './filter';
import { type SubscriptionProps, subscriptionRules } from './props';

/** What a subscription needs to know of its topic. */
export interface SubscribedTopic {
  readonly arn: string;
  /** Its name, without the `.fifo` of a FIFO topic. */
  readonly name: string;
  readonly fifo: boolean;
  readonly kmsKeyArn?: string | undefined;
  readonly alarmActions?: AlarmActions | undefined;
}

interface Endpoint {
  readonly protocol: 'sqs' | 'lambda' | 'https';
  readonly endpoint: string;
  readonly queueIsFifo?: boolean;
  /** What must be made before a delivery can succeed: SNS doesn't repeat one that it isn't allowed. */
  readonly permission?: ITerraformDependable;
  /** What the subscriber is called in the names of its dead-letter queue and alarm. Default: the id. */
  readonly name?: string;
}

/**
 * The dead-letter queue stands in the region and account of the topic, wherever the subscriber is: SNS takes no other. It is FIFO if the topic is.
 * Source: SNS guide, "Amazon SNS dead-letter queues".
 *
 * @returns that queue
 */
export function subscribe(
  scope: Construct,
  id: string,
  topic: SubscribedTopic,
  { queueIsFifo = false, permission, name = id, ...where }: Endpoint,
  props: SubscriptionProps,
): EncryptedQueue {
  checkProps(`${scope.node.path}/${id}`, props, [], 'SubscriptionProps');
  checkProps(
    `${scope.node.path}/${id}`,
    { ...props, ...where, queueIsFifo, topicIsFifo: topic.fifo },
    subscriptionRules,
  );
  const { filter, delivery, raw = where.protocol !== 'lambda' } = props;
  const undelivered = `${topic.name}-${name}-undelivered`;
  const queue = deadLetterQueue(scope, `${id}-undelivered`, {
    name: topic.fifo ? `${undelivered}.fifo` : undelivered,
    fifo: topic.fifo,
    kmsKeyArn: topic.kmsKeyArn,
    alarmActions: topic.alarmActions,
    meaning: `Messages of the topic ${topic.name} could not be delivered to ${name}`,
    action: 'Look at their attributes for the error, mend the subscriber or its permission, then send them again.',
  });
  queue.allowTopic(topic);
  new SnsTopicSubscription(scope, id, {
    topicArn: topic.arn,
    ...where,
    ...(raw && { rawMessageDelivery: true }),
    ...(filter && filterSettings(filter)),
    ...(where.protocol === 'https' && { deliveryPolicy: deliveryPolicy(delivery ?? {}) }),
    redrivePolicy: JSON.stringify({ deadLetterTargetArn: queue.arn }),
    dependsOn: [queue.policy, ...(permission ? [permission] : [])],
  });
  return queue;
}
