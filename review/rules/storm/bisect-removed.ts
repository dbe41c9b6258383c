import { booleanOn } from '../../graph/change';
import { type Side, survives } from '../../graph/side';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'storm/bisect-removed',
  severity: 'medium',
  title: 'One bad record blocks or repeats its whole batch',
  *check({ graph }) {
    for (const mapping of graph.ofType('aws_lambda_event_source_mapping')) {
      const on = (side: Side) => booleanOn(mapping, side, 'bisect_batch_on_function_error');
      if (!survives(mapping) || on('before') !== true || on('after') !== false) continue;
      yield {
        resource: mapping,
        before: 'a failing batch is split',
        after: 'a failing batch is repeated whole',
        why: 'One record that always fails makes every record of its batch run again until the retries end, and holds its shard up for that long.',
        action: 'Keep bisect_batch_on_function_error, or report single failures (ReportBatchItemFailures).',
      };
    }
  },
};
