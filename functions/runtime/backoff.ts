/** How long a failed message waits until its next delivery. */
export interface Backoff {
  /** Seconds; the ceiling of the first wait. More than 0. */
  readonly base: number;
  /** Seconds; no wait is longer. At most 43,200: SQS caps a visibility timeout at 12 h. */
  readonly cap: number;
}

/** Source: SQS API, ChangeMessageVisibility: 0 to 43,200 s, counted from the receive. */
export const MAXIMUM_VISIBILITY_SECONDS = 43_200;

/**
 * Exponential backoff with full jitter: a random wait between 0 and base × 2^(attempt − 1), capped. Of the jitters that AWS
 * compared, this one needs the fewest calls to get everybody through
 * (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
 *
 * @param attempt receives so far, 1 for the first
 * @param random a number from 0 up to, not including, 1
 * @returns whole seconds, 1 to `cap`: a wait of 0 s would be an immediate retry
 */
export function fullJitter({ base, cap }: Backoff, attempt: number, random: number): number {
  const ceiling = Math.min(cap, MAXIMUM_VISIBILITY_SECONDS, base * 2 ** Math.max(0, Math.min(attempt, 32) - 1));
  return Math.max(1, Math.min(Math.round(random * ceiling), MAXIMUM_VISIBILITY_SECONDS));
}
