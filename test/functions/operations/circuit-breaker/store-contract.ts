import { DEFAULT_OPTIONS } from '../../../../functions/runtime/breaker/options';
import { initial } from '../../../../functions/runtime/breaker/state';
import { type BreakerStore, change } from '../../../../functions/runtime/breaker/store';
import { transition } from '../../../../functions/runtime/breaker/transition';
import { NOTHING, type Tally } from '../../../../functions/runtime/breaker/window';

const NOW = 1_700_000_001_000;
const WINDOW = 30;
const failures = (count: number, at: number, lastSuccess = 0): Tally => ({
  calls: count,
  failures: count,
  slowCalls: 0,
  failuresInARow: count,
  rowBegan: at,
  lastSuccess,
});

/** What every store has to do; run against the one in memory, that the histories are played on, and against DynamoDB. */
export function storeContract(store: () => BreakerStore): void {
  let number = 0;
  let dependency = '';
  beforeEach(() => {
    dependency = `payment-${number++}`;
  });
  const trip = (term: number, evidence: string) =>
    change(store(), dependency, { kind: 'trip', term, evidence }, NOW, DEFAULT_OPTIONS);

  test('a dependency of which nothing is written is closed', async () => {
    expect(await store().read(dependency)).toEqual(initial(dependency));
    expect(await store().readShared(dependency, WINDOW, NOW)).toEqual({ record: initial(dependency), tally: NOTHING });
  });

  test('what is written is read back as it was, with its hold and without', async () => {
    const held = { kind: 'open', who: 'ada', why: 'a drill: "quotes", ünïcode', until: NOW + 60_000 } as const;
    const decided = transition(initial(dependency), { kind: 'hold', hold: held }, NOW, DEFAULT_OPTIONS);
    if (!('to' in decided)) throw new Error(decided.refused);
    expect(await store().write(decided.to)).toEqual({ written: true, stored: decided.to });
    expect(await store().read(dependency)).toEqual(decided.to);
    await change(store(), dependency, { kind: 'lift-hold', who: 'ada', why: 'over' }, NOW, DEFAULT_OPTIONS);
    expect(await store().read(dependency)).not.toHaveProperty('hold');
  });

  test('of twenty that trip at once one makes the transition', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => trip(0, `by ${index}`)));
    const winners = all.filter(({ changed }) => changed);
    expect(winners).toHaveLength(1);
    const record = await store().read(dependency);
    expect(record).toMatchObject({ state: 'open', version: 1, term: 1, epoch: 1 });
    for (const { record: seen } of all) expect(seen).toEqual(record);
  });

  test('a writer whose version is past writes nothing, and is told what is there', async () => {
    const first = await trip(0, 'first');
    const stale = { ...initial(dependency), version: 1, evidence: 'stale' };
    expect(await store().write(stale)).toEqual({ written: false, stored: first.record });
    expect(await store().write({ ...stale, version: 7 })).toEqual({ written: false, stored: first.record });
    expect(await store().read(dependency)).toEqual(first.record);
  });

  test('what sandboxes share is added up, and counts for as long as the window', async () => {
    await store().share(dependency, 0, failures(2, NOW), WINDOW, NOW);
    const seen = { ...NOTHING, calls: 10, failures: 1, slowCalls: 3, failuresInARow: 1, rowBegan: NOW + 4000 };
    const both = await store().share(dependency, 0, { ...seen, lastSuccess: NOW + 3900 }, WINDOW, NOW + 4000);
    expect(both).toMatchObject({ calls: 12, failures: 3, slowCalls: 3, failuresInARow: 1 });
    expect((await store().readShared(dependency, WINDOW, NOW + 4000)).tally).toEqual(both);
    expect((await store().readShared(dependency, WINDOW, NOW + 31_500)).tally.calls).toBe(10);
    expect((await store().readShared(dependency, WINDOW, NOW + 60_000)).tally.calls).toBe(0);
    // The slice comes round again, and begins from nothing.
    expect(await store().share(dependency, 0, failures(1, NOW), WINDOW, NOW + 30_000)).toMatchObject({ calls: 11 });
  });

  test('a row of failures grows over sandboxes, and only a success after it began ends it', async () => {
    await store().share(dependency, 0, failures(2, NOW, NOW - 500), WINDOW, NOW);
    const grown = await store().share(dependency, 0, failures(2, NOW + 10, NOW - 100), WINDOW, NOW + 10);
    expect(grown?.failuresInARow).toBe(4);
    const ended = await store().share(dependency, 0, failures(1, NOW + 30, NOW + 20), WINDOW, NOW + 30);
    expect(ended?.failuresInARow).toBe(1);
  });

  test('many that share at once lose nothing', async () => {
    await Promise.all(Array.from({ length: 15 }, () => store().share(dependency, 0, failures(1, NOW), WINDOW, NOW)));
    expect((await store().readShared(dependency, WINDOW, NOW)).tally).toMatchObject({ calls: 15, failuresInARow: 15 });
  });

  test('what was seen in one term is no evidence in the next', async () => {
    await store().share(dependency, 0, failures(4, NOW), WINDOW, NOW);
    await trip(0, 'enough');
    expect((await store().readShared(dependency, WINDOW, NOW)).tally).toEqual(NOTHING);
    expect(await store().share(dependency, 1, failures(1, NOW), WINDOW, NOW)).toMatchObject({ calls: 1 });
    expect(await store().share(dependency, 0, failures(9, NOW), WINDOW, NOW)).toBeUndefined();
    expect((await store().readShared(dependency, WINDOW, NOW)).tally.calls).toBe(1);
  });

  describe('the permits of half-open', () => {
    const permit = (name: string, slot = 7, term = 2) => store().permit(dependency, { term, slot, limit: 3, name });

    test('of twenty that ask at once as many get one as there are', async () => {
      const all = await Promise.all(Array.from({ length: 20 }, (_, index) => permit(`call-${index}`)));
      expect(all.filter(Boolean)).toHaveLength(3);
    });

    test('one that was granted is granted again, and counts once', async () => {
      for (const name of ['a', 'a', 'b', 'b', 'c']) expect(await permit(name)).toBe(true);
      expect(await permit('d')).toBe(false);
      expect(await permit('a')).toBe(true);
    });

    test('a new slot and a new term begin afresh, and nothing is left for a past one', async () => {
      for (const name of ['a', 'b', 'c']) await permit(name);
      expect(await permit('d', 8)).toBe(true);
      expect(await permit('e', 1, 3)).toBe(true);
      expect(await permit('f', 8)).toBe(false);
      expect(await permit('g', 9)).toBe(false);
      expect(await store().readShared(dependency, WINDOW, NOW)).toEqual({
        record: initial(dependency),
        tally: NOTHING,
      });
    });
  });
}
