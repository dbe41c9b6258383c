import type { Resource } from '../plan/model';
import { certainlyDiffers, isOpen, textOf } from '../plan/values';
import { typeOf } from '../resources';
import type { Graph } from './graph';
import { nearest } from './references';
import { holds } from './stateful';

const NAME_PATHS = [
  'name',
  'broker_name',
  'cluster_name',
  'bucket',
  'identifier',
  'cluster_identifier',
  'replication_group_id',
  'cluster_id',
  'domain_name',
];
export const physicalName = (resource: Resource, side: 'before' | 'after') => {
  for (const path of NAME_PATHS) {
    const value = resource[side]?.[path];
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
};

/** A resource destroyed at one address and made again at another: Terraform was not told that it moved. */
export interface Rename {
  readonly from: Resource;
  readonly to: Resource;
}

/** Pairs by the physical name; without one (generated, or none at all) by a sign of its own that both have: unknown is never the same. */
export function renames(graph: Graph): Rename[] {
  const pairs: Rename[] = [];
  const unpaired = new Set<Resource>();
  const named = new Map<string, Resource[]>();
  const nameKey = ({ type }: Resource, name: string) => `${type} ${name}`;
  for (const resource of graph.changed) {
    if (resource.action !== 'destroy' || !holds(resource)) continue;
    unpaired.add(resource);
    const name = textOf(physicalName(resource, 'before'));
    if (name === undefined) continue;
    const alike = named.get(nameKey(resource, name));
    if (alike) alike.push(resource);
    else named.set(nameKey(resource, name), [resource]);
  }
  for (const to of graph.changed) {
    if (to.action !== 'create' || !holds(to)) continue;
    const candidate = (from: Resource) =>
      unpaired.has(from) && !graph.apart(from, to) && !graph.mayBeAnywhere(to) && isOneThing(from, to);
    const name = textOf(physicalName(to, 'after'));
    const sameName = name === undefined ? [] : (named.get(nameKey(to, name)) ?? []).filter(candidate);
    const [from] = sameName.length > 0 ? nearest(to, sameName) : onlyTwin(graph.ofType(to.type).filter(candidate), to);
    if (!from) continue;
    unpaired.delete(from);
    pairs.push({ from, to });
  }
  return pairs;
}

/** Nothing differs that can't change while a thing lives: a `moved` block would only turn it into a replacement. */
const isOneThing = (from: Resource, to: Resource): boolean =>
  (typeOf(to.type)?.fixed ?? []).every((path) => !certainlyDiffers(from.before?.[path], to.after?.[path]));

/** What a generated name begins with, or what somebody wrote to tell one from another: all that is known of one without a name. */
const SIGNS_OF_IDENTITY = ['name_prefix', 'bucket_prefix', 'description'];

/** Equal settings say nothing, since most are everybody's defaults: something of its own has to be the same, and nothing may differ. */
function onlyTwin(candidates: readonly Resource[], to: Resource): readonly Resource[] {
  const after = physicalName(to, 'after');
  if (after !== undefined && !isOpen(after)) return [];
  const twins = candidates.filter((candidate) => {
    const names = Object.keys(to.after ?? {}).filter((name) => !['id', 'arn', 'url', 'name', 'key_id'].includes(name));
    return (
      names.every((name) => !certainlyDiffers(candidate.before?.[name], to.after?.[name])) &&
      SIGNS_OF_IDENTITY.some((name) => {
        const sign = textOf(candidate.before?.[name]);
        return sign !== undefined && sign === textOf(to.after?.[name]);
      })
    );
  });
  return twins.length === 1 ? twins : [];
}
