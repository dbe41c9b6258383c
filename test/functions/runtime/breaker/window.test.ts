import fc from 'fast-check';
import { judge } from '../../../../functions/runtime/breaker/judge';
import { DEFAULT_OPTIONS } from '../../../../functions/runtime/breaker/options';
import { join, NOTHING, SlidingWindow } from '../../../../functions/runtime/breaker/window';

const SIZE = 30;
const calls = fc.array(
  fc.record({ gap: fc.integer({ min: 0, max: 8000 }), failed: fc.boolean(), slow: fc.boolean() }),
  {
    maxLength: 60,
  },
);

describe('the sliding window', () => {
  test('counts every call of the last 27 s and none older than 33 s: it slides by a tenth', () => {
    fc.assert(
      fc.property(calls, (made) => {
        const window = new SlidingWindow(SIZE);
        let now = 1_700_000_000_000;
        const all = made.map((call) => {
          now += call.gap;
          window.add(now, call.failed, call.slow);
          return { ...call, at: now };
        });
        const within = (seconds: number) => all.filter(({ at }) => at > now - seconds * 1000);
        const { calls: counted, failures, slowCalls } = window.tally(now);
        expect(counted).toBeGreaterThanOrEqual(within(27).length);
        expect(counted).toBeLessThanOrEqual(within(33).length);
        expect(failures).toBeGreaterThanOrEqual(within(27).filter(({ failed }) => failed).length);
        expect(slowCalls).toBeLessThanOrEqual(within(33).filter(({ slow }) => slow).length);
      }),
    );
  });

  test('counts the failures since the last success', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (failed) => {
        const window = new SlidingWindow(SIZE);
        for (const one of failed) window.add(1_700_000_000_000, one, false);
        expect(window.tally(1_700_000_000_000).failuresInARow).toBe(failed.length - 1 - failed.lastIndexOf(false));
      }),
    );
  });

  test('after a clear nothing is counted', () => {
    const window = new SlidingWindow(SIZE);
    window.add(1_700_000_000_000, true, true);
    window.clear();
    expect(window.tally(1_700_000_000_000)).toEqual(NOTHING);
  });

  test('a success from before the row began does not end it, however late it is shared', () => {
    const row = { ...NOTHING, calls: 3, failures: 3, failuresInARow: 3, rowBegan: 2000 };
    const seen = { ...NOTHING, calls: 51, failures: 1, failuresInARow: 1, rowBegan: 2500 };
    expect(join(row, { ...seen, lastSuccess: 1999 }).failuresInARow).toBe(4);
    expect(join(row, { ...seen, lastSuccess: 2400 }).failuresInARow).toBe(1);
  });

  test('two tallies joined are those of the calls one after another', () => {
    const tally = fc.array(fc.boolean(), { maxLength: 20 });
    fc.assert(
      fc.property(tally, tally, (first, second) => {
        const of = (failed: boolean[], from: number) => {
          const window = new SlidingWindow(SIZE);
          for (const [index, one] of failed.entries()) window.add(1_700_000_000_000 + from + index, one, false);
          return window.tally(1_700_000_000_100);
        };
        expect(join(of(first, 0), of(second, first.length))).toEqual(of([...first, ...second], 0));
      }),
    );
  });
});

describe('the judgement', () => {
  const of = (changes: object) => judge({ ...NOTHING, ...changes }, 'closed', DEFAULT_OPTIONS);

  test('five in a row are enough whatever went well before', () => {
    expect(of({ calls: 1000, failures: 5, failuresInARow: 5 })).toBe('5 calls in a row failed');
    expect(of({ calls: 1000, failures: 4, failuresInARow: 4 })).toBeUndefined();
  });

  test('a rate means nothing below the minimum of calls', () => {
    expect(of({ calls: 9, failures: 8, failuresInARow: 1 })).toBeUndefined();
    expect(of({ calls: 10, failures: 5, failuresInARow: 1 })).toBe(
      '5 of 10 calls failed in 30 s (50 %; threshold 50 %)',
    );
    expect(of({ calls: 10, failures: 4, failuresInARow: 1 })).toBeUndefined();
  });

  test('half-open judges by as few calls as it lets through', () => {
    const options = { ...DEFAULT_OPTIONS, minimumNumberOfCalls: 100, permittedNumberOfCallsInHalfOpenState: 4 };
    const tally = { ...NOTHING, calls: 4, failures: 2, failuresInARow: 1 };
    expect(judge(tally, 'closed', options)).toBeUndefined();
    expect(judge(tally, 'half-open', options)).toMatch(/^2 of 4 calls failed/);
  });
});
