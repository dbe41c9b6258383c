import fc from 'fast-check';
import {
  type BreakerOptions,
  DEFAULT_OPTIONS,
  sweepWaitSeconds,
  waitSeconds,
} from '../../../../functions/runtime/breaker/options';
import {
  type BreakerRecord,
  holdInForce,
  initial,
  recovering,
  type State,
} from '../../../../functions/runtime/breaker/state';
import { type BreakerEvent, transition } from '../../../../functions/runtime/breaker/transition';

const options: BreakerOptions = {
  ...DEFAULT_OPTIONS,
  waitDurationInOpenState: 10,
  maxWaitDurationInOpenState: 60,
  watchDurationInHalfOpenState: 20,
};

/** What an outsider would say a breaker does: as little as possible, and nothing of how. */
interface Model {
  state: State;
  since: number;
  openedFor: number;
  hold?: { kind: 'open' | 'closed'; until: number };
}

type Step = { readonly wait: number } & (
  | { readonly kind: 'trip' | 'sweep' | 'clean' | 'released' | 'hand-over' | 'lift-hold' | 'tick' }
  | { readonly kind: 'canary'; readonly green: boolean }
  | { readonly kind: 'hold'; readonly hold: 'open' | 'closed'; readonly seconds: number }
) & { readonly stale: boolean };

const wait = fc.integer({ min: 0, max: 90 });
const stale = fc.boolean();
const steps = fc.array(
  fc.oneof(
    fc.record({
      wait,
      stale,
      kind: fc.constantFrom(
        'trip',
        'sweep',
        'clean',
        'released',
        'hand-over',
        'lift-hold',
        'tick',
      ) as fc.Arbitrary<'trip'>,
    }),
    fc.record({ wait, stale, kind: fc.constant('canary' as const), green: fc.boolean() }),
    fc.record({
      wait,
      stale: fc.constant(false),
      kind: fc.constant('hold' as const),
      hold: fc.constantFrom('open' as const, 'closed' as const),
      seconds: fc.integer({ min: -5, max: 200 }),
    }),
  ),
  { maxLength: 40 },
) as fc.Arbitrary<Step[]>;

function eventOf(step: Step, record: BreakerRecord, now: number): BreakerEvent {
  const version = step.stale ? record.version - 1 : record.version;
  switch (step.kind) {
    case 'trip':
      return { kind: 'trip', term: step.stale ? record.term - 1 : record.term, evidence: 'it failed' };
    case 'canary':
      return { kind: 'canary', version, green: step.green, detail: 'asked', servedFrom: record.since };
    case 'hold':
      return {
        kind: 'hold',
        replace: true,
        hold: { kind: step.hold, who: 'ada', why: 'a drill', until: now + step.seconds * 1000 },
      };
    case 'lift-hold':
      return { kind: 'lift-hold', who: 'ada', why: 'over' };
    case 'tick':
      return { kind: 'tick' };
    case 'sweep':
      return { kind: 'sweep', version, most: 3 };
    default:
      return { kind: step.kind, version };
  }
}

/** The model's answer: the state afterwards. */
function expected(model: Model, step: Step, now: number): State {
  const held = model.hold && now < model.hold.until ? model.hold : undefined;
  if (step.kind === 'hold') return step.seconds > 0 ? step.hold : model.state;
  if (step.stale || held) return model.state;
  if (step.kind === 'trip') return 'open';
  if (step.kind !== 'canary') return model.state;
  if (model.state === 'open') return step.green && now >= model.openedFor ? 'half-open' : 'open';
  if (model.state === 'half-open') {
    if (!step.green) return 'open';
    return now >= model.since + options.watchDurationInHalfOpenState * 1000 ? 'closed' : 'half-open';
  }
  return model.state;
}

/** Plays steps through the transition function and tells every record that came of it. */
function play(played: Step[], look: (before: BreakerRecord, after: BreakerRecord, step: Step, now: number) => void) {
  let record = initial('payment');
  let now = 1_000_000;
  for (const step of played) {
    now += step.wait * 1000;
    const decided = transition(record, eventOf(step, record, now), now, options);
    const after = 'to' in decided ? decided.to : record;
    look(record, after, step, now);
    record = after;
  }
}

describe('the transition of a circuit breaker', () => {
  test('does what the model says, for every sequence of events', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (before, after, step, now) => {
          const model: Model = {
            state: before.state,
            since: before.since,
            openedFor: before.retryAt,
            ...(before.hold && { hold: before.hold }),
          };
          expect(after.state).toBe(expected(model, step, now));
        });
      }),
      { numRuns: 2000 },
    );
  });

  test('counts every write, every change of state and every outage exactly once', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (before, after) => {
          if (after === before) return;
          expect(after.version).toBe(before.version + 1);
          expect(after.term).toBe(before.term + (after.state === before.state ? 0 : 1));
          expect(after.epoch).toBe(before.epoch + (before.state === 'closed' && after.state !== 'closed' ? 1 : 0));
        });
      }),
    );
  });

  test('does not close while no messages come, however long it has been half-open', () => {
    const halfOpen = { ...initial('payment'), state: 'half-open' as const, since: 1_000_000 };
    const green = { kind: 'canary', version: 0, green: true, detail: 'fine' } as const;
    expect(transition(halfOpen, green, 9_000_000, options)).toEqual({ refused: 'no messages come yet' });
  });

  test('never goes from open to closed but by a person, and waits before half-open, longer after each relapse', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (before, after, step, now) => {
          if (before.state === 'open' && after.state === 'closed') expect(step.kind).toBe('hold');
          if (before.state === 'half-open' && after.state === 'open' && step.kind !== 'hold') {
            expect(after.attempt).toBe(before.attempt + 1);
            expect(after.retryAt).toBe(now + waitSeconds(options, after.attempt) * 1000);
          }
        });
      }),
    );
  });

  test('a hold stands until it expires, then means nothing, and never closes with a bang', () => {
    fc.assert(
      fc.property(steps, (played) => {
        play(played, (before, after, step, now) => {
          const held = holdInForce(before, now);
          if (held && step.kind !== 'hold') expect(after.state).toBe(before.state);
          if (step.kind === 'tick') expect(holdInForce(after, now)).toEqual(held);
          if (step.kind === 'tick' || step.kind === 'lift-hold') expect(after.state).toBe(before.state);
        });
      }),
    );
  });

  test('sweeps come after longer and longer waits, no more of them in a row than allowed, and never beside a recovery', () => {
    const sweeping = fc.array(
      fc.record({
        // Minutes and hours, as they matter to sweeps.
        wait: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 9000 })),
        stale: fc.constant(false),
        kind: fc.constantFrom('sweep', 'clean', 'released') as fc.Arbitrary<'sweep'>,
      }),
      { maxLength: 60 },
    ) as fc.Arbitrary<Step[]>;
    fc.assert(
      fc.property(sweeping, (played) => {
        play(played, (before, after, step, now) => {
          const sinceRelease = (now - before.releasedAt) / 1000;
          if (after.releasing && !before.releasing) {
            expect(step.kind).toBe('sweep');
            expect(recovering(before)).toBe(false);
            expect(before.sweeps).toBeLessThan(3);
            expect(sinceRelease).toBeGreaterThanOrEqual(sweepWaitSeconds(before.sweeps));
            expect(after).toMatchObject({ sweeps: before.sweeps + 1, run: before.run + 1 });
          }
          if (after.sweeps < before.sweeps) {
            expect(after.sweeps).toBe(0);
            expect(sinceRelease).toBeGreaterThanOrEqual(3600);
          }
          if (before.releasing && !after.releasing) expect(after.releasedAt).toBe(now);
        });
      }),
      { numRuns: 1000 },
    );
    expect([0, 1, 2, 3, 4, 40].map(sweepWaitSeconds)).toEqual([0, 300, 600, 1200, 2400, 86_400]);
  });

  test('who forces it closed starts a recovery that releases, and does not wait for the one that sleeps', () => {
    const trip = { kind: 'trip', term: 0, evidence: 'it failed' } as const;
    const open = transition(initial('payment'), trip, 1_000_000, options);
    const hold = { kind: 'closed', who: 'ada', why: 'the alarm is wrong', until: 9_000_000 } as const;
    const forced = 'to' in open && transition(open.to, { kind: 'hold', hold }, 1_001_000, options);
    expect(forced).toMatchObject({ to: { state: 'closed', releasing: true, epoch: 1, run: 1 } });
  });

  test('the wait doubles from attempt to attempt up to its cap', () => {
    expect([1, 2, 3, 4, 5, 60].map((attempt) => waitSeconds(options, attempt))).toEqual([10, 20, 40, 60, 60, 60]);
  });

  test('a hold open lifted early is followed by a canary at once, not by the rest of the hold', () => {
    const hold = { kind: 'open', who: 'ada', why: 'maintenance', until: 9_000_000 } as const;
    const held = transition(initial('payment'), { kind: 'hold', hold }, 1_000_000, options);
    const lifted =
      'to' in held && transition(held.to, { kind: 'lift-hold', who: 'ada', why: 'done' }, 2_000_000, options);
    expect(lifted).toMatchObject({ to: { state: 'open', epoch: 1, evidence: 'hold lifted by ada: done' } });
    const green = { kind: 'canary', version: 2, green: true, detail: 'fine' } as const;
    expect(lifted && 'to' in lifted && transition(lifted.to, green, 2_000_000, options)).toMatchObject({
      to: { state: 'half-open' },
    });
  });
});
