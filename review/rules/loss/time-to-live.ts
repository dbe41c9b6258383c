import { read } from '../../graph/side';
import { booleanOf, isRecord, listOf, textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/time-to-live',
  severity: 'medium',
  title: 'A table starts to delete items by itself',
  *check({ graph }) {
    for (const table of graph.ofType('aws_dynamodb_table')) {
      if (table.action !== 'update') continue;
      const on = (side: 'before' | 'after') =>
        listOf(read(table, side, 'ttl')).some((ttl) => isRecord(ttl) && booleanOf(ttl.enabled) === true);
      const attribute = (side: 'before' | 'after') => textOf(read(table, side, 'ttl.0.attribute_name'));
      if (!on('after') || (on('before') && attribute('before') === attribute('after'))) continue;
      yield {
        resource: table,
        before: on('before') ? `time to live by ${attribute('before')}` : 'no time to live',
        after: `time to live by ${attribute('after') ?? '(known after apply)'}`,
        why: 'Every item whose attribute holds a time in the past is deleted within days, items written long ago included.',
        action: 'Check what that attribute holds in existing items before the apply.',
      };
    }
  },
};
