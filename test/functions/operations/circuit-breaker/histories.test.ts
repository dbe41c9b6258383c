import { type History, historyOf } from './simulation/histories';
import { Simulation } from './simulation/simulation';

/** Histories in which processes die between any two writes: every second seed is one. */
const ROUGH = 1000;
/** And such in which none does, by turns all prompt or all slow. */
const OTHERS = 300;

describe('histories of breakers with two dependencies', () => {
  test(`in ${ROUGH} seeded histories with crashes between every two writes, and ${OTHERS} without, nothing goes wrong that anybody could see`, async () => {
    let tripped = 0;
    let crashes = 0;
    let rough = 0;
    for (let seed = 1; seed <= 2 * ROUGH; seed += seed < 2 * OTHERS ? 1 : 2) {
      const history = historyOf(seed);
      const simulation = new Simulation(history);
      expect({ seed, problems: await simulation.run() }).toEqual({ seed, problems: [] });
      tripped += simulation.tripped;
      crashes += simulation.time.crashes;
      if (history.weather === 'rough') rough += 1;
    }
    // The histories are worth something: nearly all of them trip, many times, and in rough ones processes die all the time.
    expect(rough).toBe(ROUGH);
    expect(tripped).toBeGreaterThan(2 * (ROUGH + OTHERS));
    expect(crashes).toBeGreaterThan(20 * ROUGH);
  }, 600_000);

  test('without the schedule something is left undone', async () => {
    let caught = 0;
    for (let seed = 2; seed <= 60; seed += 2) {
      const problems = await new Simulation({ ...historyOf(seed), schedule: 0 }).run();
      if (problems.length > 0) caught += 1;
    }
    expect(caught).toBeGreaterThan(5);
  }, 120_000);
});

describe('a dependency that flaps: up 5 s, down 5 s', () => {
  test('makes at most one transition a configured wait, and nothing is lost', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const flaps = (second: number) => (second >= 600 || Math.floor(second / 5) % 2 === 0 ? 'healthy' : 'sick');
      const history: History = {
        ...historyOf(seed),
        weather: 'calm',
        people: false,
        alarmed: false,
        wrapped: true,
        health: { payment: flaps, kitchen: () => 'healthy' },
        trafficUntil: 620,
      };
      // The row of canaries is longer than it is up, as with the defaults.
      const simulation = new Simulation(history, { canaries: 3, canaryInterval: 3 });
      expect({ seed, problems: await simulation.run() }).toEqual({ seed, problems: [] });
      const times = simulation.changes.filter(({ dependency, at }) => dependency === 'payment' && at < 600);
      expect(times.length).toBeGreaterThan(0);
      const { waitDurationInOpenState, watchDurationInHalfOpenState } = simulation.settings.payment;
      const least = Math.min(waitDurationInOpenState, watchDurationInHalfOpenState);
      const gaps = times.slice(1).map(({ at }, index) => at - (times[index]?.at ?? 0));
      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(least);
    }
  }, 120_000);
});
