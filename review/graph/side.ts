import type { Resource } from '../plan/model';
import { type Attributes, type Value, valueAt } from '../plan/values';
import type { PathOf } from '../resources';

/** The plan's two worlds: what is there now, and what will be there when it has been applied. */
export type Side = 'before' | 'after';

/** A replaced resource is on both sides, but it is not the same thing on both. */
/** What a resource is on one side; null where it isn't there. */
export const on = (resource: Resource, side: Side): Attributes | null =>
  side === 'before' ? resource.before : resource.after;

export const existsOn = (resource: Resource, side: Side): boolean => on(resource, side) !== null;
/** Only what the table of its type has can be read: an attribute that is missing there does not compile. */
export const read = <T extends string>(resource: Resource<T>, side: Side, path: PathOf<T>): Value | undefined =>
  valueAt(on(resource, side), path);

/** The resource is still there after the apply, and is the same thing: nothing in it was thrown away. */
export const survives = (resource: Resource): boolean =>
  resource.before !== null && resource.after !== null && resource.action !== 'replace';
