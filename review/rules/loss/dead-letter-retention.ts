import { isFifo, numberOn, touched } from '../../graph/change';
import { knownPolicy } from '../../graph/dead-letters';
import { resourceOfTarget } from '../../graph/graph';
import { existsOn, type Side } from '../../graph/side';
import { seconds } from '../../plan/format';
import type { Rule } from '../rule';

/** SQS keeps messages for at most 14 days. */
const LONGEST_RETENTION = 1_209_600;

export const rule: Rule = {
  id: 'loss/dead-letter-retention',
  severity: 'high',
  title: 'Dead letters are not kept longer than the messages of their source',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (!existsOn(queue, 'after')) continue;
      const target = resourceOfTarget(knownPolicy(graph.deadLetter(queue, 'after'))?.target);
      if (!target || isFifo(queue, 'after') || !(touched(queue) || touched(target))) continue;
      const margin = (side: Side) => {
        const [own, dead] = [
          numberOn(queue, side, 'message_retention_seconds'),
          numberOn(target, side, 'message_retention_seconds'),
        ];
        return own === undefined || dead === undefined ? undefined : dead - own;
      };
      const [before, after] = [margin('before'), margin('after')];
      if (after === undefined || after > 0 || (before !== undefined && before <= after)) continue;
      const dead = numberOn(target, 'after', 'message_retention_seconds') as number;
      const own = numberOn(queue, 'after', 'message_retention_seconds') as number;
      const previous = numberOn(target, 'before', 'message_retention_seconds');
      yield {
        resource: target,
        severity: dead === LONGEST_RETENTION ? 'low' : 'high',
        before: previous === undefined ? undefined : seconds(previous),
        after: `${seconds(dead)}, its source ${queue.address} ${seconds(own)}`,
        why: 'A standard queue counts retention from when the message was first sent, not from when it became a dead letter: one that waited long in the source can expire on arrival, before anybody sees it.',
        action: `Keep dead letters longer than the source: 14 days (1209600) here${dead === LONGEST_RETENTION ? ', which is the maximum, so keep the source shorter' : ''}.`,
      };
    }
  },
};
