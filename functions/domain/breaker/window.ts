/** What calls came to. */
export interface Counts {
  readonly calls: number;
  readonly failures: number;
  readonly slowCalls: number;
}

/** Calls counted, with the failures since the last success. */
export interface Tally extends Counts {
  readonly failuresInARow: number;
}

export const NOTHING: Tally = { calls: 0, failures: 0, slowCalls: 0, failuresInARow: 0 };

/** A slice of the window; `start` is in milliseconds since 1970. */
export interface Bucket extends Counts {
  readonly start: number;
}

/** Slices of a window: it slides by a tenth of its size. */
export const BUCKETS = 10;

/** The slice that a moment belongs to. */
export function bucketAt(now: number, windowSeconds: number): { index: number; start: number } {
  const length = (windowSeconds * 1000) / BUCKETS;
  const number = Math.floor(now / length);
  return { index: number % BUCKETS, start: Math.round(number * length) };
}

/** Adds up the slices that the window still covers. */
export function total(buckets: Iterable<Bucket | undefined>, now: number, windowSeconds: number): Counts {
  const oldest = now - windowSeconds * 1000;
  let calls = 0;
  let failures = 0;
  let slowCalls = 0;
  for (const bucket of buckets) {
    if (!bucket || bucket.start <= oldest) continue;
    calls += bucket.calls;
    failures += bucket.failures;
    slowCalls += bucket.slowCalls;
  }
  return { calls, failures, slowCalls };
}

/** Two counts of different calls as one: `later` came after `earlier`. */
export function join(earlier: Tally, later: Tally): Tally {
  return {
    calls: earlier.calls + later.calls,
    failures: earlier.failures + later.failures,
    slowCalls: earlier.slowCalls + later.slowCalls,
    failuresInARow: hasSuccess(later) ? later.failuresInARow : earlier.failuresInARow + later.failuresInARow,
  };
}

/** A success among them ends whatever row of failures went before. */
export const hasSuccess = ({ calls, failures }: Counts): boolean => calls > failures;

/** What one sandbox has seen and not shared yet. Counting a call is arithmetic on one slot: it is on the path of every message. */
export class SlidingWindow {
  private readonly starts = new Float64Array(BUCKETS);
  private readonly calls = new Float64Array(BUCKETS);
  private readonly failures = new Float64Array(BUCKETS);
  private readonly slow = new Float64Array(BUCKETS);
  private failuresInARow = 0;
  private readonly length: number;

  constructor(private readonly windowSeconds: number) {
    this.length = (windowSeconds * 1000) / BUCKETS;
  }

  add(now: number, failed: boolean, slow: boolean): void {
    const number = Math.floor(now / this.length);
    const index = number % BUCKETS;
    const start = Math.round(number * this.length);
    if (this.starts[index] !== start) {
      this.starts[index] = start;
      this.calls[index] = 0;
      this.failures[index] = 0;
      this.slow[index] = 0;
    }
    (this.calls[index] as number) += 1;
    if (slow) (this.slow[index] as number) += 1;
    if (failed) {
      (this.failures[index] as number) += 1;
      this.failuresInARow += 1;
    } else {
      this.failuresInARow = 0;
    }
  }

  tally(now: number): Tally {
    const buckets = Array.from(this.starts, (start, index) => ({
      start,
      calls: this.calls[index] ?? 0,
      failures: this.failures[index] ?? 0,
      slowCalls: this.slow[index] ?? 0,
    }));
    const counts = total(buckets, now, this.windowSeconds);
    return { ...counts, failuresInARow: Math.min(this.failuresInARow, counts.failures) };
  }

  clear(): void {
    this.starts.fill(0);
    this.failuresInARow = 0;
  }
}
