import fc from 'fast-check';
import { outageCost } from '../../review/outage/model';

const benchmark = {
  messagesPerSecond: 50,
  batchSize: 10,
  concurrency: 100,
  visibilitySeconds: 60,
  maxReceiveCount: 5,
  outageSeconds: 1800,
};

test('the model gives the figures of the benchmarks', () => {
  expect(outageCost({ ...benchmark, hangSeconds: 10 }).wastedSeconds).toBeCloseTo(177_000, -3);
  expect(outageCost({ ...benchmark, hangSeconds: 1 }).wastedSeconds).toBe(42_000);
  expect(outageCost({ ...benchmark, hangSeconds: 1, outageSeconds: 14_400 }).wastedSeconds).toBe(357_000);
  expect(outageCost({ ...benchmark, hangSeconds: 1 }).deadLetters).toBe(78_000);
});

test('no message is lost or made in the model: what was received first is waiting, parked or in flight', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 300 }),
      (maxReceiveCount, hangSeconds, visibilitySeconds) => {
        const cost = outageCost({ ...benchmark, maxReceiveCount, hangSeconds, visibilitySeconds });
        const arrived = benchmark.messagesPerSecond * benchmark.outageSeconds;
        expect(cost.deadLetters).toBeLessThanOrEqual(arrived + 1e-6);
        expect(cost.receives).toBeLessThanOrEqual(arrived * maxReceiveCount + 1e-6);
        expect(cost.wastedSeconds).toBeLessThanOrEqual(benchmark.concurrency * benchmark.outageSeconds + 1e-6);
      },
    ),
    { numRuns: 30 },
  );
});
