import { encryptedWith, keyOf, usersOfAlias } from '../../access/keys';
import { booleanOn } from '../../graph/change';
import type { Messaging } from '../../graph/messaging';
import { read, survives } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/key-disabled',
  severity: 'critical',
  title: 'A key that messages or data need is switched off',
  *check({ graph }) {
    for (const key of graph.ofType('aws_kms_key', 'aws_kms_external_key', 'aws_kms_replica_key')) {
      const path = key.type === 'aws_kms_key' ? 'is_enabled' : 'enabled';
      if (!survives(key) || booleanOn(key, 'before', path) !== true || booleanOn(key, 'after', path) !== false)
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
    for (const alias of graph.ofType('aws_kms_alias')) {
      const name = textOf(read(alias, 'before', 'name'));
      const again = graph
        .ofType('aws_kms_alias')
        .some((other) => textOf(read(other, 'after', 'name')) === name && !graph.apart(other, alias));
      if ((alias.action !== 'destroy' && alias.action !== 'replace') || again) continue;
      const by = usersOfAlias(graph, alias, 'before').filter(
        (user) => survives(user) && stillNames(graph, user, alias),
      );
      if (by.length === 0) continue;
      yield {
        resource: alias,
        title: 'The alias by which messages or data name their key goes',
        before: name,
        after: 'no key has that name',
        why: `${list(by.map(({ address }) => address))} still ${by.length === 1 ? 'names its' : 'name their'} key by it: AWS finds no key any more, and sending, reading or starting fails from then on.`,
        action: 'Name the key by its ARN first, or keep the alias.',
      };
    }
  },
};

function stillNames(graph: Messaging, user: Resource, alias: Resource): boolean {
  const key = keyOf(graph, user, 'after');
  const names = (['name', 'arn', 'id'] as const).map((path) => textOf(read(alias, 'before', path)));
  return key?.kind === 'elsewhere' && names.includes(key.name);
}
