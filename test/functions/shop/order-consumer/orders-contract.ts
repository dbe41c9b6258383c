import type { OrdersTable } from '../../../../functions/shop/orders/table';
import { anOrder } from '../orders';

type Orders = Pick<OrdersTable, 'begin' | 'noteRound' | 'finish' | 'fail' | 'find'>;

/** A moment some seconds after the first. */
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds));

/** What the books have to do; run against those in memory, that every schedule of crashes is played on, and against DynamoDB. */
export function ordersContract(books: () => Orders): void {
  let number = 0;
  let orderId = '';
  const order = (change = {}) => anOrder({ orderId, ...change });
  beforeEach(() => {
    orderId = `contract-${number++}`;
  });

  test('the first delivery makes an order, every other one is counted, and what it is stays', async () => {
    const first = await books().begin(order(), at(0), at(1));
    expect(first).toEqual({
      ...{ orderId, status: 'accepted', order: order(), deliveries: 1, failedRounds: 0 },
      ...{ fingerprint: expect.any(String), firstSeen: at(0).toISOString() },
      ...{ updatedAt: at(1).toISOString(), roundAt: at(1).toISOString() },
    });
    const other = await books().begin(order({ customer: 'Bob' }), at(5), at(6));
    expect(other).toEqual({ ...first, deliveries: 2, updatedAt: at(6).toISOString() });
    expect(await books().find(orderId)).toEqual(other);
    expect(await books().find('never-seen')).toBeUndefined();
  });

  test('the first end stands', async () => {
    await books().begin(order(), at(0), at(1));
    await books().finish(orderId, 'paid', 'payment-1', at(2));
    await books().finish(orderId, 'declined', 'too late', at(3));
    for (const status of ['retrying', 'parked', 'repair'] as const) {
      expect(await books().fail(orderId, status, 'too late', at(4))).toBe('paid');
    }
    expect(await books().find(orderId)).toMatchObject({ status: 'paid', paymentId: 'payment-1' });
  });

  test('a failure that passes does not take an order out of repair, and says that it is there', async () => {
    await books().begin(order(), at(0), at(1));
    expect(await books().fail(orderId, 'parked', 'no answer', at(2))).toBe('parked');
    expect(await books().fail(orderId, 'repair', 'refused', at(3))).toBe('repair');
    expect(await books().fail(orderId, 'retrying', 'no answer', at(4))).toBe('repair');
    const known = { status: 'repair', lastError: 'refused', repairAt: at(3).toISOString() };
    expect(await books().find(orderId)).toMatchObject(known);
    await books().finish(orderId, 'paid', 'payment-1', at(5));
    expect(await books().find(orderId)).toMatchObject({ status: 'paid' });
  });

  test('an order that nobody knows can’t fail', async () => {
    expect(await books().fail(orderId, 'parked', 'no answer', at(1))).toBeUndefined();
    expect(await books().noteRound(orderId, at(0), at(1))).toBeUndefined();
    expect(await books().find(orderId)).toBeUndefined();
  });

  test('a round is counted once, by a message that was sent after the one before was counted; the first pass is none', async () => {
    await books().begin(order(), at(0), at(1));
    // The first pass, and a duplicate that its sender made before anybody had seen the first.
    expect(await books().noteRound(orderId, at(0), at(2))).toBeUndefined();
    expect(await books().noteRound(orderId, at(1), at(2))).toBeUndefined();
    expect(await books().noteRound(orderId, at(5), at(8))).toBe(1);
    expect(await books().noteRound(orderId, at(6), at(9))).toBeUndefined();
    expect(await books().noteRound(orderId, at(10), at(12))).toBe(2);
    await books().fail(orderId, 'parked', 'an outage', at(13), true);
    expect(await books().find(orderId)).toMatchObject({ failedRounds: 1, roundAt: at(12).toISOString() });
    expect(await books().noteRound(orderId, at(20), at(22))).toBe(2);
  });

  test('what a person sends again from repair starts again with its new content; what was sent before does not', async () => {
    await books().begin(order(), at(0), at(1));
    await books().noteRound(orderId, at(5), at(6));
    await books().fail(orderId, 'repair', 'refused', at(8));
    expect(await books().begin(order(), at(7), at(9))).toMatchObject({ status: 'repair', deliveries: 2 });

    const mended = order({ customer: 'Ada Lovelace' });
    const again = await books().begin(mended, at(20), at(21));
    expect(again).toMatchObject({
      ...{ status: 'accepted', order: mended, deliveries: 3, failedRounds: 0 },
      ...{ roundAt: at(21).toISOString(), firstSeen: at(0).toISOString() },
    });
    expect(again).not.toHaveProperty('repairAt');
    // Its own first pass is no round of redrive either.
    expect(await books().noteRound(orderId, at(20), at(22))).toBeUndefined();
  });

  test('of two that were sent again at once both go by what the first made of the order', async () => {
    await books().begin(order(), at(0), at(1));
    await books().fail(orderId, 'repair', 'refused', at(2));
    const mended = order({ customer: 'Ada Lovelace' });
    const both = await Promise.all([0, 1].map((later) => books().begin(mended, at(20), at(21 + later))));
    expect(both.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
    expect(new Set(both.map((known) => known.fingerprint)).size).toBe(1);
    expect(both[0]?.order).toEqual(mended);
  });
}
