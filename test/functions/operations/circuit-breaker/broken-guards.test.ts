import { BREAKS } from './simulation/breaks';
import { broken, firstSeen } from './simulation/broken';
import { historyOf } from './simulation/histories';
import { Simulation } from './simulation/simulation';

/** At most; nearly all show it in far fewer. */
const HISTORIES = 4000;

describe('a guard that is gone is seen in the histories', () => {
  test.each(BREAKS.map((breaks) => [breaks.map(({ guard }) => guard).join('; '), breaks] as const))(
    '%s',
    async (_, breaks) => {
      const simulation = await broken(...breaks);
      const seen = await firstSeen(simulation, HISTORIES, breaks[0]?.weather);
      expect(seen).toBeDefined();
      // It is the guard that makes the difference.
      expect(await new Simulation(historyOf(seen?.seed ?? 0)).run()).toEqual([]);
    },
    300_000,
  );
});
