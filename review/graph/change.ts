import type { Resource } from '../plan/model';
import { booleanOf, isOpen, numberOf } from '../plan/values';
import type { PathOf } from '../resources';
import { existsOn, read, type Side } from './side';

/** Made or changed by this plan. What was wrong before and stays as it was is not this pull request's matter. */
export const touched = (resource: Resource): boolean =>
  resource.action === 'create' || resource.action === 'update' || resource.action === 'replace';

/** It stays as it is, all of it: a rule that compares its two sides has nothing to say. */
export const isSame = ({ before, after }: Resource): boolean => before === after;

/** The plan does something with it. */
export const changes = (resource: Resource): boolean => resource.action !== 'nothing' && resource.action !== 'read';

export const numberOn = <T extends string>(resource: Resource<T>, side: Side, path: PathOf<T>): number | undefined =>
  numberOf(read(resource, side, path));
export const booleanOn = <T extends string>(resource: Resource<T>, side: Side, path: PathOf<T>): boolean | undefined =>
  booleanOf(read(resource, side, path));
/** Of a queue or a topic; undefined while it is not known. */
export function isFifo(resource: Resource, side: Side): boolean | undefined {
  const value = read(resource, side, resource.type === 'aws_sns_topic' ? 'fifo_topic' : 'fifo_queue');
  return existsOn(resource, side) && !isOpen(value) ? (booleanOf(value) ?? false) : undefined;
}

/** Before and after of a number that is known on both sides and differs. */
export function numberChange<T extends string>(
  resource: Resource<T>,
  path: PathOf<T>,
): { before: number; after: number } | undefined {
  if (resource.action !== 'update' && resource.action !== 'replace') return undefined;
  const [before, after] = [numberOn(resource, 'before', path), numberOn(resource, 'after', path)];
  return before === undefined || after === undefined || before === after ? undefined : { before, after };
}
