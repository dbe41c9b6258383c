import fc from 'fast-check';
import type { RunningMove } from '../../../../functions/operations/move-tasks';
import type { RedriveReport } from '../../../../functions/operations/redrive/contract';
import type { RedriveSurroundings } from '../../../../functions/operations/redrive/reconcile';
import { watch } from '../../../../functions/operations/redrive/watch';

const INTERVAL = 5000;
const LIFETIME = 900_000;
const RATE = 1;

interface Played {
  /** Messages in parked when it begins. */
  readonly parked: number;
  /** Milliseconds after which payment is out. */
  readonly outAt?: number;
  readonly canaries?: number;
  readonly canaryTimeout?: number;
  /** Milliseconds that an answered canary takes. */
  readonly canaryTakes?: number;
  /** A move that another run has started. */
  readonly running?: boolean;
  /** Milliseconds after which calls to SQS fail. */
  readonly sqsFailsAt?: number;
  /** Milliseconds after which a person ends the move. */
  readonly endedByHandAt?: number;
}

/** The real loop on a clock of its own, in which canaries, waiting and moving take their time. */
async function play(played: Played) {
  const { outAt = Number.POSITIVE_INFINITY, canaries = 3, canaryTimeout = 5000, canaryTakes = 100 } = played;
  let now = 0;
  let move: { readonly since: number; readonly of: number } | undefined;
  if (played.running) move = { since: 0, of: played.parked };
  let left = played.parked;
  let movedWhileOut = 0;
  const moved = () => (move ? Math.min(move.of, Math.floor(((now - move.since) / 1000) * RATE)) : 0);
  const cancelled: number[] = [];
  const looks: number[] = [];
  const told: RedriveReport[] = [];
  const settle = () => {
    if (move && moved() >= move.of) {
      left -= move.of;
      move = undefined;
    }
  };
  const pass = (milliseconds: number) => {
    const before = moved();
    now += milliseconds;
    if (now > outAt) movedWhileOut += moved() - before;
    settle();
    if (move && !played.running && now >= (played.endedByHandAt ?? Number.POSITIVE_INFINITY)) {
      left -= moved();
      move = undefined;
    }
  };
  const reachable = () => {
    if (now >= (played.sqsFailsAt ?? Number.POSITIVE_INFINITY)) throw new Error('ThrottlingException');
  };
  const surroundings: RedriveSurroundings = {
    parked: async () => {
      reachable();
      return left - moved();
    },
    runningMove: async (): Promise<RunningMove | undefined> =>
      move && { taskHandle: 'task', moved: moved(), toMove: move.of, rate: RATE, startedAt: 0 },
    releases: async () => [],
    failedMove: async () => undefined,
    canary: async () => {
      looks.push(now);
      for (let sent = 1; sent <= canaries; sent += 1) {
        const answers = now < outAt;
        pass(answers ? canaryTakes : canaryTimeout);
        if (!answers) return { green: false, sent, detail: 'no answer' };
      }
      return { green: true, sent: canaries, detail: 'answered' };
    },
    start: async () => {
      move = { since: now, of: left };
      return true;
    },
    cancel: async () => {
      left -= moved();
      move = undefined;
      cancelled.push(now);
    },
  };
  const run = watch({ rate: RATE, interval: INTERVAL, longestLook: canaries * canaryTimeout + 10_000 }, surroundings, {
    remaining: () => LIFETIME - now,
    wait: async (milliseconds) => pass(milliseconds),
    tell: (report) => told.push(report),
  });
  const answer = await run.catch((error: Error) => error);
  return { answer, told, looks, cancelled, left, endedAt: now, moving: move !== undefined, movedWhileOut };
}

test('a move is watched to its end', async () => {
  const { answer, looks, cancelled, left } = await play({ parked: 60 });
  expect(answer).toMatchObject({ action: 'idle' });
  expect([cancelled.length, left]).toEqual([0, 0]);
  // One look every five seconds and the canaries' own time, without a gap.
  for (const [index, at] of looks.slice(1).entries()) expect(at - (looks[index] as number)).toBeLessThan(5500);
});

test('whenever payment relapses, the move is cancelled within an interval and a canary’s time-out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1000, max: 850_000 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 100, max: 10_000 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      async (outAt, canaries, canaryTimeout, share) => {
        const canaryTakes = Math.ceil(canaryTimeout * share);
        const { cancelled, moving, movedWhileOut } = await play({
          ...{ parked: 10_000, outAt, canaries, canaryTimeout, canaryTakes },
        });
        expect(moving).toBe(false);
        if (cancelled[0] === undefined) return; // Out before the first canary: nothing was started.
        expect(cancelled[0] - outAt).toBeLessThanOrEqual(INTERVAL + canaryTakes + canaryTimeout);
        expect(movedWhileOut).toBeLessThanOrEqual((RATE * (INTERVAL + canaryTakes + canaryTimeout)) / 1000 + 1);
      },
    ),
  );
});

test('a move that is longer than the run is cancelled when the run ends, long before Lambda ends it, and says so', async () => {
  for (const timing of [{}, { canaries: 10, canaryTimeout: 10_000, canaryTakes: 9999 }]) {
    const { answer, told, moving, endedAt, left } = await play({ parked: 10_000, ...timing });
    expect(moving).toBe(false);
    expect(answer).toMatchObject({ action: 'cancel', reason: expect.stringContaining('time of this run is over') });
    expect(told.at(-1)).toEqual(answer);
    expect(endedAt).toBeLessThan(LIFETIME - 5000);
    expect(endedAt).toBeGreaterThan(LIFETIME - 250_000);
    expect(left).toBe(10_000 - Math.floor((endedAt - (timing.canaries ? 99_990 : 300)) / 1000));
  }
});

test('a move that a person ends is not started again by the run that watched it', async () => {
  const { answer, left, moving, endedAt } = await play({ parked: 10_000, endedByHandAt: 60_000 });
  expect(answer).toMatchObject({ action: 'hold', reason: expect.stringContaining('has ended') });
  expect(moving).toBe(false);
  expect(left).toBeGreaterThan(9900);
  expect(endedAt).toBeLessThan(70_000);
});

test('a run that fails while its move is under way cancels it', async () => {
  const { answer, moving, cancelled } = await play({ parked: 10_000, sqsFailsAt: 60_000 });
  expect(answer).toEqual(new Error('ThrottlingException'));
  expect([moving, cancelled.length]).toEqual([false, 1]);
});

test('a move that another run watches gets one look, and no second watcher', async () => {
  const { answer, looks, moving } = await play({ parked: 100, running: true });
  expect(answer).toMatchObject({ action: 'continue' });
  expect([looks.length, moving]).toEqual([1, true]);
});

test('and is cancelled by that look when the canary is red', async () => {
  expect(await play({ parked: 100, running: true, outAt: 0 })).toMatchObject({ moving: false, looks: [0] });
});
