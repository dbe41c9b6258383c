import type { Invocation, RunningInvocation } from './environment';

/** What a set of invocations used, and how much of it was for nothing. */
export interface Usage {
  readonly invocations: number;
  readonly usedSeconds: number;
  readonly wastedSeconds: number;
}

export const NO_USAGE: Usage = { invocations: 0, usedSeconds: 0, wastedSeconds: 0 };

/**
 * Milliseconds of an invocation that came to nothing. After an error or a time-out every message comes back, so all of it; otherwise
 * the share of its messages that failed. An invocation without messages wastes nothing by succeeding.
 */
export function wastedMs({ durationMs, outcome, records, failedRecords }: Invocation): number {
  if (outcome !== 'ok') return durationMs;
  return records === 0 ? 0 : (durationMs * failedRecords) / records;
}

/**
 * An invocation under way, as if it ended now. While the payment system gives no answer it is in vain so far: without that, a function that waits half a
 * minute for nothing would cost nothing until it is killed.
 */
export function endedNow(running: RunningInvocation, now: number, inVain: boolean): Invocation {
  const durationMs = Math.max(0, now - running.startedAt);
  return { ...running, durationMs, outcome: inVain ? 'timeout' : 'ok', failedRecords: inVain ? running.records : 0 };
}

/** Adds invocations to what was used before. */
export function addUsage(before: Usage, invocations: readonly Invocation[]): Usage {
  return invocations.reduce(
    (sum, invocation) => ({
      invocations: sum.invocations + 1,
      usedSeconds: sum.usedSeconds + invocation.durationMs / 1000,
      wastedSeconds: sum.wastedSeconds + wastedMs(invocation) / 1000,
    }),
    before,
  );
}
