import { ORDER_SAGA_TASKS } from '../../../../environments/stacks/order-saga';
import { type Change, type Effect, undo } from '../../../../functions/shop/order-saga/ledger';
import { refund } from '../../../../functions/shop/payment-simulator/simulator';
import type { State, StateMachine } from '../../../../modules/saga';
import { type Outcome, play, type Schedule } from './history';
import { type Fate, MemoryLedger, orderMachine, type Parts, sound } from './shop';

// Thousands of histories; most of the time is spent in JSONata.
jest.setTimeout(180_000);

const FAULTS: readonly Fate[] = ['killed before', 'killed after', 'late', 'twice'];
/** A fault that hits one attempt is healed by a retry; one that hits all of them makes the saga turn back, or park. */
const EXTENTS = ['once', 'always'] as const;

interface Injection {
  readonly task: string;
  readonly fate: Fate;
  readonly extent: (typeof EXTENTS)[number];
}

const injections: Injection[] = ORDER_SAGA_TASKS.flatMap((task) =>
  FAULTS.flatMap((fate) => EXTENTS.map((extent) => ({ task, fate, extent }))),
);

const fateOf =
  (...injected: Injection[]) =>
  (task: string, attempt: number): Fate =>
    injected.find((one) => one.task === task && (one.extent === 'always' || attempt === 1))?.fate ?? 'fine';

/** Any task, any attempt, any fault: a third of the attempts fail in some way. */
const anyFault: Schedule['fate'] = (_task, _attempt, random) =>
  random() < 0.5 ? 'fine' : (FAULTS[Math.floor(random() * FAULTS.length)] as Fate);

const randomSchedule = (seed: number): Schedule => ({
  seed,
  fate: anyFault,
  stock: seed % 11 === 0 ? 5 : 1000,
  bankSaysNo: seed % 7 === 0,
});

const wrong = (schedule: unknown, { problems }: Outcome) =>
  problems.length > 0 ? [`${JSON.stringify(schedule)}: ${problems.join('; ')}`] : [];

async function problemsOfAll(parts: Parts, schedules: Iterable<Schedule>, label: (schedule: Schedule) => unknown) {
  const found: string[] = [];
  for (const schedule of schedules) found.push(...wrong(label(schedule), await play(parts, schedule)));
  return found;
}

describe('the books of the order saga', () => {
  test('without faults the order is committed', async () => {
    const outcome = await play(sound, { seed: 1, fate: () => 'fine' });
    expect(outcome).toMatchObject({ problems: [], ending: 'committed', parked: 0 });
    expect(outcome.entered).toEqual(['begin', 'reserve-beans', 'charge', 'brew', 'notify', 'committed']);
  });

  test('an order that the bank declines takes its beans back and refunds nothing', async () => {
    const outcome = await play(sound, { seed: 2, fate: () => 'fine', bankSaysNo: true });
    expect(outcome).toMatchObject({ problems: [], ending: 'compensated', parked: 0 });
    expect(outcome.entered).toEqual(['begin', 'reserve-beans', 'charge', 'return-beans', 'apologize', 'compensated']);
  });

  test('an order that there are no beans for compensates nothing', async () => {
    const outcome = await play(sound, { seed: 3, fate: () => 'fine', stock: 5 });
    expect(outcome).toMatchObject({ problems: [], ending: 'compensated' });
    expect(outcome.entered).toEqual(['begin', 'reserve-beans', 'apologize', 'compensated']);
  });

  test('a brew whose outcome is unknown is taken back first, then the charge, then the beans', async () => {
    const outcome = await play(sound, {
      seed: 4,
      fate: fateOf({ task: 'brew', fate: 'late', extent: 'always' }),
    });
    expect(outcome).toMatchObject({ problems: [], ending: 'compensated' });
    expect(outcome.entered).toEqual([
      'begin',
      'reserve-beans',
      'charge',
      'brew',
      'discard',
      'refund',
      'return-beans',
      'apologize',
      'compensated',
    ]);
  });

  test('a refund that cannot be made is parked, and resumed from there', async () => {
    const outcome = await play(sound, {
      seed: 5,
      fate: fateOf(
        { task: 'brew', fate: 'killed before', extent: 'always' },
        { task: 'refund', fate: 'killed before', extent: 'always' },
      ),
    });
    expect(outcome).toMatchObject({ problems: [], ending: 'compensated', parked: 2 });
    expect(outcome.entered.filter((state) => state === 'reserve-beans')).toHaveLength(1);
    expect(outcome.entered.slice(-5)).toEqual([
      'refund is parked',
      'refund',
      'return-beans',
      'apologize',
      'compensated',
    ]);
  });

  test('balance after every single fault of every task', async () => {
    let seed = 100;
    const found: string[] = [];
    for (const one of injections) {
      seed += 1;
      found.push(...wrong(one, await play(sound, { seed, fate: fateOf(one) })));
    }
    expect(found).toEqual([]);
  });

  test('balance after every pair of faults of every pair of tasks', async () => {
    let seed = 10_000;
    const found: string[] = [];
    for (const [index, first] of injections.entries()) {
      for (const second of injections.slice(index + 1)) {
        if (first.task === second.task) continue;
        seed += 1;
        found.push(...wrong([first, second], await play(sound, { seed, fate: fateOf(first, second) })));
      }
    }
    expect(seed - 10_000).toBe(28 * 8 * 8);
    expect(found).toEqual([]);
  });

  test('balance after 2,500 random schedules of crashes, time-outs with late effects and duplicates', async () => {
    const endings = new Map<string, number>();
    const found: string[] = [];
    let parked = 0;
    for (let seed = 1; seed <= 2500; seed += 1) {
      const outcome = await play(sound, randomSchedule(seed));
      found.push(...wrong(seed, outcome));
      endings.set(String(outcome.ending), (endings.get(String(outcome.ending)) ?? 0) + 1);
      if (outcome.parked > 0) parked += 1;
    }
    expect(found).toEqual([]);
    // The schedules reach every kind of end, or they would prove nothing.
    expect(endings.get('committed')).toBeGreaterThan(100);
    expect(endings.get('compensated')).toBeGreaterThan(100);
    expect(parked).toBeGreaterThan(100);
    expect([...endings.keys()].sort()).toEqual(['committed', 'compensated']);
  });

  test('one seed gives one history', async () => {
    expect(await play(sound, randomSchedule(42))).toEqual(await play(sound, randomSchedule(42)));
  });
});

describe('the same check catches a broken guard:', () => {
  const schedules = function* () {
    for (let seed = 1; seed <= 150; seed += 1) yield randomSchedule(seed);
  };
  const caught = (parts: Parts) => problemsOfAll(parts, schedules(), ({ seed }) => seed);

  /** The reference with one state's catchers changed. */
  const recatch = (name: string, Next: string): StateMachine => {
    const state = orderMachine.States[name] as State & { Catch: { ErrorEquals: string[]; Next: string }[] };
    const Catch = state.Catch.map((one) => (one.ErrorEquals.includes('States.ALL') ? { ...one, Next } : one));
    return { ...orderMachine, States: { ...orderMachine.States, [name]: { ...state, Catch } } };
  };

  test('a charge of unknown outcome that is not refunded', async () => {
    const found = await caught({ ...sound, machine: recatch('charge', 'return-beans') });
    expect(found.join('\n')).toContain('charged without coffee');
  });

  test('a brew of unknown outcome that is not discarded', async () => {
    const found = await caught({ ...sound, machine: recatch('brew', 'refund') });
    expect(found.join('\n')).toContain('coffee without a charge');
  });

  test('a refund that pays again when it is asked again', async () => {
    const again: typeof refund = (books, request, fault, random) => {
      const before = books.refunds.get(request.key) ?? 0;
      const answer = refund(books, request, fault, random);
      if (books.charges.has(request.key)) books.refunds.set(request.key, before + 1);
      return answer;
    };
    const found = await caught({ ...sound, refund: again });
    expect(found.join('\n')).toMatch(/refunded \d+ times/);
  });

  test('a compensation that leaves no tombstone for an action that comes later', async () => {
    class Forgetful extends MemoryLedger {
      override async write(change: Change) {
        return change.to === 'blocked' ? ('written' as const) : super.write(change);
      }
    }
    const found = await caught({ ...sound, ledger: (stock) => new Forgetful(stock) });
    expect(found.length).toBeGreaterThan(0);
  });

  test('a saga for each delivery, as a pipe straight to the state machine would start', async () => {
    const found = await caught({ ...sound, nameOf: (orderId, delivery) => `${orderId}-${delivery}` });
    expect(found.join('\n')).toMatch(/without|reported|told/);
  });

  test('a write that does not look at what it overwrites', async () => {
    class Unconditional extends MemoryLedger {
      override async write({ orderId, effect, to, detail, stock = 0 }: Change) {
        this.stock += stock;
        this.records.set(`${orderId}/${effect}`, { state: to, detail });
        return 'written' as const;
      }
    }
    const found = await caught({ ...sound, ledger: (stock) => new Unconditional(stock) });
    expect(found.join('\n')).toContain('of beans are missing');
  });
});

test('undoing what never was leaves a tombstone, and says that there was nothing', async () => {
  const ledger = new MemoryLedger(100);
  const effect: Effect = 'beans';
  expect(await undo(ledger, 'order-1', effect, { stock: 9 })).toBe(false);
  expect(ledger.stock).toBe(100);
  expect(await ledger.read('order-1', effect)).toMatchObject({ state: 'blocked' });
});
