import { numberChange } from '../../graph/change';
import { plural } from '../../plan/format';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'blind/log-retention',
  severity: 'medium',
  title: 'Logs are kept for a shorter time',
  *check({ graph }) {
    for (const logs of graph.ofType('aws_cloudwatch_log_group')) {
      const change = logs.action === 'update' ? numberChange(logs, 'retention_in_days') : undefined;
      const length = (days: number) => (days === 0 ? Number.POSITIVE_INFINITY : days);
      if (!change || length(change.after) >= length(change.before)) continue;
      const say = (days: number) => (days === 0 ? 'for ever' : plural(days, 'day'));
      yield {
        resource: logs,
        severity: change.after < 7 ? 'medium' : 'low',
        before: say(change.before),
        after: say(change.after),
        why: `Older logs are deleted.${change.after < 14 ? ` A dead letter may wait 14 days for somebody to look at it; after ${say(change.after)} nobody can tell why it failed.` : ' What is looked into later than that has left no trace.'}`,
        action: 'Keep logs at least as long as dead letters.',
      };
    }
  },
};
