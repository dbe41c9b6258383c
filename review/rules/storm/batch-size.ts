import { numberChange, numberOn } from '../../graph/change';
import { DEFAULT_TIMEOUT } from '../../graph/concurrency';
import { read } from '../../graph/side';
import { seconds } from '../../plan/format';
import { isOpen } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'storm/batch-size',
  severity: 'low',
  title: 'A batch gets less time for each message',
  *check({ graph }) {
    for (const { mapping, function: fn } of graph.consumers('after')) {
      const change = numberChange(mapping, 'batch_size');
      if (!change || change.after < 2 * change.before || isOpen(read(mapping, 'after', 'function_name'))) continue;
      if (fn && (numberChange(fn, 'timeout') || isOpen(read(fn, 'after', 'timeout')))) continue;
      yield {
        resource: mapping,
        before: `${change.before} messages a batch`,
        after: `${change.after} messages a batch`,
        why: `The function has the same time for ${times(change.after / change.before)} as many messages; a batch that runs out of time fails whole and comes back whole.`,
        action: `Check the duration of a full batch against the time-out${fn ? ` (${seconds(numberOn(fn, 'after', 'timeout') ?? DEFAULT_TIMEOUT)})` : ''}.`,
      };
    }
    for (const fn of graph.ofType('aws_lambda_function')) {
      const change = numberChange(fn, 'timeout');
      if (!change || change.after > change.before / 2 || graph.consumersBy(fn, 'after').length === 0) continue;
      yield {
        resource: fn,
        severity: 'medium',
        before: `time-out ${seconds(change.before)}`,
        after: `time-out ${seconds(change.after)}`,
        why: 'A batch that takes longer than that is cut off in mid-work and comes back whole: what it had done is done again, and each time uses up a receive, until it is a dead letter.',
        action: 'Compare with the longest durations of the last weeks, those in an outage of what it calls included.',
      };
    }
  },
};

const times = (factor: number): string => `${Number.isInteger(factor) ? factor : factor.toFixed(1)} times`;
