import { change } from '../../../functions/circuit-breaker/store';
import type { BreakerRecord } from '../../../functions/domain/breaker/state';
import { MemoryStore } from './memory-store';
import { randomFrom, SETTINGS, Simulation } from './simulation';

const OUTAGE_ENDS = 150;
const CRASHES_END = 240;
const LENGTH = 570;

/** Outages and recoveries in any order, and health from `OUTAGE_ENDS` on. */
function faults(seed: number): (second: number) => boolean {
  const random = randomFrom(seed ^ 0x5eed);
  const turns: number[] = [];
  for (let at = 5 + random() * 20; at < OUTAGE_ENDS; at += 2 + random() * 60) turns.push(at);
  return (second) => second >= OUTAGE_ENDS || turns.filter((turn) => turn <= second).length % 2 === 0;
}

const play = (seed: number, more: Partial<ConstructorParameters<typeof Simulation>[0]> = {}) =>
  new Simulation({
    seed,
    healthy: faults(seed),
    seconds: LENGTH,
    crash: 0.03,
    crashesUntil: CRASHES_END,
    rate: 2,
    ...more,
  }).run();

const HISTORIES = 1000;

describe('histories of a breaker with crashes between every two writes', () => {
  test(`${HISTORIES} seeded histories: one transition a trip, no stale close, recovered and empty at the end`, async () => {
    let tripped = 0;
    let crashes = 0;
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const world = await play(seed);
      expect({ seed, problems: world.unfinished() }).toEqual({ seed, problems: [] });
      tripped += world.changes.filter(({ after }) => after.state === 'open').length;
      crashes += world.crashes;
    }
    // The histories are worth something: nearly all of them trip, many times, and processes die all the time.
    expect(tripped).toBeGreaterThan(HISTORIES);
    expect(crashes).toBeGreaterThan(10 * HISTORIES);
  }, 600_000);

  test('people hold and lift in the middle of it, and a forgotten hold expires', async () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const random = randomFrom(seed ^ 0xbeef);
      const world = await play(seed, {
        people: async ({ store, now }) => {
          for (let hold = 0; hold < 4; hold += 1) {
            const until = now() + 20_000 + random() * 100_000;
            const kind = random() < 0.5 ? 'open' : 'closed';
            const asked = { kind: 'hold', hold: { kind, who: 'ada', why: 'a drill', until } } as const;
            await change(store, 'payment', asked, now(), SETTINGS);
            while (now() < until - random() * 60_000) await store.read('payment');
          }
        },
      });
      expect({ seed, problems: world.unfinished() }).toEqual({ seed, problems: [] });
    }
  }, 120_000);

  test('the invariants notice a store that writes without looking at the version', async () => {
    class Careless extends MemoryStore {
      protected override mayWrite(_: BreakerRecord, next: BreakerRecord): boolean {
        return next.version > 0;
      }
    }
    const caught: number[] = [];
    for (let seed = 1; seed <= 50; seed += 1) {
      const world = await play(seed, { store: new Careless() });
      if (world.unfinished().length > 0) caught.push(seed);
    }
    expect(caught.length).toBeGreaterThan(10);
  }, 120_000);

  test('the invariants notice a recovery that nothing revives', async () => {
    const caught: number[] = [];
    for (let seed = 1; seed <= 50; seed += 1) {
      const world = await play(seed, { schedule: 0 });
      if (world.unfinished().some((problem) => /stuck|left|wait|not recovered/.test(problem))) caught.push(seed);
    }
    expect(caught.length).toBeGreaterThan(10);
  }, 120_000);
});

describe('a dependency that flaps: up 5 s, down 5 s', () => {
  test('makes at most one transition a configured wait, and nothing is lost', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const healthy = (second: number) => second >= 600 || Math.floor(second / 5) % 2 === 0;
      const world = await new Simulation({ seed, healthy, seconds: 1200, crash: 0, rate: 2 }).run();
      const times = world.changes.filter(({ at }) => at < 600).map(({ at }) => at);
      expect(times.length).toBeGreaterThan(0);
      const gaps = times.slice(1).map((at, index) => at - (times[index] as number));
      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(SETTINGS.waitDurationInOpenState);
      expect({ seed, problems: world.unfinished() }).toEqual({ seed, problems: [] });
    }
  }, 120_000);
});
