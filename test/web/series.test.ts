import { GRAPHS, keep, table, top, wastePerDay } from '../../web/operations/series';
import { KEPT_SNAPSHOTS, type Snapshot } from '../../web/wire';
import { snapshot } from './snapshots';

const [queues] = GRAPHS;
if (!queues) throw new Error('no graphs');

test('a page keeps ten minutes and no more', () => {
  let kept: Snapshot[] = [];
  for (let second = 0; second < KEPT_SNAPSHOTS + 50; second += 1) kept = keep(kept, [snapshot(second * 1000, {})]);
  expect(kept).toHaveLength(KEPT_SNAPSHOTS);
  expect(kept[0]?.at).toBe(50_000);
});

test('what is received and hidden counts as waiting, and a lane that was not there yet is a gap', () => {
  const kept = [snapshot(1000, {}), snapshot(2000, { protected: { waiting: 1, inFlight: 2, parked: 4 } })];
  expect(table(kept, 'protected', queues.lines)).toEqual([
    [1, 2],
    [null, 3],
    [null, 4],
    [null, 0],
  ]);
});

test('all lanes share one scale, so that their graphs can be compared', () => {
  const kept = [snapshot(1000, { protected: { waiting: 2 }, unprotected: { waiting: 100 } })];
  expect(top(kept, queues.lines)).toBeCloseTo(110);
  expect(top([], queues.lines)).toBeGreaterThan(4);
});

test('three functions hanging all the time would cost $1.73 a day', () => {
  const kept = Array.from({ length: 90 }, (_, second) =>
    snapshot(second * 1000, { unprotected: { wastedSeconds: second * 3, running: 3 } }),
  );
  expect(wastePerDay(kept, 'unprotected')).toBeCloseTo(1.728, 2);
  expect(wastePerDay(kept.slice(0, 5), 'unprotected')).toBe(0);
  expect(wastePerDay(kept, 'breaker')).toBe(0);
});

test('while nothing runs, no day like this is foretold, whatever the last minute cost', () => {
  const kept = Array.from({ length: 40 }, (_, second) =>
    snapshot(second * 1000, { breaker: { wastedSeconds: Math.min(second * 3, 60), running: second < 20 ? 3 : 0 } }),
  );
  expect(wastePerDay(kept.slice(0, 20), 'breaker')).toBeGreaterThan(1);
  expect(wastePerDay(kept, 'breaker')).toBe(0);
});

test('waste that has ended is not extrapolated', () => {
  const kept = Array.from({ length: 90 }, (_, second) =>
    snapshot(second * 1000, { unprotected: { wastedSeconds: 270, running: 1 } }),
  );
  expect(wastePerDay(kept, 'unprotected')).toBe(0);
});
