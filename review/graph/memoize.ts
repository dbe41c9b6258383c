import { remembered } from '../plan/remembered';
import type { Messaging } from './messaging';
import type { Side } from './side';

/** What is the same for a whole plan is worked out once for each of its sides. */
export function memoizePerSide<T extends object>(
  make: (graph: Messaging, side: Side) => T,
): (graph: Messaging, side: Side) => T {
  const known = { before: new WeakMap<Messaging, T>(), after: new WeakMap<Messaging, T>() };
  return (graph, side) => remembered(known[side], graph, () => make(graph, side));
}
