import type { Resource } from '../plan/model';
import { valueAt } from '../plan/values';

/** The plan's two worlds: what is there now, and what will be there when it has been applied. */
export type Side = 'before' | 'after';

/** A replaced resource is on both sides, but it is not the same thing on both. */
export const existsOn = (resource: Resource, side: Side): boolean => resource[side] !== null;
export const read = (resource: Resource, side: Side, path: string) => valueAt(resource[side], path);

/** The resource is still there after the apply, and is the same thing: nothing in it was thrown away. */
export const survives = (resource: Resource): boolean =>
  resource.before !== null && resource.after !== null && resource.action !== 'replace';
