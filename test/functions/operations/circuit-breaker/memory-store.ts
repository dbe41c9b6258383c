import { type BreakerRecord, initial } from '../../../../functions/runtime/breaker/state';
import type { BreakerStore, Permit, Shared } from '../../../../functions/runtime/breaker/store';
import {
  BUCKETS,
  type Bucket,
  bucketAt,
  joinRows,
  NOTHING,
  type Tally,
  total,
} from '../../../../functions/runtime/breaker/window';

interface Calls {
  term: number;
  failuresInARow: number;
  rowBegan: number;
  buckets: (Bucket | undefined)[];
}

/** A store in memory with the conditions that DynamoDB checks: the same contract test runs against both. */
export class MemoryStore implements BreakerStore {
  readonly records = new Map<string, BreakerRecord>();
  private readonly calls = new Map<string, Calls>();
  /** Counts round trips by method. */
  readonly trips = { read: 0, readShared: 0, write: 0, share: 0, permit: 0 };
  private readonly permits = new Map<string, Pick<Permit, 'term' | 'slot'> & { holders: Set<string> }>();
  /** Told of every write that was made, with what was there before. */
  onWrite: (before: BreakerRecord, after: BreakerRecord) => void = () => {};

  async read(dependency: string): Promise<BreakerRecord> {
    this.trips.read += 1;
    return this.record(dependency);
  }

  async readShared(dependency: string, windowSeconds: number, now: number): Promise<Shared> {
    this.trips.readShared += 1;
    const record = this.record(dependency);
    const calls = this.calls.get(dependency);
    return { record, tally: calls?.term === record.term ? tallyOf(calls, windowSeconds, now) : NOTHING };
  }

  async write(next: BreakerRecord): Promise<{ written: boolean; stored: BreakerRecord }> {
    this.trips.write += 1;
    const stored = this.record(next.dependency);
    if (!this.mayWrite(stored, next)) return { written: false, stored };
    this.records.set(next.dependency, next);
    this.onWrite(stored, next);
    return { written: true, stored: next };
  }

  protected mayWrite(stored: BreakerRecord, next: BreakerRecord): boolean {
    return next.version === stored.version + 1;
  }

  async share(dependency: string, term: number, seen: Tally, windowSeconds: number, now: number) {
    this.trips.share += 1;
    const { index, start } = bucketAt(now, windowSeconds);
    let calls = this.calls.get(dependency);
    if (calls && calls.term > term) return undefined;
    if (!calls || calls.term < term) {
      calls = { term, failuresInARow: 0, rowBegan: 0, buckets: new Array(BUCKETS) };
      this.calls.set(dependency, calls);
    }
    const slice = calls.buckets[index];
    if (slice && slice.start > start) return tallyOf(calls, windowSeconds, now);
    const before = slice?.start === start ? slice : { start, calls: 0, failures: 0, slowCalls: 0 };
    calls.buckets[index] = {
      start,
      calls: before.calls + seen.calls,
      failures: before.failures + seen.failures,
      slowCalls: before.slowCalls + seen.slowCalls,
    };
    Object.assign(calls, joinRows(calls, seen));
    return tallyOf(calls, windowSeconds, now);
  }

  async permit(dependency: string, { term, slot, limit, name }: Permit): Promise<boolean> {
    this.trips.permit += 1;
    let permits = this.permits.get(dependency);
    if (!permits || permits.term < term || (permits.term === term && permits.slot < slot)) {
      permits = { term, slot, holders: new Set() };
      this.permits.set(dependency, permits);
    }
    if (permits.term !== term || permits.slot !== slot) return false;
    if (permits.holders.size < limit) permits.holders.add(name);
    return permits.holders.has(name);
  }

  private record(dependency: string): BreakerRecord {
    return this.records.get(dependency) ?? initial(dependency);
  }
}

function tallyOf(calls: Calls, windowSeconds: number, now: number): Tally {
  const counts = total(calls.buckets, now, windowSeconds);
  const failuresInARow = Math.min(calls.failuresInARow, counts.failures);
  return { ...counts, failuresInARow, rowBegan: calls.rowBegan, lastSuccess: 0 };
}
