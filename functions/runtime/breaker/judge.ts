import type { BreakerOptions } from './options';
import type { State } from './state';
import type { Tally } from './window';

/** Whether calls went so badly that the breaker must open; the answer is the evidence, in words. */
export function judge(tally: Tally, state: State, options: BreakerOptions): string | undefined {
  const { calls, failures, slowCalls, failuresInARow } = tally;
  if (failuresInARow >= options.consecutiveFailures) return `${failuresInARow} calls in a row failed`;
  // Half-open lets few calls through on purpose: those few have to be enough.
  const enough =
    state === 'half-open'
      ? Math.min(options.minimumNumberOfCalls, options.permittedNumberOfCallsInHalfOpenState)
      : options.minimumNumberOfCalls;
  if (calls < enough) return undefined;
  const window = `in ${options.slidingWindowSize} s`;
  if (failures * 100 >= calls * options.failureRateThreshold)
    return `${failures} of ${calls} calls failed ${window} (${percent(failures, calls)}; threshold ${options.failureRateThreshold} %)`;
  if (slowCalls * 100 >= calls * options.slowCallRateThreshold)
    return `${slowCalls} of ${calls} calls took ${options.slowCallDurationThreshold} ms or longer ${window} (${percent(slowCalls, calls)}; threshold ${options.slowCallRateThreshold} %)`;
  return undefined;
}

const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
