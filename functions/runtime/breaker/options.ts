import * as z from 'zod/mini';

const between = (least: number, most: number) => z.number().check(z.gte(least), z.lte(most));
const whole = (least: number, most: number) => z.int().check(z.gte(least), z.lte(most));
/**
 * When a breaker opens, and how it closes again. The names are resilience4j's where it has one; docs/decisions/circuit-breaker.md has the
 * names of Polly and opossum beside them. Times are in seconds but for the one that says milliseconds.
 */
export const breakerOptions = z.strictObject({
  /** Percent of failed calls in the window that opens it: more than 0, at most 100. Default 50. */
  failureRateThreshold: z._default(between(1, 100), 50),
  /** Percent of slow calls in the window that opens it. Default 100. */
  slowCallRateThreshold: z._default(between(1, 100), 100),
  /** Milliseconds from which on a call is slow. Default 60,000. */
  slowCallDurationThreshold: z._default(between(1, 900_000), 60_000),
  /** Seconds that the sliding window looks back (resilience4j's TIME_BASED). Default 30. */
  slidingWindowSize: z._default(whole(1, 3600), 30),
  /** Calls in the window before a rate means anything. Default 10. */
  minimumNumberOfCalls: z._default(whole(1, 100_000), 10),
  /** Failures in a row, over all sandboxes, that open it whatever the rate: a window full of old successes must not hide a dead dependency. Default 5. */
  consecutiveFailures: z._default(whole(1, 100_000), 5),
  /** Seconds until the first canary; doubled after every red one and every relapse. Default 30. */
  waitDurationInOpenState: z._default(whole(1, 86_400), 30),
  /** Seconds; no wait is longer. Default 300. */
  maxWaitDurationInOpenState: z._default(whole(1, 86_400), 300),
  /** Half-open: calls at once that a sandbox lets through, calls a second of all sandboxes together where the scope is `call`, and calls that are enough to judge a rate by. Default 10. */
  permittedNumberOfCallsInHalfOpenState: z._default(whole(1, 1000), 10),
  /** Half-open: seconds under watch before it closes. Default 60. */
  watchDurationInHalfOpenState: z._default(whole(1, 86_400), 60),
});

export type BreakerOptions = Readonly<z.output<typeof breakerOptions>>;

/** All defaults. */
export const DEFAULT_OPTIONS: BreakerOptions = breakerOptions.parse({});

/** Seconds between the first sweep and the second; doubled after each, because what comes back again and again is not mended by trying. */
const SWEEP_WAIT = 300;
/** Seconds; no wait between two sweeps is longer. */
const LONGEST_SWEEP_WAIT = 86_400;

/** Seconds from the end of one release to the next sweep, after `sweeps` of them in a row: none before the first. */
export function sweepWaitSeconds(sweeps: number): number {
  return sweeps === 0 ? 0 : Math.min(LONGEST_SWEEP_WAIT, SWEEP_WAIT * 2 ** Math.min(sweeps - 1, 30));
}

/** Seconds of the wait before attempt number `attempt` (1 for the first): doubled each time, capped. No jitter: one recovery asks, not a crowd. */
export function waitSeconds(
  { waitDurationInOpenState: base, maxWaitDurationInOpenState: cap }: BreakerOptions,
  attempt: number,
): number {
  return Math.min(Math.max(base, cap), base * 2 ** Math.min(Math.max(attempt, 1) - 1, 30));
}
