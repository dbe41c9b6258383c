import { isFifo } from '../../graph/change';
import { existsOn, type Side } from '../../graph/side';
import type { Resource } from '../../plan/model';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/subscription-type',
  severity: 'high',
  title: 'A topic and its queue are not of the same kind',
  *check({ graph }) {
    for (const subscription of graph.ofType('aws_sns_topic_subscription')) {
      const wrong = (side: Side): { topic: Resource; queue: Resource } | undefined => {
        if (!existsOn(subscription, side)) return undefined;
        const [topic, queue] = [graph.topicOf(subscription, side), graph.endpointOf(subscription, side)];
        if (!topic || queue?.type !== 'aws_sqs_queue') return undefined;
        return isFifo(topic, side) === false && isFifo(queue, side) === true ? { topic, queue } : undefined;
      };
      const after = wrong('after');
      if (!after || wrong('before')) continue;
      yield {
        resource: subscription,
        before: existsOn(subscription, 'before') ? `standard topic → standard queue` : undefined,
        after: `standard topic ${after.topic.address} → FIFO queue ${after.queue.address}`,
        why: 'SNS does not deliver from a standard topic to a FIFO queue: the apply fails at this subscription, with the old one already gone.',
        action: 'Make the topic FIFO too (a replacement as well), or keep the queue standard.',
      };
    }
  },
};
