import { type BreakerSettings, CircuitBreaker, REFRESH_MS } from '../../../../functions/runtime/breaker/breaker';
import { DEFAULT_OPTIONS } from '../../../../functions/runtime/breaker/options';
import { initial } from '../../../../functions/runtime/breaker/state';
import { change } from '../../../../functions/runtime/breaker/store';
import { MemoryStore } from './memory-store';

const settings: BreakerSettings = { ...DEFAULT_OPTIONS, onStoreFailure: 'closed', scope: 'consumer' };
const how = { isFailure: (answer: string) => answer === 'failed', whenOpen: (seconds: number) => `later ${seconds}` };

function world(store = new MemoryStore(), overrides: Partial<BreakerSettings> = {}) {
  const clock = { now: 1_000_000_000 };
  const counts: string[] = [];
  const logs: string[] = [];
  const sandbox = () =>
    new CircuitBreaker(
      'payment',
      { ...settings, ...overrides },
      {
        store,
        now: () => clock.now,
        random: () => 0,
        count: (what) => counts.push(what),
        log: (message) => logs.push(message),
      },
    );
  const calls = { made: 0 };
  const ask =
    (answer: string, takesMs = 0) =>
    async () => {
      calls.made += 1;
      clock.now += takesMs;
      return answer;
    };
  return { store, clock, counts, logs, sandbox, calls, ask };
}

describe('a circuit breaker around a call', () => {
  test('closed, it reads the shared state once in 5 s and writes nothing, however many calls succeed', async () => {
    const { store, clock, sandbox, ask } = world();
    const breaker = sandbox();
    for (let call = 0; call < 1000; call += 1) {
      await breaker.call(ask('ok'), how);
      clock.now += 14;
    }
    expect(store.trips.readShared).toBe(3);
    expect(store.trips.write + store.trips.share).toBe(0);
  });

  test('many calls that start at once share one read', async () => {
    const { store, sandbox, ask } = world();
    const breaker = sandbox();
    await Promise.all(Array.from({ length: 20 }, () => breaker.call(ask('ok'), how)));
    expect(store.trips.readShared).toBe(1);
  });

  test('five failures in a row open it, and from then on nothing is called', async () => {
    const { store, sandbox, ask, calls, counts, logs } = world();
    const breaker = sandbox();
    for (let call = 0; call < 5; call += 1) expect(await breaker.call(ask('failed'), how)).toBe('failed');
    expect(store.records.get('payment')).toMatchObject({
      state: 'open',
      epoch: 1,
      evidence: '5 calls in a row failed',
    });
    expect(await breaker.call(ask('ok'), how)).toBe('later 30');
    expect(calls.made).toBe(5);
    expect(counts).toEqual(['BreakerTripped', 'BreakerShortCircuited']);
    expect(logs).toEqual(['circuit breaker opened']);
  });

  test('a call that throws counts as failed, and its error reaches the caller', async () => {
    const { store, sandbox } = world();
    const breaker = sandbox();
    for (let call = 0; call < 5; call += 1) {
      await expect(breaker.call(() => Promise.reject(new Error('refused')), how)).rejects.toThrow('refused');
    }
    expect(store.records.get('payment')?.state).toBe('open');
  });

  test('sandboxes that see one failure each open it together, in one transition', async () => {
    const { store, clock, sandbox, ask } = world();
    const writes: number[] = [];
    store.onWrite = (_, { version }) => writes.push(version);
    const sandboxes = Array.from({ length: 8 }, sandbox);
    // Each of them has been busy and well until now.
    for (const breaker of sandboxes) for (let n = 0; n < 50; n += 1) await breaker.call(ask('ok'), how);
    clock.now += 3000;
    await Promise.all(
      sandboxes.map(async (breaker) => {
        clock.now += 1;
        await breaker.call(ask('failed'), how);
      }),
    );
    expect(store.records.get('payment')).toMatchObject({ state: 'open', epoch: 1, term: 1 });
    expect(writes).toEqual([1]);
  });

  test('a few failures among many successes of other sandboxes leave it closed', async () => {
    const { store, clock, sandbox, ask } = world();
    const healthy = Array.from({ length: 10 }, sandbox);
    const sick = sandbox();
    for (let round = 0; round < 60; round += 1) {
      for (const breaker of healthy) for (let n = 0; n < 5; n += 1) await breaker.call(ask('ok'), how);
      if (round % 3 === 0) await sick.call(ask('failed'), how);
      clock.now += 1000;
    }
    expect(store.records.get('payment')?.state ?? 'closed').toBe('closed');
  });

  test('slow calls open it at their own threshold', async () => {
    const { store, sandbox, ask } = world(undefined, { slowCallDurationThreshold: 2000, slowCallRateThreshold: 50 });
    const breaker = sandbox();
    for (let call = 0; call < 10; call += 1) await breaker.call(ask('ok', call % 2 ? 2000 : 10), how);
    expect(store.records.get('payment')).toMatchObject({
      state: 'open',
      evidence: '5 of 10 calls took 2000 ms or longer in 30 s (50 %; threshold 50 %)',
    });
  });

  test('another sandbox learns within 5 s that it is open', async () => {
    const { store, clock, sandbox, ask, calls } = world();
    const other = sandbox();
    await other.call(ask('ok'), how);
    await change(store, 'payment', { kind: 'trip', term: 0, evidence: 'elsewhere' }, clock.now, settings);
    clock.now += REFRESH_MS;
    expect(await other.call(ask('ok'), how)).toMatch(/^later/);
    expect(calls.made).toBe(1);
  });

  test('a hang that began before the state changed is no evidence against half-open', async () => {
    const { store, clock, sandbox } = world();
    const breaker = sandbox();
    const hangs: ((answer: string) => void)[] = [];
    const hanging = Array.from({ length: 6 }, () =>
      breaker.call(() => new Promise<string>((resolve) => hangs.push(resolve)), how),
    );
    while (hangs.length < 6) await Promise.resolve();
    store.records.set('payment', { ...initial('payment'), state: 'half-open', version: 2, term: 2, epoch: 1 });
    clock.now += REFRESH_MS;
    await breaker.call(async () => 'ok', how);
    for (const end of hangs) end('failed');
    await Promise.all(hanging);
    expect(store.records.get('payment')?.state).toBe('half-open');
  });

  test('held closed, a thousand failing calls in 10 s read the state once in 5 s and write nothing', async () => {
    const { store, clock, sandbox, ask, calls } = world();
    const hold = { kind: 'closed', who: 'ada', why: 'the alarm is wrong', until: 9e12 } as const;
    await change(store, 'payment', { kind: 'hold', hold }, clock.now, settings);
    const breaker = sandbox();
    await breaker.call(ask('ok'), how);
    const { readShared, ...others } = { ...store.trips };
    for (let call = 0; call < 1000; call += 1) {
      expect(await breaker.call(ask('failed'), how)).toBe('failed');
      clock.now += 10;
    }
    expect(calls.made).toBe(1001);
    expect(store.trips.readShared - readShared).toBeLessThanOrEqual(2);
    expect(store.trips).toMatchObject(others);
  });

  test('a trip that is refused is not tried again at every call', async () => {
    const { store, clock, sandbox, ask } = world();
    const breaker = sandbox();
    await breaker.call(ask('ok'), how);
    // Somebody else's clock is ahead: to it, this hold is over already.
    const hold = { kind: 'closed', who: 'ada', why: 'a drill', until: clock.now + 60_000 } as const;
    store.records.set('payment', { ...initial('payment'), version: 1, hold });
    for (let call = 0; call < 200; call += 1) {
      await breaker.call(ask('failed'), how);
      clock.now += 10;
    }
    expect(store.trips.read).toBeLessThanOrEqual(1);
    expect(store.records.get('payment')).toMatchObject({ state: 'closed', version: 1 });
  });

  test('what was shared while the breaker opened does not close it again in this sandbox', async () => {
    const { store, clock, sandbox, ask } = world();
    const breaker = sandbox();
    await breaker.call(ask('ok'), how);
    const share = store.share.bind(store);
    let answer = () => {};
    store.share = async (...input) => {
      const tally = await share(...input);
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return tally;
    };
    const late = breaker.call(ask('failed'), how);
    while (store.trips.share === 0) await Promise.resolve();
    await change(store, 'payment', { kind: 'trip', term: 0, evidence: 'elsewhere' }, clock.now, settings);
    clock.now += REFRESH_MS;
    expect(await breaker.call(ask('ok'), how)).toMatch(/^later/);
    answer();
    await late;
    expect(await breaker.call(ask('ok'), how)).toMatch(/^later/);
  });

  test('a look that was begun before this sandbox opened the breaker, and is answered after, is not believed', async () => {
    const { store, clock, sandbox, ask, calls } = world();
    const breaker = sandbox();
    for (let call = 0; call < 4; call += 1) await breaker.call(ask('failed'), how);
    let fail = (_: string) => {};
    const fifth = breaker.call(
      () =>
        new Promise<string>((resolve) => {
          fail = resolve;
        }),
      how,
    );
    clock.now += REFRESH_MS;
    const read = store.readShared.bind(store);
    let answer: (() => void) | undefined;
    store.readShared = async (...input) => {
      const shared = await read(...input);
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return shared;
    };
    const looking = breaker.call(ask('ok'), how);
    while (!answer) await Promise.resolve();
    fail('failed');
    await fifth;
    expect(store.records.get('payment')?.state).toBe('open');
    answer();
    expect(await looking).toMatch(/^later/);
    expect(calls.made).toBe(4);
  });

  test('half-open lets through as many calls at once as permitted, and no more', async () => {
    const { store, sandbox } = world(undefined, { permittedNumberOfCallsInHalfOpenState: 2 });
    store.records.set('payment', { ...initial('payment'), state: 'half-open', version: 2, term: 2, epoch: 1 });
    const breaker = sandbox();
    let release = (_: string) => {};
    const gate = new Promise<string>((resolve) => {
      release = resolve;
    });
    const answers = Promise.all(Array.from({ length: 5 }, () => breaker.call(() => gate, how)));
    release('ok');
    expect((await answers).filter((answer) => answer === 'ok')).toHaveLength(2);
  });

  describe('half-open, with scope `call` and fifty sandboxes', () => {
    const herd = () => {
      const around = world(undefined, { scope: 'call' });
      around.store.records.set('payment', { ...initial('payment'), state: 'half-open', version: 2, term: 2, epoch: 1 });
      const sandboxes = Array.from({ length: 50 }, around.sandbox);
      const rush = () =>
        Promise.all(sandboxes.flatMap((one) => Array.from({ length: 10 }, () => one.call(around.ask('ok'), how))));
      return { ...around, rush };
    };

    test('all of them together make the permitted calls, and no more', async () => {
      const { calls, rush } = herd();
      const answers = await rush();
      expect(calls.made).toBe(10);
      expect(answers.filter((answer) => answer.startsWith('later'))).toHaveLength(490);
    });

    test('each second has its own permits', async () => {
      const { calls, clock, rush } = herd();
      for (let second = 0; second < 4; second += 1) {
        await rush();
        clock.now += 1000;
      }
      expect(calls.made).toBe(40);
    });

    test('a sandbox that found a second spent asks the store no more in it', async () => {
      const { store, rush } = herd();
      await rush();
      await rush();
      const asked = store.trips.permit;
      await rush();
      expect(store.trips.permit).toBe(asked);
    });
  });

  test.each([
    ['closed', 'ok'],
    ['open', 'later 5'],
  ] as const)(
    'with its store down and onStoreFailure %s a call gives "%s", and a metric says why',
    async (mode, answer) => {
      const store = new MemoryStore();
      store.readShared = () => Promise.reject(new Error('no table'));
      const { clock, sandbox, ask, counts, logs } = world(store, { onStoreFailure: mode });
      const breaker = sandbox();
      expect(await breaker.call(ask('ok'), how)).toBe(answer);
      expect(await breaker.call(ask('ok'), how)).toBe(answer);
      expect(counts.filter((count) => count === 'BreakerStoreUnavailable')).toHaveLength(1);
      clock.now += REFRESH_MS;
      await breaker.call(ask('ok'), how);
      expect(counts.filter((count) => count === 'BreakerStoreUnavailable')).toHaveLength(2);
      expect(logs).toEqual(['the circuit breaker cannot reach its store']);
    },
  );

  test('a store that fails in the middle of an outage costs one try in 5 s, not one a call', async () => {
    const store = new MemoryStore();
    const { sandbox, ask, counts, calls } = world(store);
    const breaker = sandbox();
    await breaker.call(ask('ok'), how);
    store.share = () => Promise.reject(new Error('no table'));
    for (let call = 0; call < 50; call += 1) await breaker.call(ask('failed'), how);
    expect(calls.made).toBe(51);
    expect(counts).toEqual(['BreakerStoreUnavailable']);
  });
});
