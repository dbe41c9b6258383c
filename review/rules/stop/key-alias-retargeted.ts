import { keyTarget } from '../../access/holders';
import { nameOfKey, sameKey, usersOfAlias } from '../../access/keys';
import { read, survives } from '../../graph/side';
import { list } from '../../plan/format';
import { textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/key-alias-retargeted',
  severity: 'medium',
  title: 'An alias leads to another key',
  *check({ graph }) {
    for (const alias of graph.ofType('aws_kms_alias')) {
      // What it says is the same, and the key goes: another finding.
      const said = (['before', 'after'] as const).map((side) => textOf(read(alias, side, 'target_key_id')));
      if (!survives(alias) || (said[0] !== undefined && said[0] === said[1])) continue;
      const before = keyTarget(graph, alias, 'before', 'target_key_id');
      const after = keyTarget(graph, alias, 'after', 'target_key_id');
      if (!before || !after || before.kind === 'unknown' || after.kind === 'unknown') continue;
      if (sameKey(before, after) || keyId(nameOfKey(before)) === keyId(nameOfKey(after))) continue;
      const users = usersOfAlias(graph, alias, 'after').filter(survives);
      yield {
        resource: alias,
        before: nameOfKey(before),
        after: nameOfKey(after),
        why: `${
          users.length > 0
            ? `What ${list(users.map(({ address }) => address))} ${users.length === 1 ? 'takes' : 'take'} in`
            : 'What is written by its name, from other stacks as well,'
        } is encrypted with the other key from then on; what is there already opens with the old one only.`,
        action:
          'Give senders and readers the same rights on the new key before (kms:GenerateDataKey, kms:Decrypt), and keep the old key enabled until nothing is left that it encrypted.',
      };
    }
  },
};

/** A key is named by its ARN or by the last part of it. */
const keyId = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
