import { isDeepStrictEqual } from 'node:util';
import { type BreakerOptions, sweepWaitSeconds, waitSeconds } from './options';
import { type BreakerRecord, type Hold, holdInForce, recovering, type State } from './state';

/**
 * What may change a breaker. Evidence says what it is evidence about: calls belong to the `term` that they were made in, a canary and
 * a recovery's decisions to the `version` that was read before. Whatever has changed since makes them stale, and they change nothing.
 */
export type BreakerEvent =
  /** Calls went badly enough, or an alarm did. */
  | { readonly kind: 'trip'; readonly term: number; readonly evidence: string }
  /** A canary, or as many as were asked for, came back. */
  | {
      readonly kind: 'canary';
      readonly version: number;
      readonly green: boolean;
      readonly detail: string;
      /** When messages began to come in this half-open; nothing while they don't: the watch begins with them, not with the write. */
      readonly servedFrom?: number;
    }
  /** Closed, and messages were found in parked: they are to be released, as long as they are not those that come back each time. `most`: sweeps in a row. */
  | { readonly kind: 'sweep'; readonly version: number; readonly most: number }
  /** Nothing is in parked. */
  | { readonly kind: 'clean'; readonly version: number }
  /** Closed, and nothing is left in parked. */
  | { readonly kind: 'released'; readonly version: number }
  /** The recovery goes on in another execution. */
  | { readonly kind: 'hand-over'; readonly version: number }
  /** `replace`: it may take the place of another hold that is in force; default: that one stands. */
  | { readonly kind: 'hold'; readonly hold: Hold; readonly replace?: boolean }
  | { readonly kind: 'lift-hold'; readonly who: string; readonly why: string }
  /** A look at the clock: a hold that has run out is cleared. */
  | { readonly kind: 'tick' };

export type Transition = { readonly to: BreakerRecord } | { readonly refused: string };

/** The one place that says what a breaker does. Pure: the same record, event and moment give the same answer. */
export function transition(
  record: BreakerRecord,
  event: BreakerEvent,
  now: number,
  options: BreakerOptions,
): Transition {
  if ('version' in event && event.version !== record.version) return refused(`version ${event.version} is past`);
  switch (event.kind) {
    case 'trip':
      return trip(record, event, now, options);
    case 'canary':
      return canary(record, event, now, options);
    case 'sweep':
      return sweep(record, event.most, now);
    case 'clean':
      if (record.sweeps === 0 || recovering(record) || now < record.releasedAt + CLEAN_MS)
        return refused('too early to say');
      return { to: write(record, { sweeps: 0 }) };
    case 'released':
      if (record.state !== 'closed' || !record.releasing) return refused('nothing is being released');
      return { to: write(record, { releasing: false, releasedAt: now }) };
    case 'hand-over':
      return recovering(record) ? { to: write(record, { run: record.run + 1 }) } : refused('nothing to recover');
    case 'hold':
      return hold(record, event, now);
    case 'lift-hold':
      if (!record.hold) return refused('nothing is held');
      return lift(record, `hold lifted by ${event.who}: ${event.why}`, now);
    case 'tick':
      if (!record.hold || holdInForce(record, now)) return refused('nothing has expired');
      return lift(record, `the hold of ${record.hold.who} expired`, now);
  }
}

function trip(
  record: BreakerRecord,
  { term, evidence }: BreakerEvent & { kind: 'trip' },
  now: number,
  options: BreakerOptions,
): Transition {
  if (term !== record.term) return refused(`the evidence is from term ${term}`);
  if (record.state === 'open') return refused('open already');
  const held = holdInForce(record, now);
  if (held) return refused(`held ${held.kind} by ${held.who}`);
  return { to: open(record, evidence, now, options) };
}

function canary(
  record: BreakerRecord,
  { green, detail, servedFrom }: BreakerEvent & { kind: 'canary' },
  now: number,
  options: BreakerOptions,
): Transition {
  const held = holdInForce(record, now);
  if (held) return refused(`held ${held.kind} by ${held.who}`);
  switch (record.state) {
    case 'closed':
      return refused('closed already');
    case 'open': {
      if (now < record.retryAt) return refused('the wait is not over');
      if (green) return { to: enter(record, 'half-open', detail, now, {}) };
      const attempt = record.attempt + 1;
      return { to: write(record, { attempt, retryAt: now + waitSeconds(options, attempt) * 1000 }) };
    }
    case 'half-open':
      if (!green) return { to: open(record, `relapse: ${detail}`, now, options) };
      if (servedFrom === undefined) return refused('no messages come yet');
      if (now < servedFrom + options.watchDurationInHalfOpenState * 1000) return refused('still under watch');
      return { to: enter(record, 'closed', `healthy under watch: ${detail}`, now, { releasing: true }) };
  }
}

/** A new outage from closed; from half-open a relapse of the same one, which waits longer. */
function open(record: BreakerRecord, evidence: string, now: number, options: BreakerOptions): BreakerRecord {
  const relapse = record.state === 'half-open';
  const attempt = relapse ? record.attempt + 1 : 1;
  const retryAt = now + waitSeconds(options, attempt) * 1000;
  return enter(record, 'open', evidence, now, {
    attempt,
    retryAt,
    ...(!relapse && { epoch: record.epoch + 1, run: 0 }),
  });
}

function sweep(record: BreakerRecord, most: number, now: number): Transition {
  if (recovering(record)) return refused('a recovery is under way');
  if (record.sweeps >= most) return refused(`${record.sweeps} sweeps in a row have not emptied parked`);
  if (now < record.releasedAt + sweepWaitSeconds(record.sweeps) * 1000) return refused('the last release is too fresh');
  return { to: write(record, { releasing: true, run: record.run + 1, sweeps: record.sweeps + 1 }) };
}

/** A message that failed again is back in parked well within this. */
const CLEAN_MS = 3_600_000;

function hold(record: BreakerRecord, event: BreakerEvent & { kind: 'hold' }, now: number): Transition {
  const { hold: held, replace = false } = event;
  if (held.until <= now) return refused('the hold would be over before it began');
  const before = holdInForce(record, now);
  // Asked again after a lost answer, it is the same hold.
  if (before && !replace && !isDeepStrictEqual(before, held)) {
    const until = new Date(before.until).toISOString();
    return refused(`held ${before.kind} by ${before.who} until ${until}: ${before.why}. Lift that hold, or replace it`);
  }
  const evidence = `held ${held.kind} by ${held.who}: ${held.why}`;
  if (held.kind === record.state) return { to: write(record, { hold: held }) };
  if (held.kind === 'closed') {
    // By a new execution, as after a lift: the one that runs sleeps until the next canary.
    const change = { hold: held, releasing: true, run: record.run + 1 };
    return { to: enter(record, 'closed', evidence, now, change) };
  }
  const outage = record.state === 'closed' ? { epoch: record.epoch + 1, run: 0, attempt: 1 } : {};
  return { to: enter(record, 'open', evidence, now, { ...outage, hold: held, retryAt: now }) };
}

/**
 * Without its hold a breaker stays as it is: an open one closes by its canary, as always, and never with a bang. It is asked at once, by a
 * new execution: the one that runs may sleep for minutes yet.
 */
function lift(record: BreakerRecord, evidence: string, now: number): Transition {
  const { hold: _, ...rest } = write(record, { evidence });
  if (rest.state !== 'open') return { to: rest };
  return { to: { ...rest, run: rest.run + 1, retryAt: Math.min(rest.retryAt, now) } };
}

function write(record: BreakerRecord, change: Partial<BreakerRecord>): BreakerRecord {
  return { ...record, ...change, version: record.version + 1 };
}

function enter(
  record: BreakerRecord,
  state: State,
  evidence: string,
  now: number,
  change: Partial<BreakerRecord>,
): BreakerRecord {
  // A hold that ran out unnoticed doesn't travel into the next state; one that is set right now comes with the change.
  const { hold: _, ...unheld } = record;
  const releasing = state === 'closed';
  return { ...write(unheld, { releasing, ...change }), state, evidence, since: now, term: record.term + 1 };
}

const refused = (reason: string): Transition => ({ refused: reason });
