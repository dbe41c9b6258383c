import { booleanOn, isFifo } from '../../graph/change';
import { read, type Side, survives } from '../../graph/side';
import { textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/deduplication',
  severity: 'high',
  title: 'Senders that were right before are refused, or taken for duplicates',
  *check({ graph }) {
    for (const holder of graph.ofType('aws_sqs_queue', 'aws_sns_topic')) {
      const [was, is] = [isFifo(holder, 'before'), isFifo(holder, 'after')];
      if (was === false && is === true) {
        yield {
          resource: holder,
          before: 'standard',
          after: 'FIFO',
          why: `Every sender must now give a message group id (and a deduplication id unless deduplication is by content); one that doesn’t is refused. ${FIFO[holder.type]?.limit}, and one stuck message holds up its group.`,
          action: `Change the senders first, to a new ${FIFO[holder.type]?.noun} beside the old one.`,
        };
      }
      if (!survives(holder) || !is) continue;
      const byContent = (side: Side) => booleanOn(holder, side, 'content_based_deduplication');
      if (byContent('before') === true && byContent('after') === false) {
        yield {
          resource: holder,
          before: 'deduplication by content',
          after: 'deduplication id needed',
          why: 'Senders that give no MessageDeduplicationId are refused from then on.',
          action: 'Make every sender give one first.',
        };
      }
      const scope = (side: Side) => textOf(read(holder, side, 'deduplication_scope'));
      if (scope('before') === 'messageGroup' && scope('after') === 'queue') {
        yield {
          resource: holder,
          severity: 'medium',
          before: 'deduplication in each message group',
          after: 'deduplication across the queue',
          why: 'Two messages of different groups with the same deduplication id within five minutes are one from then on: the second is accepted and never delivered.',
          action:
            'Make sure that senders give ids that are unique in the whole queue; equal content in two groups is enough to collide when deduplication is by content.',
        };
      }
    }
  },
};

/** Quotas of the SQS developer guide ("Amazon SQS message quotas") and of the SNS endpoints page ("FIFO topics"). */
const FIFO: Readonly<Record<string, { readonly noun: string; readonly limit: string }>> = {
  aws_sqs_queue: {
    noun: 'queue',
    limit: 'Throughput falls to 300 sends a second without batching or high-throughput mode',
  },
  aws_sns_topic: {
    noun: 'topic',
    limit: 'A topic takes 3,000 messages a second, and 300 a second in each message group',
  },
};
