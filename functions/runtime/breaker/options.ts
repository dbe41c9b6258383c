/**
 * When a breaker opens, and how it closes again. The names are resilience4j's where it has one; docs/decisions/circuit-breaker.md has the
 * names of Polly and opossum beside them. Times are in seconds but for the one that says milliseconds.
 */
export interface BreakerOptions {
  /** Percent of failed calls in the window that opens it: more than 0, at most 100. Default 50. */
  readonly failureRateThreshold: number;
  /** Percent of slow calls in the window that opens it. Default 100. */
  readonly slowCallRateThreshold: number;
  /** Milliseconds from which on a call is slow. Default 60,000. */
  readonly slowCallDurationThreshold: number;
  /** Seconds that the sliding window looks back (resilience4j's TIME_BASED). Default 30. */
  readonly slidingWindowSize: number;
  /** Calls in the window before a rate means anything. Default 10. */
  readonly minimumNumberOfCalls: number;
  /** Failures in a row, over all sandboxes, that open it whatever the rate: a window full of old successes must not hide a dead dependency. Default 5. */
  readonly consecutiveFailures: number;
  /** Seconds until the first canary; doubled after every red one and every relapse. Default 30. */
  readonly waitDurationInOpenState: number;
  /** Seconds; no wait is longer. Default 300. */
  readonly maxWaitDurationInOpenState: number;
  /** Half-open: calls at once that a sandbox lets through, calls a second of all sandboxes together where the scope is `call`, and calls that are enough to judge a rate by. Default 10. */
  readonly permittedNumberOfCallsInHalfOpenState: number;
  /** Half-open: seconds under watch before it closes. Default 60. */
  readonly watchDurationInHalfOpenState: number;
}

/** All defaults. */
export const DEFAULT_OPTIONS: BreakerOptions = {
  failureRateThreshold: 50,
  slowCallRateThreshold: 100,
  slowCallDurationThreshold: 60_000,
  slidingWindowSize: 30,
  minimumNumberOfCalls: 10,
  consecutiveFailures: 5,
  waitDurationInOpenState: 30,
  maxWaitDurationInOpenState: 300,
  permittedNumberOfCallsInHalfOpenState: 10,
  watchDurationInHalfOpenState: 60,
};

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
