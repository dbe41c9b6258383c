import fc from 'fast-check';
import type { Alarm } from '../../../../functions/operations/circuit-breaker/alarm';
import { desiredMapping, LEAST_CONCURRENCY } from '../../../../functions/operations/circuit-breaker/reconcile/desired';
import {
  type Mapping,
  type ReconcileSurroundings,
  reconcileBreaker,
} from '../../../../functions/operations/circuit-breaker/reconcile/reconcile';
import { type DependencySettings, dependencySettings } from '../../../../functions/runtime/breaker/settings';
import { type BreakerRecord, executionName, initial, STATES } from '../../../../functions/runtime/breaker/state';
import { change } from '../../../../functions/runtime/breaker/store';
import { MemoryStore } from './memory-store';

const NOW = 1_700_000_000_000;
const SILENT: Alarm = { ringing: false, since: 0, reason: 'all is well' };
const FULL = 10;

function mappingOf(enabled: boolean, maximumConcurrency: number | undefined) {
  const set: object[] = [];
  const mapping: Mapping & { set: object[] } = {
    set,
    read: async () => ({ enabled, maximumConcurrency }),
    update: async (setting) => {
      set.push(setting);
    },
  };
  return mapping;
}

/** A breaker that protects payment and, if wanted, more; every outside part can be replaced. */
function world(replaced: Partial<ReconcileSurroundings> = {}, settings: Partial<DependencySettings> = {}) {
  const store = new MemoryStore();
  const clock = { now: NOW };
  const started: string[] = [];
  const cancelled: string[] = [];
  const mapping = mappingOf(true, FULL);
  const around: ReconcileSurroundings = {
    store,
    dependencies: { payment: { ...dependencySettings.parse({}), ...settings } },
    fullConcurrency: FULL,
    mapping,
    parkMapping: undefined,
    intakes: [],
    recoveries: {
      start: async (name) => {
        started.push(name);
        return 'running';
      },
    },
    moves: {
      parked: async () => 0,
      runningMove: async () => undefined,
      cancel: async (handle) => void cancelled.push(handle),
    },
    sweeps: 5,
    alarm: async () => SILENT,
    now: () => clock.now,
    ...replaced,
  };
  const put = (record: Partial<BreakerRecord>, dependency = 'payment') =>
    store.records.set(dependency, { ...initial(dependency), version: 1, term: 1, since: NOW, ...record });
  const state = async (dependency = 'payment') => (await store.read(dependency)).state;
  return { store, clock, started, cancelled, mapping, around, put, state };
}

const open = { state: 'open', epoch: 1, retryAt: NOW + 30_000 } as const;

describe('an alarm', () => {
  const ringing = (since: number): Alarm => ({ ringing: true, since, reason: '5 errors' });
  const alarmed = { alarmName: 'handler-errors', alarmGrace: 300 };

  test('that goes off in this state opens the breaker, from closed and from half-open, with its reason', async () => {
    for (const state of ['closed', 'half-open'] as const) {
      const { around, put, store } = world({ alarm: async () => ringing(NOW + 1) }, alarmed);
      put({ state });
      await reconcileBreaker(around);
      expect(await store.read('payment')).toMatchObject({ state: 'open', evidence: 'alarm handler-errors: 5 errors' });
    }
  });

  test('that rings since before this state is the last outage’s for as long as its grace, and then a new one', async () => {
    for (const state of ['closed', 'half-open'] as const) {
      const { around, clock, put, store } = world({ alarm: async () => ringing(NOW - 1000) }, alarmed);
      put({ state });
      clock.now = NOW + 299_000;
      await reconcileBreaker(around);
      expect((await store.read('payment')).state).toBe(state);
      clock.now = NOW + 300_000;
      await reconcileBreaker(around);
      expect(await store.read('payment')).toMatchObject({
        state: 'open',
        evidence: 'alarm handler-errors: still rings after 300 s, 5 errors',
      });
    }
  });

  test('that is silent, or that nobody has named, opens nothing', async () => {
    const silent = world({}, alarmed);
    await reconcileBreaker(silent.around);
    expect(await silent.state()).toBe('closed');
    const unnamed = world({ alarm: () => Promise.reject(new Error('nobody asks')) });
    expect((await reconcileBreaker(unnamed.around)).failures).toEqual([]);
  });

  test('opens nothing that is held closed', async () => {
    const { around, state, put } = world({ alarm: async () => ringing(NOW + 1) }, alarmed);
    put({ hold: { kind: 'closed', who: 'ada', why: 'the alarm is wrong', until: NOW + 60_000 } });
    await reconcileBreaker(around);
    expect(await state()).toBe('closed');
  });
});

describe('a part that fails', () => {
  const denied = new Error('AccessDenied');
  const refused = () => Promise.reject(denied);

  test('keeps no other from its work, and is told in the end', async () => {
    const { around, put, mapping, started } = world({
      alarm: refused,
      moves: { parked: refused, runningMove: refused, cancel: refused },
    });
    const two = {
      ...around,
      dependencies: { ...around.dependencies, kitchen: dependencySettings.parse({ alarmName: 'kitchen-errors' }) },
    };
    put(open);
    const { records, failures } = await reconcileBreaker(two);
    expect(mapping.set).toEqual([{ enabled: false, maximumConcurrency: LEAST_CONCURRENCY }]);
    expect(started).toEqual(['payment-1-0']);
    expect(records.map(({ dependency, state }) => `${dependency} ${state}`)).toEqual([
      'payment open',
      'kitchen closed',
    ]);
    expect(failures).toEqual([denied, denied]);
  });

  test('half-open, an alarm that cannot be asked leaves the mapping no longer off', async () => {
    const { around, put } = world({ alarm: refused }, { alarmName: 'handler-errors' });
    const mapping = mappingOf(false, LEAST_CONCURRENCY);
    put({ state: 'half-open', epoch: 1 });
    const { failures } = await reconcileBreaker({ ...around, mapping });
    expect(mapping.set).toEqual([{ enabled: true, maximumConcurrency: LEAST_CONCURRENCY }]);
    expect(failures).toEqual([denied]);
  });

  test.each([
    ['open', [false]],
    ['half-open', [false]],
    ['closed', []],
  ] as const)('what else brings messages in is off until it is closed again: %s', async (state, set) => {
    const switched: boolean[] = [];
    const intake = { isOn: async () => true, switch: async (on: boolean) => void switched.push(on) };
    const { around, put } = world({ intakes: [intake] });
    put({ ...open, state });
    await reconcileBreaker(around);
    expect(switched).toEqual(set);
  });

  test('an intake that cannot be switched keeps no other on, nor the recovery from beginning', async () => {
    const switched: string[] = [];
    const broken = { isOn: async () => true, switch: () => Promise.reject(new Error('no such pipe')) };
    const other = { isOn: async () => undefined, switch: async () => void switched.push('other') };
    const { around, put, started } = world({ intakes: [broken, other] });
    put(open);
    expect((await reconcileBreaker(around)).failures).toHaveLength(1);
    expect([switched, started]).toEqual([['other'], ['payment-1-0']]);
  });

  test('a mapping that cannot be switched keeps neither parking nor recovery from beginning', async () => {
    const parkMapping = mappingOf(false, 2);
    const broken: Mapping = { read: refused, update: refused };
    const { around, put, started } = world({ mapping: broken, parkMapping });
    put(open);
    const { failures } = await reconcileBreaker(around);
    expect(parkMapping.set).toEqual([{ enabled: true, maximumConcurrency: 2 }]);
    expect(started).toEqual(['payment-1-0']);
    expect(failures.length).toBeGreaterThan(0);
  });

  test('without the table nothing is known, and nothing done', async () => {
    const { around, mapping, started, store } = world();
    store.read = refused;
    await expect(reconcileBreaker(around)).rejects.toThrow('AccessDenied');
    expect([mapping.set, started]).toEqual([[], []]);
  });
});

describe('a move out of parked while a dependency is out', () => {
  const moving = (startedAt: number) => ({ taskHandle: 'move', moved: 0, toMove: 9, rate: 1, startedAt });

  test('is stopped when it began before the breaker opened, or in the minute after, as a recovery’s may', async () => {
    for (const startedAt of [NOW - 60_000, NOW + 59_000]) {
      const { around, put, cancelled } = world();
      put(open);
      const moves = { ...around.moves, runningMove: async () => moving(startedAt) };
      await reconcileBreaker({ ...around, moves });
      expect(cancelled).toEqual(['move']);
    }
  });

  test('goes on when it began later: then a person saves what SQS would delete', async () => {
    const { around, put, cancelled } = world();
    put(open);
    const moves = { ...around.moves, runningMove: async () => moving(NOW + 60_000) };
    await reconcileBreaker({ ...around, moves });
    expect(cancelled).toEqual([]);
  });

  test('counts from the first of those that are open', async () => {
    const { around, put, cancelled } = world();
    const two = { ...around, dependencies: { ...around.dependencies, kitchen: dependencySettings.parse({}) } };
    put({ ...open, since: NOW + 500_000 });
    put({ ...open, since: NOW }, 'kitchen');
    await reconcileBreaker({ ...two, moves: { ...around.moves, runningMove: async () => moving(NOW + 100_000) } });
    expect(cancelled).toEqual([]);
  });
});

describe('what is found in parked while all is well', () => {
  /** An hour of reconciliations, each minute; a sweep's release ends at once, and what it released is back a minute later. */
  async function hours(count: number, sweeps: number, parkedAt: (minute: number, swept: boolean) => number) {
    const { around, clock, store } = world({ sweeps });
    const at: number[] = [];
    for (let minute = 0; minute < count * 60; minute += 1) {
      clock.now = NOW + minute * 60_000;
      await reconcileBreaker({
        ...around,
        moves: { ...around.moves, parked: async () => parkedAt(minute, at.at(-1) === minute - 1) },
      });
      const { releasing, version } = await store.read('payment');
      if (!releasing) continue;
      at.push(minute);
      await change(store, 'payment', { kind: 'released', version }, clock.now, dependencySettings.parse({}));
    }
    return { at, record: await store.read('payment') };
  }

  test('that comes back each time is released after longer and longer waits, and then left to people', async () => {
    const { at } = await hours(24, 5, (_, swept) => (swept ? 0 : 1));
    expect(at).toEqual([0, 5, 15, 35, 75]);
  });

  test('that is gone for an hour is forgotten: what comes later begins anew', async () => {
    const { at, record } = await hours(4, 5, (minute) => (minute === 0 || minute === 90 ? 1 : 0));
    expect(at).toEqual([0, 90]);
    expect(record.sweeps).toBe(0);
  });

  test('with sweeps: 0 is never released by itself', async () => {
    expect((await hours(2, 0, () => 1)).at).toEqual([]);
  });

  test('is not touched while a recovery is under way, or a dependency out', async () => {
    for (const record of [{ releasing: true }, open, { state: 'half-open' as const }]) {
      const { around, put, store } = world();
      put(record);
      const two = { ...around, dependencies: { kitchen: dependencySettings.parse({}), ...around.dependencies } };
      await reconcileBreaker({ ...two, moves: { ...around.moves, parked: async () => 5 } });
      expect((await store.read('kitchen')).releasing).toBe(false);
    }
  });
});

test('a recovery that has ended before its work was done is followed by one of the next run', async () => {
  const started: string[] = [];
  const start = async (name: string) => {
    started.push(name);
    return started.length === 1 ? ('ended' as const) : ('running' as const);
  };
  const { around, put, store } = world({ recoveries: { start } });
  put(open);
  await reconcileBreaker(around);
  expect(started).toEqual(['payment-1-0', 'payment-1-1']);
  expect(executionName(await store.read('payment'))).toBe('payment-1-1');
});

test('the mapping is off while a dependency is out that every message needs, cautious until all of those are closed, and blind to the others', () => {
  const dependency = fc.record({ state: fc.constantFrom(...STATES), scope: fc.constantFrom('consumer', 'call') });
  fc.assert(
    fc.property(
      fc.array(dependency, { minLength: 1, maxLength: 4 }),
      fc.option(fc.integer({ min: 2, max: 1000 })),
      (all, full) => {
        const fullConcurrency = full ?? undefined;
        const records = all.map(({ state }, index) => ({ ...initial(`d${index}`), state }));
        const dependencies = Object.fromEntries(
          all.map(({ scope }, index) => [`d${index}`, dependencySettings.parse({ scope })]),
        );
        const { enabled, maximumConcurrency } = desiredMapping(records, dependencies, fullConcurrency);
        const needed = all.filter(({ scope }) => scope === 'consumer');
        expect(enabled).toBe(!needed.some(({ state }) => state === 'open'));
        expect(maximumConcurrency).toBe(
          needed.some(({ state }) => state !== 'closed') ? LEAST_CONCURRENCY : fullConcurrency,
        );
      },
    ),
  );
});
