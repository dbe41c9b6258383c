import type { Resource } from '../plan/model';
import { isOpen } from '../plan/values';
import { numberOn } from './change';
import { resourceOfTarget } from './graph';
import type { Messaging } from './messaging';
import { existsOn, read, type Side } from './side';

/** Lambda's default when the configuration says nothing. */
export const DEFAULT_TIMEOUT = 3;

export const reservedOn = (fn: Resource, side: Side): number | undefined => {
  const reserved = existsOn(fn, side) ? numberOn(fn, side, 'reserved_concurrent_executions') : undefined;
  return reserved === undefined || reserved < 0 ? undefined : reserved;
};

/** A mapping without a limit grows until the account's or the function's concurrency stops it (Lambda developer guide, "SQS scaling"). */
export const UNLIMITED = Number.POSITIVE_INFINITY;

/** How much of a function the queues' mappings may start together; undefined while that is not known. */
export function demandOn(graph: Messaging, fn: Resource, side: Side): number | undefined {
  const limits = graph
    .consumersBy(fn, side)
    .filter((consumer) => consumer.enabled !== false && resourceOfTarget(consumer.source)?.type === 'aws_sqs_queue')
    .map(({ mapping }) => {
      const path = 'scaling_config.0.maximum_concurrency';
      const open = isOpen(read(mapping, side, path));
      return open ? undefined : (numberOn(mapping, side, path) ?? UNLIMITED);
    });
  if (limits.length === 0 || limits.includes(undefined)) return undefined;
  return limits.reduce((sum: number, limit) => sum + (limit ?? 0), 0);
}
