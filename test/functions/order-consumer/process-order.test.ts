import fc from 'fast-check';
import { report } from '../../../functions/payment-simulator/simulator';
import { anOrder } from '../orders';
import { ShopInMemory } from './shop-in-memory';

test('an order is paid once and its books say so', async () => {
  const shop = new ShopInMemory();
  shop.send(anOrder());
  await shop.settle();
  expect(shop.orders.get('order-0001')).toMatchObject({
    status: 'paid',
    deliveries: 1,
    firstSeen: '2026-01-01T12:00:00.000Z',
  });
  expect(report(shop.books)).toMatchObject({ charges: 1, doubleCharges: 0 });
});

test('a duplicate of a paid order asks nobody', async () => {
  const shop = new ShopInMemory();
  shop.send(anOrder());
  shop.send(anOrder());
  await shop.settle();
  expect(shop.handled.map(({ kind }) => kind)).toEqual(['paid', 'duplicate']);
  expect(report(shop.books).calls).toBe(1);
});

test('another order under a used id goes to repair instead of vanishing as a duplicate', async () => {
  const shop = new ShopInMemory();
  shop.send(anOrder());
  shop.send(anOrder({ customer: 'Bob' }));
  await shop.settle();
  expect(shop.repair).toMatchObject([{ note: { reason: 'conflict', orderId: 'order-0001' } }]);
  expect(report(shop.books).charges).toBe(1);
});

test('while payment is down an order is tried three times, parked, and its lane is quiet', async () => {
  const shop = new ShopInMemory();
  shop.fault = { kind: 'down' };
  shop.send(anOrder());
  await shop.settle();
  expect(shop.parked).toHaveLength(1);
  expect(shop.orders.get('order-0001')).toMatchObject({ status: 'parked', deliveries: 3 });
  expect(report(shop.books).calls).toBe(3);
});

test('released when payment is back, it is paid once, with the time that it was first seen', async () => {
  const shop = new ShopInMemory();
  shop.fault = { kind: 'failing' };
  shop.send(anOrder());
  await shop.settle();
  shop.fault = { kind: 'up' };
  shop.release();
  await shop.settle();
  expect(shop.orders.get('order-0001')).toMatchObject({ status: 'paid', firstSeen: '2026-01-01T12:00:00.000Z' });
  expect(report(shop.books).charges).toBe(1);
});

test('an order that fails through three redrives while payment works for others is poison', async () => {
  const shop = new ShopInMemory();
  const charge = shop.surroundings().charge;
  shop.surroundings = () => ({
    ...ShopInMemory.prototype.surroundings.call(shop),
    charge: async (order) =>
      order.orderId === 'order-0001' ? { kind: 'unavailable', reason: 'payment answered 500' } : charge(order),
  });
  shop.send(anOrder());
  for (let round = 0; round <= 3; round += 1) {
    await shop.settle();
    expect(shop.repair).toHaveLength(round < 3 ? 0 : 1);
    shop.release();
  }
  expect(shop.repair).toMatchObject([{ note: { reason: 'poison', orderId: 'order-0001' } }]);
  expect(shop.orders.get('order-0001')).toMatchObject({ status: 'repair', deliveries: 12 });
});

test('an outage of many rounds makes no order poison: the canary is asked first', async () => {
  const shop = new ShopInMemory();
  shop.fault = { kind: 'failing' };
  shop.send(anOrder());
  for (let round = 0; round < 10; round += 1) {
    await shop.settle();
    expect(shop.parked).toHaveLength(1);
    shop.release();
  }
  shop.fault = { kind: 'up' };
  await shop.settle();
  expect(shop.repair).toHaveLength(0);
  expect(shop.orders.get('order-0001')?.status).toBe('paid');
});

test('an order mended in repair and sent again starts with fresh rounds and is paid', async () => {
  const shop = new ShopInMemory();
  shop.orders.set('order-0001', {
    ...{ orderId: 'order-0001', status: 'repair', order: anOrder(), fingerprint: 'as it was', deliveries: 12 },
    ...{ firstSeen: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
  });
  shop.send(anOrder({ customer: 'Ada Lovelace' }));
  await shop.settle();
  expect(shop.orders.get('order-0001')).toMatchObject({
    status: 'paid',
    deliveries: 1,
    firstSeen: '2026-01-01T00:00:00.000Z',
  });
});

test('malformed messages go to repair at the first receive, and nobody is charged', async () => {
  const shop = new ShopInMemory();
  shop.send('{"orderId":"order-0002","customer":7}');
  shop.send('latte, please');
  await shop.settle();
  expect(shop.repair.map(({ note }) => [note.reason, note.path, note.orderId])).toEqual([
    ['malformed', 'customer', 'order-0002'],
    ['malformed', '', undefined],
  ]);
  expect(report(shop.books).calls).toBe(0);
});

/**
 * Every schedule of crashes, before and after every effect, with payment going up and down: what was accepted ends in exactly one of
 * paid, repair or parked once the crashes stop, and nothing is ever paid twice.
 */
test('whenever the process dies, nothing is lost and nothing is paid twice', async () => {
  const days = fc.array(fc.record({ crashes: fc.array(fc.boolean(), { maxLength: 30 }), up: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(days, fc.integer({ min: 1, max: 4 }), async (schedule, count) => {
      const shop = new ShopInMemory();
      const ids = Array.from({ length: count }, (_, index) => `order-000${index}`);
      for (const orderId of ids) shop.send(anOrder({ orderId }));
      for (const { crashes, up } of schedule) {
        shop.fault = { kind: up ? 'up' : 'down' };
        const pending = [...crashes];
        shop.crash = () => pending.shift() ?? false;
        await shop.settle();
        shop.release();
      }
      shop.crash = () => false;
      shop.fault = { kind: 'up' };
      await shop.settle();
      shop.release();
      await shop.settle();

      const { doubleCharges, charges } = report(shop.books);
      expect(doubleCharges).toBe(0);
      for (const id of ids) {
        const ends = [
          shop.orders.get(id)?.status === 'paid',
          shop.parked.some(({ body }) => body.includes(id)),
          shop.repair.some(({ note }) => note.orderId === id) && shop.orders.get(id)?.status !== 'paid',
        ];
        expect(ends.filter(Boolean)).toHaveLength(1);
      }
      expect(charges).toBeGreaterThanOrEqual(
        [...shop.orders.values()].filter(({ status }) => status === 'paid').length,
      );
    }),
    { numRuns: 500 },
  );
});
