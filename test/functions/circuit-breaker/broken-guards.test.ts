import { BREAKS } from './simulation/breaks';
import { broken, firstSeen } from './simulation/broken';

/** At most; nearly all show it in far fewer. */
const HISTORIES = 4000;

describe('a guard that is gone is seen in the histories', () => {
  test.each(BREAKS.map((breaks) => [breaks.map(({ guard }) => guard).join('; '), breaks] as const))(
    '%s',
    async (_, breaks) => {
      const simulation = await broken(...breaks);
      expect(await firstSeen(simulation, HISTORIES, breaks[0]?.weather)).toBeDefined();
    },
    300_000,
  );
});
