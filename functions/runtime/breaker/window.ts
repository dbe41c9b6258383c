/** What calls came to. */
export interface Counts {
  readonly calls: number;
  readonly failures: number;
  readonly slowCalls: number;
}

/** Calls counted, with the failures since the last success. Times are in milliseconds since 1970, 0 where there was none. */
export interface Tally extends Counts {
  readonly failuresInARow: number;
  /** When the first of the row failed. */
  readonly rowBegan: number;
  readonly lastSuccess: number;
}

export const NOTHING: Tally = { calls: 0, failures: 0, slowCalls: 0, failuresInARow: 0, rowBegan: 0, lastSuccess: 0 };

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

/** Counts of different calls as one. */
export function join(one: Tally, other: Tally): Tally {
  return {
    calls: one.calls + other.calls,
    failures: one.failures + other.failures,
    slowCalls: one.slowCalls + other.slowCalls,
    lastSuccess: Math.max(one.lastSuccess, other.lastSuccess),
    ...joinRows(one, other),
  };
}

/**
 * The row of failures when `seen` is added. Only a success after the row began ends it: what a sandbox counted before the outage and shares with
 * its first failure must not hide what others have seen.
 */
export function joinRows(
  row: Pick<Tally, 'failuresInARow' | 'rowBegan'>,
  seen: Pick<Tally, 'failuresInARow' | 'rowBegan' | 'lastSuccess'>,
): Pick<Tally, 'failuresInARow' | 'rowBegan'> {
  if (row.rowBegan <= seen.lastSuccess) return { failuresInARow: seen.failuresInARow, rowBegan: seen.rowBegan };
  return { failuresInARow: row.failuresInARow + seen.failuresInARow, rowBegan: row.rowBegan };
}

/** There is a success among them. */
export const hasSuccess = ({ calls, failures }: Counts): boolean => calls > failures;

/** What one sandbox has seen and not shared yet. Counting a call is arithmetic on one slot: it is on the path of every message. */
export class SlidingWindow {
  private readonly starts = new Float64Array(BUCKETS);
  private readonly calls = new Float64Array(BUCKETS);
  private readonly failures = new Float64Array(BUCKETS);
  private readonly slow = new Float64Array(BUCKETS);
  private failuresInARow = 0;
  private rowBegan = 0;
  private lastSuccess = 0;
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
      if (this.failuresInARow === 0) this.rowBegan = now;
      this.failuresInARow += 1;
    } else {
      this.failuresInARow = 0;
      this.rowBegan = 0;
      this.lastSuccess = now;
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
    const { rowBegan, lastSuccess } = this;
    return { ...counts, failuresInARow: Math.min(this.failuresInARow, counts.failures), rowBegan, lastSuccess };
  }

  clear(): void {
    this.starts.fill(0);
    this.failuresInARow = 0;
    this.rowBegan = 0;
    this.lastSuccess = 0;
  }
}
