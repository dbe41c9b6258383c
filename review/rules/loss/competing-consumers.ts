import { readersOf, whoOf } from '../../graph/readers';
import { list } from '../../plan/format';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/competing-consumers',
  severity: 'high',
  title: 'Several consumers read one queue, and each sees only a part',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const of = (side: 'before' | 'after') =>
        readersOf(graph, queue, side).filter((reader) => reader.enabled === true);
      const [before, after] = [of('before'), of('after')];
      const added = after.filter(({ resource }) => !before.some((reader) => reader.resource === resource));
      const [newcomer] = added;
      // One function through two mappings sees every message; AWS refuses the second, which is another finding.
      if (new Set(after.map(whoOf)).size < 2) continue;
      if (after.length < 2 || before.length >= after.length || !newcomer) continue;
      yield {
        resource: newcomer.resource,
        before: before.length === 0 ? 'no consumer' : `${queue.address} read by ${list(before.map(whoOf))}`,
        after: `${queue.address} read by ${list(after.map(whoOf))}`,
        why: 'SQS gives each message to one reader only. Each gets about its share of the messages and never sees the rest; what one deletes is gone for the other.',
        action: 'Give the new consumer a queue of its own and feed both from a topic (SNS) or a bus (EventBridge).',
      };
    }
  },
};
