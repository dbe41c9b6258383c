import { list, shown } from '../plan/format';
import type { Resource } from '../plan/model';
import { isAbsent, textOf } from '../plan/values';
import type { AnyPath } from '../resources';
import { DELETION_PROTECTION, type Holder, typeOf } from '../resources';
import { isProtection, PROTECTS_ANOTHER } from '../resources/deletion-protection';
import { booleanOn } from './change';
import type { Messaging } from './messaging';
import { identityOf } from './settings';
import { existsOn, read, type Side } from './side';

/** What goes with a resource when it is destroyed; undefined for one that holds nothing. */
export const holds = ({ type }: { readonly type: string }): Holder | undefined => typeOf(type)?.holds;

export const nameOf = (resource: Resource): string =>
  shown(
    resource.before?.name ??
      resource.before?.broker_name ??
      resource.before?.cluster_name ??
      resource.before?.bucket ??
      resource.before?.id,
  );

/** AWS refuses to delete it: a switch of its own says so. */
export function isProtected(resource: Resource, side: Side): boolean {
  // A cluster of Aurora DSQL with force_destroy is destroyed for all its protection (provider documentation).
  const forced = resource.type === 'aws_dsql_cluster' && booleanOn(resource, side, 'force_destroy') === true;
  if (forced || PROTECTS_ANOTHER.has(resource.type)) return false;
  return DELETION_PROTECTION.some((path) => isProtection(read(resource, side, path)));
}

/** Why AWS, or the provider for it, refuses to destroy a resource as it is now, as a sentence on the apply; undefined when nothing is known to stand in the way. */
export function refusalOf(graph: Messaging, resource: Resource): string | undefined {
  const before = (path: string) => booleanOn(resource, 'before', path as AnyPath);
  if (isProtected(resource, 'before'))
    return 'The apply will fail: its deletion protection is on, so AWS refuses to delete it.';
  const holder = holds(resource);
  const { refusedWhile, lastSnapshot } = holder ?? {};
  const taken = holder && resource.createFirst && typeOf(resource.type)?.one?.created === 'refused';
  if (taken && keepsItsIdentity(graph, resource))
    return 'The apply will fail: with create_before_destroy the new one is made while the old one is there, and AWS refuses a second one of that name.';
  const unless = refusedWhile?.unless;
  if (refusedWhile && (unless === undefined || (isShown(resource, unless) && before(unless) !== true)))
    return `The apply will fail unless it is empty: ${unless === undefined ? '' : `${unless} is not set, and `}AWS refuses to delete it while ${refusedWhile.left} is left in it${unless === undefined ? ', those included that others put there' : ''}.`;
  const staying = occupants(graph, resource);
  if (staying.length > 0)
    return `The apply will fail: ${list(staying.map(({ address }) => address))} ${staying.length === 1 ? 'stays and names it' : 'stay and name it'}, and AWS refuses to delete it while one does.`;
  if (
    lastSnapshot?.skip !== undefined &&
    before(lastSnapshot.skip) === false &&
    isAbsent(read(resource, 'before', lastSnapshot.name as AnyPath))
  )
    return `The apply will fail: ${lastSnapshot.skip} is false and there is no ${lastSnapshot.name}, so the provider refuses to delete it.`;
  return undefined;
}

/** Replaced by one that is the same thing to AWS. */
export function keepsItsIdentity(graph: Messaging, resource: Resource): boolean {
  const before = resource.action === 'replace' ? identityOf(graph, resource, 'before')?.key : undefined;
  return before !== undefined && before === identityOf(graph, resource, 'after')?.key;
}

/** A plan always has it, if only as null: where it is missing, somebody cut the plan down. */
const isShown = (resource: Resource, attribute: string): boolean =>
  resource.before !== null && attribute in resource.before;

/** What is in it, stays, and keeps it from being destroyed. */
function occupants(graph: Messaging, resource: Resource): Resource[] {
  if (resource.type === 'aws_kinesis_stream' && booleanOn(resource, 'before', 'enforce_consumer_deletion') === true)
    return [];
  return (holds(resource)?.occupied ?? []).flatMap(({ type, path }) =>
    graph.beside(resource, 'before', type, path as AnyPath).filter((one) => existsOn(one, 'after')),
  );
}

/** The last snapshot that the provider makes before it destroys; undefined where it makes none. */
export function finalSnapshotOf(resource: Resource): string | undefined {
  const { name, skip } = holds(resource)?.lastSnapshot ?? {};
  if (name === undefined || (skip !== undefined && booleanOn(resource, 'before', skip as AnyPath) !== false))
    return undefined;
  return textOf(read(resource, 'before', name as AnyPath));
}

/** Holds nothing by itself: what is in it are things of their own. */
export const isInhabited = (resource: Resource): boolean => {
  const { refusedWhile } = holds(resource) ?? {};
  return refusedWhile !== undefined && refusedWhile.unless === undefined;
};
