import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';
import { typeOf } from '../resources';
import { grouped } from './grouped';
import type { Messaging } from './messaging';
import { physicalName } from './renames';
import { identityOf } from './settings';
import type { Side } from './side';

/** Instances of one block with `count`, of which some become what their neighbours were: an item was taken out of the list, or put in. */
export interface Shift {
  /** What is destroyed or replaced only because the indices moved, by address. */
  readonly resources: readonly Resource[];
  /** The same thing under its old and its new index. */
  readonly moves: readonly Move[];
  /** What has no index any more. */
  readonly leaving: readonly { readonly from: Resource; readonly name: string }[];
}

interface Move {
  readonly from: Resource;
  readonly to: Resource;
  readonly name: string;
}

const known = new WeakMap<Messaging, readonly Shift[]>();

export function shifts(graph: Messaging): readonly Shift[] {
  const found = known.get(graph) ?? find(graph);
  known.set(graph, found);
  return found;
}

export const shiftedResources = (graph: Messaging): Resource[] => shifts(graph).flatMap(({ resources }) => resources);

function find(graph: Messaging): Shift[] {
  const moving = graph.changed.filter(
    ({ type, action, address }) =>
      ['replace', 'destroy', 'create'].includes(action) &&
      /\[\d+\]/.test(address) &&
      (typeOf(type)?.holds ?? typeOf(type)?.one) !== undefined,
  );
  const blocks = grouped(moving, ({ address }) => address.replace(/\[\d+\]/g, '[#]'));
  const found = [...blocks.values()].flatMap((block) => shiftOf(graph, block));
  // The policies, alarms and mappings of queues in a list shift with them: one finding says it.
  const ofHolders = new Set(found.filter(isOfHolders).map(indicesOf));
  return found.filter((shift) => isOfHolders(shift) || !ofHolders.has(indicesOf(shift)));
}

function shiftOf(graph: Messaging, block: readonly Resource[]): Shift[] {
  const owners = grouped(block, (resource) => whatIsAt(graph, resource, 'before'));
  const moves = block.flatMap((to): Move[] => {
    const name = whatIsAt(graph, to, 'after');
    const [from, ...others] = (name === undefined ? undefined : owners.get(name)) ?? [];
    return name !== undefined && from && from !== to && others.length === 0 ? [{ from, to, name }] : [];
  });
  // One at its end and one at its beginning are a rename; a replacement in place is what only a moving index makes.
  if (!moves.some(({ from, to }) => to.action === 'replace' || from.action === 'replace')) return [];
  const resources = [...new Set(moves.flatMap(({ from, to }) => [from, to]))];
  const leaving = resources.flatMap((from) => {
    const name = whatIsAt(graph, from, 'before');
    return name === undefined || moves.some((move) => move.from === from) ? [] : [{ from, name }];
  });
  return [{ resources: resources.sort((a, b) => (a.address < b.address ? -1 : 1)), moves, leaving }];
}

/** What a resource is, whatever its index; undefined while that is not known. */
function whatIsAt(graph: Messaging, resource: Resource, side: Side): string | undefined {
  if (resource[side] === null) return undefined;
  return typeOf(resource.type)?.holds
    ? textOf(physicalName(resource, side))
    : identityOf(graph, resource, side)?.key || undefined;
}

const isOfHolders = ({ resources: [first] }: Shift): boolean => first !== undefined && !!typeOf(first.type)?.holds;

/** `0<1 1<2`: which index becomes which. */
const indicesOf = ({ moves }: Shift): string =>
  moves
    .map(({ from, to }) => [to, from].map(({ address }) => /\[(\d+)\]/.exec(address)?.[1]).join('<'))
    .sort()
    .join(' ');
