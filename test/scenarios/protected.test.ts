import { setTimeout as wait } from 'node:timers/promises';
import { NOTE } from '../../functions/runtime/note';
import { account, anOrder, type Lane, quick, type Shop, startShop, until } from './shop';

let shop: Shop;
let lane: Lane;
let name = 0;
/** Ids that no other test used. */
const ids = (count: number) => Array.from({ length: count }, () => `order-${String(++name).padStart(5, '0')}`);
const all = (status: string) => (statuses: Record<string, string>) =>
  Object.values(statuses).every((each) => each === status);

/** What the consumer has noted on a message in repair. */
const noteOf = (attributes: Record<string, string | undefined> = {}) => JSON.parse(attributes[NOTE] ?? '{}');

beforeAll(async () => {
  shop = await startShop([quick('dead-letters')]);
  lane = shop.lane('protected');
}, 60_000);
afterAll(() => shop?.stop());
beforeEach(() => shop.environment.payment.setFault({ kind: 'up' }));

/** Brings payment down, places orders and waits until all are parked. */
async function park(count: number): Promise<string[]> {
  shop.environment.payment.setFault({ kind: 'down' });
  const orders = ids(count);
  await lane.place(...orders);
  await until(
    'all parked',
    () => lane.depth('parked'),
    (depth) => depth === count,
  );
  return orders;
}

test('an order is paid and can be found by its id and in the history', async () => {
  const [order] = ids(1) as [string];
  await lane.place(order);
  await until('paid', () => lane.statuses([order]), all('paid'), 20);
  expect(await lane.order(order)).toMatchObject({ attempts: 1, customer: 'Ada', amount: 420 });
  const history = await fetch(`${lane.output('api_url').replace(/\/$/, '')}/orders?limit=5`);
  expect(((await history.json()) as { orders: { orderId: string }[] }).orders.map(({ orderId }) => orderId)).toContain(
    order,
  );
  expect((await fetch(`${lane.output('api_url').replace(/\/$/, '')}/orders/never-sent`)).status).toBe(404);
});

test('payment hangs: three orders are parked, the storm stops, and only a green canary releases them, one a second, each paid once', async () => {
  const before = lane.payments();
  const orders = await park(3);
  expect(await lane.statuses(orders)).toEqual(Object.fromEntries(orders.map((order) => [order, 'parked'])));

  const quiet = Date.now();
  await wait(5000);
  expect(await lane.invocations(quiet)).toHaveLength(0);

  const red = await lane.redrive();
  expect(red).toMatchObject({ action: 'hold', parked: 3, canary: { green: false } });
  expect(await lane.depth('parked')).toBe(3);

  shop.environment.payment.setFault({ kind: 'up' });
  expect(await lane.redrive({ dryRun: true })).toMatchObject({ action: 'start', dryRun: true });
  await wait(1500);
  expect(await lane.depth('parked')).toBe(3);

  const released = Date.now();
  // Two at once, as when a person and the schedule meet: one move, and no error.
  const reports = await Promise.all([lane.redrive(), lane.redrive()]);
  for (const report of reports) expect(['start', 'continue']).toContain(report.action);
  expect(reports).toContainEqual(
    expect.objectContaining({ action: 'start', canary: expect.objectContaining({ green: true, sent: 3 }) }),
  );
  await until('all paid', () => lane.statuses(orders), all('paid'), 30);
  expect(Date.now() - released).toBeGreaterThan(1800);
  expect(await lane.depth('parked')).toBe(0);
  const { charges, doubleCharges } = lane.payments();
  expect({ charges: charges - before.charges, doubleCharges }).toEqual({ charges: 3, doubleCharges: 0 });
});

test('a canary that turns red in mid-move cancels it, though nobody asks any more; what had moved is parked again', async () => {
  const orders = await park(6);
  shop.environment.payment.setFault({ kind: 'up' });
  expect(await lane.redrive()).toMatchObject({ action: 'start' });
  await until(
    'some paid',
    () => lane.statuses(orders),
    (statuses) => Object.values(statuses).includes('paid'),
    20,
  );
  shop.environment.payment.setFault({ kind: 'failing' });
  await until(
    'the run that watches has cancelled it',
    () => lane.moves(),
    ([latest]) => latest?.Status === 'CANCELLED',
    20,
  );
  const paid = Object.values(await lane.statuses(orders)).filter((status) => status === 'paid').length;
  expect(paid).toBeLessThan(6);
  await until(
    'the rest parked',
    () => lane.depth('parked'),
    (depth) => depth === 6 - paid,
    40,
  );

  shop.environment.payment.setFault({ kind: 'up' });
  await until(
    'released again',
    () => lane.redrive({ rate: 50 }),
    ({ action }) => action === 'start',
    20,
  );
  await until('all paid', () => lane.statuses(orders), all('paid'), 30);
});

test('malformed messages go to repair with the reason, and their neighbours are paid', async () => {
  const good = ids(3);
  const latte = (change: object) => JSON.stringify({ ...anOrder(), ...change });
  const bad: [string, string, string][] = [
    ['espresso, please', '', 'not JSON'],
    [
      latte({ orderId: 'bad-size-1', items: [{ coffee: 'latte', size: 'bucket', quantity: 1 }] }),
      'items.0.size',
      'bucket',
    ],
    [latte({ orderId: 'bad-price-1', amount: -420 }), 'amount', '-420'],
    [latte({ orderId: 'bad-type-1', customer: 7 }), 'customer', 'expected string'],
    [
      latte({ orderId: 'absurd-1', items: [{ coffee: 'latte', size: 'small', quantity: 1e12 }] }),
      'items.0.quantity',
      '<=20',
    ],
  ];
  const before = await lane.depth('repair');
  await Promise.all([...bad.map(([body]) => lane.post(body)), lane.place(...good)]);
  await until('neighbours paid', () => lane.statuses(good), all('paid'), 20);
  await until(
    'in repair',
    () => lane.depth('repair'),
    (depth) => depth === before + bad.length,
    20,
  );
  const messages = await lane.messages('repair');
  for (const [body, path, reason] of bad) {
    const found = messages.find((message) => message.body === body);
    expect(noteOf(found?.attributes)).toMatchObject({
      ...{ reason: 'malformed', detail: expect.stringContaining(reason), path },
      sentAt: expect.stringMatching(/^20\d\d-/),
    });
  }
});

test('an order over what the queue takes is refused at the intake with the limit; one just below it reaches repair', async () => {
  const ofSize = (bytes: number) =>
    JSON.stringify({ ...anOrder(), note: '' }).replace(/""}$/, `"${'x'.repeat(bytes)}"}`);
  const refused = await lane.post(ofSize(262_144));
  expect(refused.status).toBe(400);
  expect(await refused.text()).toMatch(/262144/);

  const before = await lane.depth('repair');
  expect((await lane.post(ofSize(261_800))).status).toBe(200);
  await until(
    'in repair',
    () => lane.depth('repair'),
    (depth) => depth === before + 1,
    20,
  );
  expect((await lane.messages('repair')).map(({ attributes }) => noteOf(attributes).detail)).toContainEqual(
    expect.stringMatching(/^The body has 26\d,\d{3} bytes; an order has at most 32,768/),
  );
});

test('the same order sent five times is paid once', async () => {
  const [order] = ids(1) as [string];
  const before = lane.payments();
  await Promise.all(Array.from({ length: 5 }, () => lane.place(order)));
  await until('paid', () => lane.statuses([order]), all('paid'), 20);
  await until(
    'all delivered',
    () => lane.depth('orders'),
    (depth) => depth === 0,
    20,
  );
  const { charges, doubleCharges } = lane.payments();
  expect({ charges: charges - before.charges, doubleCharges }).toEqual({ charges: 1, doubleCharges: 0 });
});

test('a flaky payment system heals by retry, without a person', async () => {
  shop.environment.payment.setFault({ kind: 'flaky', ratio: 0.3 });
  const orders = ids(20);
  await lane.place(...orders);
  await until(
    'paid or parked',
    () => lane.statuses(orders),
    (seen) => Object.values(seen).every((each) => each === 'paid' || each === 'parked'),
    60,
  );
  shop.environment.payment.setFault({ kind: 'up' });
  await until(
    'the last ones released',
    () => lane.redrive({ rate: 50 }),
    ({ action }) => action === 'start' || action === 'idle',
    20,
  );
  await until('all paid', () => lane.statuses(orders), all('paid'), 30);
});

test('in the end every message that the intake took is in exactly one place: done, in repair or parked', async () => {
  const stay = await park(2);
  await until(
    'nothing waits',
    () => lane.depth('orders'),
    (depth) => depth === 0,
    20,
  );
  const { done, repair, parked, ...rest } = await account(lane);
  expect(rest).toEqual({ waiting: 0, lost: [], twice: [] });
  // None of the places is empty, so that a message which is missed in one of them shows.
  expect(done).toEqual([...lane.accepted].filter((orderId) => !stay.includes(orderId)).sort());
  expect(repair).toHaveLength(6);
  expect(parked).toHaveLength(2);
  expect([...lane.sent].reduce((sum, [, times]) => sum + times, 0)).toBeGreaterThan(done.length + 8);
  expect(lane.payments().doubleCharges).toBe(0);
});

test('while our own side fails orders are put off and parked, nobody is charged, and nothing is released into it, however healthy payment is', async () => {
  await lane.loseBooks();
  const { charges } = lane.payments();
  const before = await lane.depth('parked');
  await lane.post(JSON.stringify(anOrder({ orderId: 'order-without-books' })));
  await until(
    'parked',
    () => lane.depth('parked'),
    (depth) => depth === before + 1,
    40,
  );
  expect(await lane.redrive()).toMatchObject({
    action: 'hold',
    canary: { green: false, sent: 0 },
    problem: expect.stringContaining('our own side fails'),
  });
  expect(lane.payments().charges).toBe(charges);
});
