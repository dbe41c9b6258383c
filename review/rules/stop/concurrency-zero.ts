import { numberOn, touched } from '../../graph/change';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/concurrency-zero',
  severity: 'critical',
  title: 'The function may not run at all',
  *check({ graph }) {
    for (const fn of graph.ofType('aws_lambda_function')) {
      const path = 'reserved_concurrent_executions';
      const before = numberOn(fn, 'before', path);
      if (!touched(fn) || numberOn(fn, 'after', path) !== 0 || before === 0) continue;
      yield {
        resource: fn,
        before: before === undefined ? undefined : before < 0 ? 'no reservation' : `reserved ${before}`,
        after: 'reserved 0',
        why: 'A reservation of 0 throttles every invocation. A queue’s mapping still tries, and each try uses up a receive, so messages wander into the dead-letter queue unprocessed.',
        action: 'To stop a consumer switch its mapping off; to lift the limit set -1.',
      };
    }
  },
};
