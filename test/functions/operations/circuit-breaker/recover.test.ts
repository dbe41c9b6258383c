import { LONGEST_HOLD_HOURS } from '../../../../functions/operations/circuit-breaker/hold/contract';
import type {
  Progress,
  RecoverAnswer,
  RecoverInput,
} from '../../../../functions/operations/circuit-breaker/recover/contract';
import { release } from '../../../../functions/operations/circuit-breaker/recover/release';
import { step } from '../../../../functions/operations/circuit-breaker/recover/step';
import type { RecoverSurroundings } from '../../../../functions/operations/circuit-breaker/recover/surroundings';
import { dependencySettings } from '../../../../functions/runtime/breaker/settings';
import { type BreakerRecord, initial } from '../../../../functions/runtime/breaker/state';
import { change } from '../../../../functions/runtime/breaker/store';
import { MemoryStore } from './memory-store';

const NOW = 1_700_000_000_000;
const settings = dependencySettings.parse({ canaryFunction: 'ask-payment', canaries: 2 });

/** A parked tier with so many messages, and breakers for payment and kitchen. */
function world(parked = 1000) {
  const store = new MemoryStore();
  const clock = { now: NOW };
  const log: string[] = [];
  const tier: { parked: number; move: { rate: number; handle: string } | undefined } = { parked, move: undefined };
  let moves = 0;
  const around: RecoverSurroundings = {
    store,
    dependencies: { payment: settings, kitchen: dependencySettings.parse({ scope: 'call' }) },
    moves: {
      parked: async () => tier.parked,
      runningMove: async () =>
        tier.move && { taskHandle: tier.move.handle, moved: 0, toMove: 0, rate: tier.move.rate, startedAt: clock.now },
      start: async (rate) => {
        if (tier.move) return false;
        tier.move = { rate, handle: `move-${moves++}` };
        log.push(`start ${rate}`);
        return true;
      },
      cancel: async (handle) => {
        log.push(`cancel ${handle}`);
        if (tier.move?.handle === handle) tier.move = undefined;
      },
    },
    releasing: { trickle: 1, ceiling: 100, interval: 10 },
    handOverAfter: 1000,
    serving: async () => true,
    alarm: async () => ({ ringing: false, since: 0, reason: '' }),
    now: () => clock.now,
  };
  const put = (dependency: string, record: Partial<BreakerRecord>) => {
    const full = { ...initial(dependency), version: 1, term: 1, epoch: 1, since: NOW, ...record };
    store.records.set(dependency, full);
    return full;
  };
  return { store, clock, log, tier, around, put };
}

const BEGIN: Progress = { looks: 0, version: 1, waited: false, greens: 0, servedFrom: NOW, rate: 0, empty: 0 };

describe('the release', () => {
  /** So many looks at the release of one breaker, in a row. */
  async function looks(count: number, record: BreakerRecord, around: RecoverSurroundings, progress = BEGIN) {
    for (let look = 0; look < count; look += 1)
      progress = { ...progress, ...(await release(record, progress, around)).progress };
    return progress;
  }

  test('doubles its rate with each look once all are closed, up to the ceiling', async () => {
    const { around, put, log } = world();
    await looks(9, put('payment', { releasing: true }), around);
    expect(log.filter((line) => line.startsWith('start'))).toEqual(
      [1, 2, 4, 8, 16, 32, 64, 100].map((rate) => `start ${rate}`),
    );
  });

  test('is a trickle while any dependency is half-open: this one, or another that every message needs, or few', async () => {
    for (const halfOpen of ['payment', 'kitchen']) {
      const { around, put, log } = world();
      put('payment', { state: 'closed', releasing: true });
      put('kitchen', { state: 'closed', releasing: true });
      put(halfOpen, { state: 'half-open' });
      await looks(9, await around.store.read('payment'), around);
      await looks(9, await around.store.read('kitchen'), around);
      expect(log).toEqual(['start 1']);
    }
  });

  test('falls back to a trickle when another dependency turns half-open in the middle of it', async () => {
    const { around, put, tier, log } = world();
    const record = put('payment', { releasing: true });
    const progress = await looks(5, record, around);
    expect(tier.move?.rate).toBe(16);
    put('kitchen', { state: 'half-open' });
    await looks(1, record, around, progress);
    expect(tier.move?.rate).toBe(1);
    expect(log.slice(-2)).toEqual(['cancel move-4', 'start 1']);
  });

  test('waits while another dependency is out, and ends what it started while that one went out', async () => {
    const { around, put, tier, log } = world();
    const record = put('payment', { releasing: true });
    put('kitchen', { state: 'open' });
    await looks(3, record, around);
    expect(log).toEqual([]);
    put('kitchen', { state: 'closed' });
    const { start } = around.moves;
    const slow: RecoverSurroundings['moves'] = {
      ...around.moves,
      start: async (rate) => {
        put('kitchen', { state: 'open', version: 2, since: NOW });
        return start(rate);
      },
    };
    await looks(1, record, { ...around, moves: slow });
    expect(log).toEqual(['start 1', 'cancel move-0']);
    expect(tier.move).toBeUndefined();
  });

  test('is over when two looks find nothing, and not while half-open', async () => {
    const { around, put } = world(0);
    const closed = put('payment', { releasing: true });
    expect((await release(closed, BEGIN, around)).finished).toBe(false);
    expect((await release(closed, { ...BEGIN, empty: 1 }, around)).finished).toBe(true);
    expect((await release(put('payment', { state: 'half-open' }), { ...BEGIN, empty: 1 }, around)).finished).toBe(
      false,
    );
  });
});

describe('a look of a recovery', () => {
  const begun: RecoverInput = { dependency: 'payment', epoch: 1, run: 0 };
  const after = (answer: RecoverAnswer, canary?: unknown): RecoverInput => ({
    ...begun,
    progress: answer.progress,
    canary,
  });
  const green = { answer: { green: true, detail: 'answered' } };
  const red = { answer: { green: false, detail: 'no answer' } };

  test('follows every wait, and asks the canary that is set now', async () => {
    const { around, put } = world();
    put('payment', { state: 'open', retryAt: NOW + 30_000 });
    const waits = await step(begun, around);
    expect(waits).toMatchObject({ phase: 'open', seconds: 30 });
    const deployed = { ...around, dependencies: { payment: { ...settings, canaryFunction: 'ask-payment-2' } } };
    const asks = await step(after(waits), deployed);
    expect(asks).toMatchObject({ phase: 'ask', canaryFunction: 'ask-payment-2' });
  });

  test('finds a hold that was set during the wait, and asks nothing', async () => {
    const { around, put, store } = world();
    put('payment', { state: 'open', retryAt: NOW + 30_000 });
    const waits = await step(begun, around);
    const hold = { kind: 'open', who: 'ada', why: 'they work on it', until: NOW + 90_000 } as const;
    await change(store, 'payment', { kind: 'hold', hold }, NOW, settings);
    expect(await step(after(waits), around)).toMatchObject({ phase: 'held', seconds: 60 });
  });

  test('waits anew when the state has changed during the wait', async () => {
    const { around, put } = world();
    put('payment', { state: 'open', retryAt: NOW });
    const waits = await step(begun, around);
    put('payment', { state: 'open', retryAt: NOW + 20_000, version: 2 });
    expect(await step(after(waits), around)).toMatchObject({ phase: 'open', seconds: 20 });
  });

  test('does not close while its alarm rings, whatever the canary says, and closes when that has fallen silent', async () => {
    const { around, clock, put, store } = world();
    put('payment', { state: 'half-open', attempt: 1 });
    clock.now = NOW + settings.watchDurationInHalfOpenState * 1000;
    const alarmed = { ...around, dependencies: { payment: { ...settings, alarmName: 'handler-errors' } } };
    const asks = { ...begun, progress: BEGIN, canary: green };
    const ringing = { ...alarmed, alarm: async () => ({ ringing: true, since: NOW, reason: '' }) };
    expect(await step(asks, ringing)).toMatchObject({ phase: 'half-open' });
    expect(await step(asks, alarmed)).toMatchObject({ phase: 'closed' });
    expect((await store.read('payment')).state).toBe('closed');
  });

  test('watches half-open from when the mapping serves: what was switched on late is watched as long', async () => {
    const { around, clock, put } = world();
    put('payment', { state: 'half-open', attempt: 1 });
    const watch = settings.watchDurationInHalfOpenState * 1000;
    const asks = { ...begun, progress: { ...BEGIN, servedFrom: 0 }, canary: green };
    clock.now = NOW + 10 * watch;
    const off = await step(asks, { ...around, serving: async () => false });
    expect(off).toMatchObject({ phase: 'half-open', progress: { servedFrom: 0 } });
    const on = await step(after(off, green), around);
    expect(on).toMatchObject({ phase: 'half-open', progress: { servedFrom: clock.now } });
    clock.now += watch - 1;
    expect(await step(after(on, green), around)).toMatchObject({ phase: 'half-open' });
    clock.now += 1;
    expect(await step(after(on, green), around)).toMatchObject({ phase: 'closed' });
  });

  test('at a red canary stops what was moving when the breaker opened, and not what a person moves since', async () => {
    const { around, clock, put, tier, log } = world();
    put('payment', { state: 'open', retryAt: NOW });
    const asked = { ...begun, progress: BEGIN, canary: red };
    tier.move = { rate: 500, handle: 'by hand' };
    clock.now = NOW + 3_600_000;
    await step(asked, around);
    expect(log).toEqual([]);
    put('payment', { releasing: true });
    await step(asked, around);
    expect(log).toEqual(['cancel by hand']);
  });

  test('at a red canary stops the release whatever has been written since it was asked', async () => {
    const { around, put, tier, log } = world();
    put('payment', { releasing: true, version: 2 });
    tier.move = { rate: 100, handle: 'release' };
    await step({ ...begun, progress: BEGIN, canary: red }, around);
    expect(log).toEqual(['cancel release']);
    tier.move = { rate: 100, handle: 'release' };
    const last = { ...BEGIN, looks: around.handOverAfter };
    expect(await step({ ...begun, progress: last, canary: red }, around)).toMatchObject({ phase: 'hand-over' });
    expect(log).toEqual(['cancel release', 'cancel release']);
  });

  test('of a hold of a week goes on from execution to execution, each far from the events that it may have, and asks when it is over', async () => {
    const { around, clock, put } = world();
    const until = NOW + LONGEST_HOLD_HOURS * 3_600_000;
    put('payment', { state: 'open', retryAt: NOW, hold: { kind: 'open', who: 'ada', why: 'they move', until } });
    const looks = [0];
    let input = begun;
    for (;;) {
      const answer = await step(input, around);
      looks.push((looks.pop() as number) + 1);
      if (answer.phase === 'ask') break;
      clock.now += answer.seconds * 1000;
      input = { ...input, progress: answer.progress };
      if (!answer.next) continue;
      input = answer.next.input;
      looks.push(0);
    }
    expect(clock.now).toBe(until);
    expect(looks).toHaveLength(11);
    // Of a look, its choice and its wait: 5, 2 and 2. Source: Step Functions guide, "Quotas": 25,000.
    expect(Math.max(...looks) * 9).toBeLessThan(12_500);
  });
});
