import { knownPolicy } from '../../graph/dead-letters';
import { survives } from '../../graph/side';
import { list } from '../../plan/format';
import { textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/dead-letter-missing',
  severity: 'high',
  title: 'A dead-letter queue that is still pointed at is destroyed',
  *check({ graph }) {
    const made = graph.ofType('aws_sqs_queue').filter((queue) => queue.action === 'create');
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (queue.action !== 'destroy') continue;
      const again = made.some((other) => other.after?.name === queue.before?.name && !graph.apart(other, queue));
      if (again) continue;
      const sources = graph.sourcesOf(queue, 'before').filter((source) => {
        if (!survives(source)) return false;
        const after = knownPolicy(graph.deadLetter(source, 'after'));
        return after?.target.kind === 'elsewhere' && after.target.name === textOf(queue.before?.arn);
      });
      if (sources.length === 0) continue;
      yield {
        resource: queue,
        before: `takes the dead letters of ${list(sources.map((source) => source.address))}`,
        after: 'gone, and still named in their redrive policy',
        why: 'SQS keeps a redrive policy that names a queue which is not there: messages past the receive count then stay in the source and go round until they expire.',
        action: 'Point the redrive policy at another queue in the same change.',
      };
    }
  },
};
