import { history, seeds } from './histories';

test.each([0, 1, 2, 3])(
  'every accepted message ends as done, in repair or parked, each effect once: quarter %i of 1,000 histories',
  async (quarter) => {
    for (const seed of seeds(quarter, 250)) expect(await history(seed)).toEqual([]);
  },
);
