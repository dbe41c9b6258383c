import { existsOn, read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { booleanOf, numberOf } from '../plan/values';

/** Made or changed by this plan. What was wrong before and stays as it was is not this pull request's matter. */
export const touched = (resource: Resource): boolean =>
  resource.action === 'create' || resource.action === 'update' || resource.action === 'replace';

/** The plan does something with it. */
export const changes = (resource: Resource): boolean => resource.action !== 'nothing' && resource.action !== 'read';

export const numberOn = (resource: Resource, side: Side, path: string): number | undefined =>
  numberOf(read(resource, side, path));
export const booleanOn = (resource: Resource, side: Side, path: string): boolean | undefined =>
  booleanOf(read(resource, side, path));
export const isFifo = (queue: Resource, side: Side): boolean | undefined =>
  existsOn(queue, side)
    ? (booleanOn(queue, side, 'fifo_queue') ?? booleanOn(queue, side, 'fifo_topic') ?? false)
    : undefined;

/** Before and after of a number that is known on both sides and differs. */
export function numberChange(resource: Resource, path: string): { before: number; after: number } | undefined {
  if (resource.action !== 'update' && resource.action !== 'replace') return undefined;
  const [before, after] = [numberOn(resource, 'before', path), numberOn(resource, 'after', path)];
  return before === undefined || after === undefined || before === after ? undefined : { before, after };
}
