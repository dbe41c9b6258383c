import { encryptedWith } from '../../access/keys';
import { booleanOn } from '../../graph/change';
import { survives } from '../../graph/side';
import { list } from '../../plan/format';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/key-disabled',
  severity: 'critical',
  title: 'A key that messages or data need is switched off',
  *check({ graph }) {
    for (const key of graph.ofType('aws_kms_key')) {
      if (
        !survives(key) ||
        booleanOn(key, 'before', 'is_enabled') !== true ||
        booleanOn(key, 'after', 'is_enabled') !== false
      )
        continue;
      const by = encryptedWith(graph, key, 'after').map(({ address }) => address);
      yield {
        resource: key,
        before: 'enabled',
        after: 'disabled',
        why: `Nothing encrypted with it can be written or read from then on${by.length > 0 ? `: ${list(by)}` : ''}.`,
        action: 'Move its users to another key first.',
      };
    }
  },
};
