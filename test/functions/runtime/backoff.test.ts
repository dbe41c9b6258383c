import fc from 'fast-check';
import { fullJitter, MAXIMUM_VISIBILITY_SECONDS } from '../../../functions/runtime/backoff';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const backoff = fc.record({ base: fc.integer({ min: 1, max: 900 }), cap: fc.integer({ min: 1, max: 100_000 }) });

test('a wait is whole seconds, at least 1, and never above the cap or what SQS takes', () => {
  fc.assert(
    fc.property(backoff, fc.integer({ min: 0, max: 5000 }), random, (settings, attempt, chance) => {
      const wait = fullJitter(settings, attempt, chance);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(1);
      expect(wait).toBeLessThanOrEqual(Math.max(1, Math.min(settings.cap, MAXIMUM_VISIBILITY_SECONDS)));
    }),
  );
});

test('the ceiling doubles with every receive until the cap', () => {
  const ceilings = [1, 2, 3, 4, 5, 6].map((attempt) => fullJitter({ base: 2, cap: 40 }, attempt, 0.999_999));
  expect(ceilings).toEqual([2, 4, 8, 16, 32, 40]);
});

test('the jitter is full: waits spread over the whole range and not around the ceiling', () => {
  const waits = Array.from({ length: 1000 }, (_, index) => fullJitter({ base: 64, cap: 1000 }, 1, index / 1000));
  expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length).toBeCloseTo(32, 0);
  expect(Math.min(...waits)).toBe(1);
  expect(Math.max(...waits)).toBe(64);
});
