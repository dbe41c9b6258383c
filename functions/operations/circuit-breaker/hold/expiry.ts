import type { BreakerRecord } from '../../../runtime/breaker/state';

/**
 * When SQS begins to delete what waits in the main queue, if that is before a hold ends. Messages have waited since the breaker opened, or will from now on.
 *
 * @param retention seconds that the main queue keeps a message
 * @returns milliseconds since 1970
 */
export function deletedFrom(
  { state, since }: Pick<BreakerRecord, 'state' | 'since'>,
  until: number,
  retention: number,
  now: number,
): number | undefined {
  const first = (state === 'closed' ? now : since) + retention * 1000;
  return first < until ? first : undefined;
}
