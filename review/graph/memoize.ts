import type { Messaging } from './messaging';
import type { Side } from './side';

/** What is the same for a whole plan is worked out once for each of its sides. */
export function memoizePerSide<T extends object>(
  make: (graph: Messaging, side: Side) => T,
): (graph: Messaging, side: Side) => T {
  const known = new WeakMap<Messaging, Map<Side, T>>();
  return (graph, side) => {
    const sides = known.get(graph) ?? new Map<Side, T>();
    known.set(graph, sides);
    const value = sides.get(side) ?? make(graph, side);
    sides.set(side, value);
    return value;
  };
}
