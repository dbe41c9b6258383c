import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';
import { typeOf } from '../resources';
import type { Graph } from './graph';
import { grouped } from './grouped';
import { physicalName } from './renames';

/** Instances of one block with `count`, of which some take the names of their neighbours: an item was taken out of the list, or put in. */
export interface Shift {
  /** What is destroyed or replaced only because the indices moved, by address. */
  readonly resources: readonly Resource[];
  /** The same thing under its old and its new index. */
  readonly moves: readonly { readonly from: Resource; readonly to: Resource; readonly name: string }[];
}

const known = new WeakMap<Graph, readonly Shift[]>();

export function shifts(graph: Graph): readonly Shift[] {
  const found = known.get(graph) ?? find(graph);
  known.set(graph, found);
  return found;
}

export const shiftedResources = (graph: Graph): Resource[] => shifts(graph).flatMap(({ resources }) => resources);

function find(graph: Graph): Shift[] {
  const moving = graph.changed.filter(
    ({ type, action, address }) =>
      typeOf(type)?.holds && ['replace', 'destroy', 'create'].includes(action) && /\[\d+\]/.test(address),
  );
  const blocks = grouped(moving, ({ address }) => address.replace(/\[\d+\]/g, '[#]'));
  return [...blocks.values()].flatMap((block): Shift[] => {
    const owners = grouped(
      block.filter(({ before }) => before !== null),
      (resource) => textOf(physicalName(resource, 'before')),
    );
    const moves = block.flatMap((to) => {
      const name = to.after === null ? undefined : textOf(physicalName(to, 'after'));
      const [from, ...others] = (name === undefined ? undefined : owners.get(name)) ?? [];
      return name !== undefined && from && from !== to && others.length === 0 ? [{ from, to, name }] : [];
    });
    // One at its end and one at its beginning are a rename; a replacement in place is what only a moving index makes.
    if (!moves.some(({ to }) => to.action === 'replace')) return [];
    const resources = [...new Set(moves.flatMap(({ from, to }) => [from, to]))];
    return [{ resources: resources.sort((a, b) => (a.address < b.address ? -1 : 1)), moves }];
  });
}
