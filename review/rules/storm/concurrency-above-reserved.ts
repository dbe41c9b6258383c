import { demandOn, reservedOn, UNLIMITED } from '../../graph/concurrency';
import { existsOn } from '../../graph/side';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'storm/concurrency-above-reserved',
  severity: 'high',
  title: 'The mapping may start more of the function than it has reserved',
  *check({ graph }) {
    for (const fn of graph.ofType('aws_lambda_function')) {
      const [was, is] = [demandOn(graph, fn, 'before'), demandOn(graph, fn, 'after')];
      const [had, has] = [reservedOn(fn, 'before'), reservedOn(fn, 'after')];
      if (is === undefined || has === undefined || has === 0 || is <= has) continue;
      const known = was !== undefined && had !== undefined;
      if (known && was > had && is <= was && has >= had) continue;
      const say = (want: number | undefined, have: number | undefined) =>
        want === undefined || have === undefined
          ? undefined
          : `${want === UNLIMITED ? 'no maximum_concurrency' : `maximum_concurrency ${want}`}, reserved ${have}`;
      yield {
        resource: fn,
        // A new pair without a limit works until there is a backlog.
        severity: existsOn(fn, 'before') || is !== UNLIMITED ? 'high' : 'medium',
        before: say(was, had),
        after: say(is, has),
        why: `The ${is === UNLIMITED ? 'mapping has no limit of its own, so it' : 'mapping'} receives more batches than the function may run. Each throttled batch has used up one receive of every message in it, so healthy messages reach the dead-letter queue.`,
        action: 'Keep the mappings’ maximum_concurrency at or below reserved_concurrent_executions.',
      };
    }
  },
};
