import { changes } from '../graph/change';
import { resourceOfTarget, type Target } from '../graph/graph';
import { grouped } from '../graph/grouped';
import { memoizePerSide } from '../graph/memoize';
import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, textOf } from '../plan/values';
import type { AnyPath } from '../resources';
import { typeOf, typesWith } from '../resources';
import { keyTarget } from './holders';

const ENCRYPTED = typesWith('key').map(([type]) => type);
const keyPath = ({ type }: Resource): AnyPath => (typeOf(type)?.key ?? 'arn') as AnyPath;

export const keyOf = (graph: Messaging, resource: Resource, side: Side): Target | undefined =>
  existsOn(resource, side) ? keyTarget(graph, resource, side, keyPath(resource)) : undefined;

const byKey = memoizePerSide((graph, side) =>
  grouped(graph.ofType(...ENCRYPTED), (resource) => resourceOfTarget(keyOf(graph, resource, side))),
);

/** What is encrypted with a key. */
export const encryptedWith = (graph: Messaging, key: Resource, side: Side): readonly Resource[] =>
  byKey(graph, side).get(key) ?? [];

/** It stays and still names the key, or nobody can tell. One whose key only the apply will tell may have been moved away. */
export function stillUses(graph: Messaging, user: Resource, key: Resource): boolean {
  if (!survives(user)) return false;
  const after = keyOf(graph, user, 'after');
  if (after?.kind !== 'elsewhere') return resourceOfTarget(after) === key;
  const names = (['arn', 'id', 'key_id'] as const).map((path) => textOf(read(key, 'before', path)));
  return names.includes(after.name) || sameKey(keyOf(graph, user, 'before'), after) || isUnchanged(user);
}

/** What it says of its key is what it said before: an alias that goes with the key is still an alias of that key. */
const isUnchanged = (user: Resource): boolean =>
  !certainlyDiffers(read(user, 'before', keyPath(user)), read(user, 'after', keyPath(user)));

/** What names a key by this alias. */
export const usersOfAlias = (graph: Messaging, alias: Resource, side: Side): Resource[] =>
  graph
    .ofType(...ENCRYPTED)
    .filter(
      (user) =>
        existsOn(user, side) && resourceOfTarget(graph.follow(user, side, keyPath(user), ['aws_kms_alias'])) === alias,
    );

export const nameOfKey = (key: Target | undefined): string =>
  key === undefined
    ? 'no key of its own'
    : key.kind === 'resource'
      ? key.resource.address
      : key.kind === 'elsewhere'
        ? key.name
        : '(known after apply)';
export const sameKey = (a: Target | undefined, b: Target | undefined): boolean =>
  a?.kind !== 'unknown' && b?.kind !== 'unknown' && nameOfKey(a) === nameOfKey(b);

/** What puts a queue or topic under another key: itself, or the alias that it names. */
export function moverOf(graph: Messaging, holder: Resource): Resource | undefined {
  const alias = resourceOfTarget(graph.follow(holder, 'after', keyPath(holder), ['aws_kms_alias']));
  return [holder, alias].find((resource) => resource !== undefined && changes(resource));
}
