import { advance, BEGINNING, moral, STEPS, since, tell } from '../../web/operations/story';
import type { Snapshot } from '../../web/wire';
import { snapshot } from './snapshots';

const down = { kind: 'down' } as const;

/** An outage as the lanes live through it; the lanes had done 5 orders before. */
const outage: Snapshot[] = [
  snapshot(0, {
    unprotected: { placed: 5, done: 5, invocations: 5 },
    protected: { placed: 5, done: 5, invocations: 5 },
  }),
  snapshot(
    1000,
    { unprotected: { placed: 5, done: 5, invocations: 5 }, protected: { placed: 5, done: 5, invocations: 5 } },
    down,
  ),
  snapshot(
    2000,
    {
      unprotected: { placed: 8, done: 5, invocations: 5, inFlight: 3 },
      protected: { placed: 8, done: 5, invocations: 5, inFlight: 3 },
    },
    down,
  ),
  snapshot(
    60_000,
    {
      unprotected: { placed: 8, done: 5, invocations: 8, inFlight: 3, wastedSeconds: 90 },
      protected: { placed: 8, done: 5, invocations: 14, parked: 3, wastedSeconds: 27 },
    },
    down,
  ),
  snapshot(70_000, {
    unprotected: { placed: 8, done: 5, invocations: 9, inFlight: 3, wastedSeconds: 120 },
    protected: { placed: 8, done: 5, invocations: 14, parked: 3, wastedSeconds: 27 },
  }),
  snapshot(80_000, {
    unprotected: { placed: 8, done: 8, invocations: 12, wastedSeconds: 120 },
    protected: { placed: 8, done: 8, invocations: 17, parked: 0, wastedSeconds: 27 },
  }),
];

test('the story follows what happens, one step per snapshot of the outage', () => {
  let story = BEGINNING;
  const steps = outage.map((one) => {
    story = advance(story, one);
    return story.step;
  });
  expect(steps).toEqual([0, 1, 2, 3, 4, 5]);
});

test('numbers count from the moment when payment stopped', () => {
  const story = outage.slice(0, 4).reduce(advance, BEGINNING);
  const lanes = outage[3]?.lanes ?? {};
  expect(since(story, lanes, 'unprotected')).toMatchObject({ placed: 3, invocations: 3, wasted: 90, waiting: 3 });
  expect(tell('watch', story, lanes)).toBe(
    'Unprotected: 3 invocations so far, 90 s wasted, 3 still waiting. Protected: 9 invocations, 27 s wasted, 3 parked.',
  );
});

test('orders in one lane only do not count as orders in every lane', () => {
  const story = advance(BEGINNING, snapshot(0, { unprotected: {}, protected: {} }, down));
  expect(advance(story, snapshot(1, { unprotected: { placed: 3 }, protected: { placed: 2 } }, down)).step).toBe(1);
});

test('a release that left an order behind is not the end', () => {
  const story = outage.slice(0, 5).reduce(advance, BEGINNING);
  const half = snapshot(75_000, {
    unprotected: { placed: 8 },
    protected: { placed: 8, done: 7, parked: 0, waiting: 1 },
  });
  expect(advance(story, half).step).toBe(STEPS.length - 1);
});

test('a broken order goes to repair, and the story still ends', () => {
  const story = outage.slice(0, 5).reduce(advance, BEGINNING);
  const mended = snapshot(80_000, {
    unprotected: { placed: 9, done: 8, inFlight: 1 },
    protected: { placed: 9, done: 8, repair: 1 },
  });
  expect(advance(story, mended).step).toBe(STEPS.length);
});

test('the moral compares what the outage cost', () => {
  const story = outage.reduce(advance, BEGINNING);
  expect(moral(story, outage.at(-1)?.lanes ?? {})).toMatch(
    /wasted 120 s unprotected and 27 s protected\..*Every order is accounted for\.$/,
  );
});

test('an order that is in no queue and not done is not called safe', () => {
  const story = outage.reduce(advance, BEGINNING);
  const { lanes } = snapshot(90_000, {
    unprotected: { placed: 8, done: 7 },
    protected: { placed: 8, done: 7, repair: 1 },
  });
  expect(moral(story, lanes)).toMatch(/1 order is not accounted for!$/);
});
