import fc from 'fast-check';
import type { Invocation } from '../../local/environment';
import { addUsage, NO_USAGE, wastedMs } from '../../local/usage';

const invocation = (values: Partial<Invocation>): Invocation => ({
  functionName: 'consumer',
  requestId: 'request-1',
  startedAt: 0,
  durationMs: 30_000,
  outcome: 'ok',
  records: 1,
  failedRecords: 0,
  ...values,
});

test.each([
  ['a run whose orders all succeed wastes nothing', {}, 0],
  ['a run that is timed out is wasted whole', { outcome: 'timeout', failedRecords: 1 } as const, 30_000],
  ['a run that throws is wasted whole, whatever it reports', { outcome: 'error', failedRecords: 0 } as const, 30_000],
  ['of a run with 4 orders of which 1 fails, a quarter is wasted', { records: 4, failedRecords: 1 }, 7_500],
  ['a run without messages that succeeds wastes nothing', { records: 0 }, 0],
])('%s', (_, values, expected) => {
  expect(wastedMs(invocation(values))).toBe(expected);
});

test('seconds wasted never exceed seconds used, and adding in parts equals adding at once', () => {
  const anyInvocation = fc
    .record({
      durationMs: fc.integer({ min: 0, max: 900_000 }),
      outcome: fc.constantFrom('ok', 'error', 'timeout'),
      records: fc.integer({ min: 0, max: 10 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ share, ...values }) =>
      invocation({ ...(values as Partial<Invocation>), failedRecords: Math.floor(values.records * share) }),
    );
  fc.assert(
    fc.property(fc.array(anyInvocation), fc.array(anyInvocation), (some, others) => {
      const whole = addUsage(NO_USAGE, [...some, ...others]);
      expect(whole.wastedSeconds).toBeLessThanOrEqual(whole.usedSeconds + 1e-9);
      expect(addUsage(addUsage(NO_USAGE, some), others)).toEqual(whole);
      expect(whole.invocations).toBe(some.length + others.length);
    }),
  );
});
