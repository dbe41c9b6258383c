import type { BreakerRecord, Hold, State } from '../../../runtime/breaker/state';

/** The detail of a state change's event. */
export interface Announcement {
  readonly breaker: string;
  readonly dependency: string;
  readonly from: State;
  readonly to: State;
  /** Why, in words. */
  readonly evidence: string;
  readonly hold?: Hold;
  readonly term: number;
  readonly epoch: number;
  readonly version: number;
  /** ISO 8601. */
  readonly since: string;
}

/** What a write has to be told to the world as; most writes only keep count. */
export function announcement(
  breaker: string,
  before: BreakerRecord | undefined,
  after: BreakerRecord,
): Announcement | undefined {
  const from = before?.state ?? 'closed';
  const sameHold = JSON.stringify(before?.hold) === JSON.stringify(after.hold);
  if (sameHold && (before?.term ?? 0) === after.term) return undefined;
  const { dependency, state, evidence, hold, term, epoch, version, since } = after;
  return {
    breaker,
    dependency,
    from,
    to: state,
    evidence,
    ...(hold && { hold }),
    term,
    epoch,
    version,
    since: new Date(since).toISOString(),
  };
}
