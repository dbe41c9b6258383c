import fc from 'fast-check';
import type { FailedMove, RunningMove } from '../../../../functions/operations/move-tasks';
import { redriveRequest } from '../../../../functions/operations/redrive/contract';
import { decideRedrive, needsCanary, type Situation } from '../../../../functions/operations/redrive/decide';
import { type RedriveSurroundings, reconcile } from '../../../../functions/operations/redrive/reconcile';

const move: RunningMove = { taskHandle: 'task-1', moved: 2, toMove: 5, rate: 1, startedAt: 0 };
const green = { green: true, sent: 3, detail: '3 of 3 canaries answered' };
const red = { green: false, sent: 1, detail: 'canary 1 of 3 failed: payment answered 503' };

const internal = { green: false, internal: true, sent: 0, detail: 'our own side fails: AccessDeniedException' };
const failedMove: FailedMove = { reason: 'AccessDenied', moved: 4, startedAgo: 61 };

const situations: fc.Arbitrary<Situation> = fc.record({
  parked: fc.nat(),
  move: fc.constantFrom(undefined, move),
  failed: fc.constantFrom(undefined, failedMove, { ...failedMove, startedAgo: 3 }),
  canary: fc.constantFrom(undefined, green, red, internal),
});

test('nothing is released unless the canary is green', () => {
  fc.assert(
    fc.property(situations, (situation) => {
      const { kind } = decideRedrive(situation);
      if (kind === 'start' || kind === 'continue') expect(situation.canary?.green).toBe(true);
    }),
  );
});

test('a move under way with a canary that is not green is cancelled', () => {
  fc.assert(
    fc.property(situations, (situation) => {
      if (!situation.move || situation.canary?.green) return;
      expect(decideRedrive(situation)).toMatchObject({ kind: 'cancel', taskHandle: 'task-1' });
    }),
  );
});

test('with nothing parked and nothing moving the sick system is not even asked', () => {
  expect(needsCanary({ parked: 0, move: undefined })).toBe(false);
  expect(decideRedrive({ parked: 0, move: undefined, canary: undefined }).kind).toBe('idle');
});

const minutes = (...ago: number[]) => ago.map((one) => one * 60);

test.each([
  ['nothing was released yet', [], 'start'],
  ['one release was a while ago', minutes(20), 'start'],
  ['three came back at once', minutes(1, 2, 3), 'start'],
  ['four came back, the last a minute ago', minutes(1, 10, 20, 30), 'hold'],
  ['four came back, the last six minutes ago', minutes(6, 10, 20, 30), 'start'],
  ['six came back, the last ten minutes ago', minutes(10, 20, 30, 40, 50, 60), 'hold'],
  ['eight came back', minutes(60, 70, 80, 90, 100, 110, 120, 130), 'hold'],
  ['eight came back, the last more than a day ago', minutes(1500, 1510, 1520, 1530, 1540, 1550, 1560, 1570), 'start'],
  ['most were long before', minutes(1, 600, 610, 620, 630), 'start'],
] as const)('what comes back each time is released ever later, then left to people: %s', (_, releases, kind) => {
  expect(decideRedrive({ parked: 3, move: undefined, releases, canary: green }).kind).toBe(kind);
});

test('what is left to people rings, and a release by hand is made all the same', async () => {
  const { around, calls } = surroundings({
    parked: 3,
    releases: minutes(60, 70, 80, 90, 100, 110, 120, 130),
    canary: green,
  });
  const report = await reconcile({ rate: 1, dryRun: false }, around);
  expect(report).toMatchObject({ action: 'hold', problem: expect.stringContaining('8 times in a row') });
  await reconcile({ rate: 1, dryRun: false, byHand: true }, around);
  expect(calls).toContain('start at 1');
});

test('a move that failed is tried again after a minute, not at once', () => {
  const after = (startedAgo: number) =>
    decideRedrive({ parked: 3, move: undefined, failed: { ...failedMove, startedAgo }, canary: green });
  expect(after(61).kind).toBe('start');
  expect(after(59)).toMatchObject({ kind: 'hold', reason: expect.stringContaining('AccessDenied') });
});

function surroundings(
  situation: { parked: number; move?: RunningMove; failed?: FailedMove; releases?: number[]; canary: typeof green },
  startable = true,
) {
  const calls: string[] = [];
  const around: RedriveSurroundings = {
    parked: async () => situation.parked,
    runningMove: async () => situation.move,
    failedMove: async () => situation.failed,
    releases: async () => situation.releases ?? [],
    canary: async () => {
      calls.push('canary');
      return situation.canary;
    },
    start: async (rate) => {
      calls.push(`start at ${rate}`);
      return startable;
    },
    cancel: async (taskHandle) => {
      calls.push(`cancel ${taskHandle}`);
    },
  };
  return { calls, around };
}

test('green: released at the rate that was asked for', async () => {
  const { calls, around } = surroundings({ parked: 3, canary: green });
  const report = await reconcile({ rate: 1, dryRun: false }, around);
  expect(calls).toEqual(['canary', 'start at 1']);
  expect(report).toMatchObject({ action: 'start', parked: 3, canary: green, move: { moved: 0, toMove: 3, rate: 1 } });
});

test('red: everything stays, and the report says why', async () => {
  const { calls, around } = surroundings({ parked: 3, canary: red });
  expect(await reconcile({ rate: 1, dryRun: false }, around)).toMatchObject({
    action: 'hold',
    reason: expect.stringContaining('503'),
  });
  expect(calls).toEqual(['canary']);
});

test('red in mid-move: cancelled', async () => {
  const { calls, around } = surroundings({ parked: 3, move, canary: red });
  expect(await reconcile({ rate: 1, dryRun: false }, around)).toMatchObject({ action: 'cancel' });
  expect(calls).toEqual(['canary', 'cancel task-1']);
});

test('a dry run looks and asks, and changes nothing', async () => {
  for (const situation of [
    { parked: 3, canary: green },
    { parked: 3, move, canary: red },
  ]) {
    const { calls, around } = surroundings(situation);
    const report = await reconcile({ rate: 1, dryRun: true }, around);
    expect(report).toMatchObject({ dryRun: true, action: situation.move ? 'cancel' : 'start' });
    expect(calls).toEqual(['canary']);
  }
});

test('two runs at once start one move', async () => {
  const { around } = surroundings({ parked: 3, canary: green }, false);
  expect(await reconcile({ rate: 1, dryRun: false }, around)).toMatchObject({ action: 'continue' });
});

test('what our own side has to mend is told as that: why the last move failed, why the canary could not be asked', async () => {
  const problem = async (situation: Parameters<typeof surroundings>[0]) =>
    (await reconcile({ rate: 1, dryRun: false }, surroundings(situation).around)).problem;
  expect(await problem({ parked: 3, failed: failedMove, canary: green })).toBe(
    'The last move failed after 4: AccessDenied.',
  );
  expect(await problem({ parked: 3, canary: internal })).toBe('our own side fails: AccessDeniedException');
  expect(await problem({ parked: 3, canary: red })).toBeUndefined();
  expect(await problem({ parked: 3, canary: green })).toBeUndefined();
  // Once nothing is parked any more, or another move runs, the failure is history.
  expect(await problem({ parked: 0, failed: failedMove, canary: green })).toBeUndefined();
  expect(await problem({ parked: 3, failed: failedMove, move, canary: green })).toBeUndefined();
});

test.each([{ dryrun: true }, { rate: 0 }, { rate: 501 }, { rate: 1.5 }, { watch: 'yes' }])(
  'a request of %j is refused',
  (request) => {
    expect(redriveRequest.safeParse(request).success).toBe(false);
  },
);
