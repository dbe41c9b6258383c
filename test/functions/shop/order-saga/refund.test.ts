import { sortAnswer } from '../../../../functions/shop/domain/payment';
import { takePayment } from '../../../../functions/shop/order-saga/charge/take-payment';
import { giveBack } from '../../../../functions/shop/order-saga/refund/give-back';
import { emptyBooks, pay, refund, report } from '../../../../functions/shop/payment-simulator/simulator';
import { anOrder } from '../orders';

const order = anOrder({ orderId: 'order-refund-1' });
const request = { key: order.orderId, orderId: order.orderId, amount: order.amount, canary: false };
const up = { kind: 'up' } as const;

describe('the payment system', () => {
  test('refunds a charge once, however often it is asked', () => {
    const books = emptyBooks();
    pay(books, request, up, Math.random);
    const first = refund(books, request, up, Math.random);
    expect(first).toEqual({ status: 200, body: { status: 'refunded', refunded: true }, delayMs: 0 });
    expect(refund(books, request, up, Math.random)).toEqual(first);
    expect(books.refunds.get(request.key)).toBe(1);
  });

  test('refuses a charge that comes after its refund, whether it had been charged or not', () => {
    const books = emptyBooks();
    expect(refund(books, request, up, Math.random).body).toEqual({ status: 'refunded', refunded: false });
    expect(pay(books, request, up, Math.random)).toMatchObject({ status: 422, body: { error: 'refunded' } });
    expect(report(books)).toMatchObject({ charges: 0, total: 0 });
    const other = { ...request, key: 'order-refund-2', orderId: 'order-refund-2' };
    pay(books, other, up, Math.random);
    refund(books, other, up, Math.random);
    expect(pay(books, other, up, Math.random).status).toBe(422);
    expect(report(books).doubleCharges).toBe(0);
  });

  test('books no refund while it fails', () => {
    const books = emptyBooks();
    pay(books, request, up, Math.random);
    expect(refund(books, request, { kind: 'failing' }, Math.random).status).toBe(503);
    expect(refund(books, request, { kind: 'down' }, Math.random).delayMs).toBe('never');
    expect(books.refunds.size).toBe(0);
    expect(report(books).failures).toBe(2);
  });
});

test.each([
  [503, {}],
  [200, { status: 'refunded' }],
  [200, {}],
])('an answer that does not say whether it refunded (%i %j) is no refund', async (status, body) => {
  await expect(giveBack(async () => ({ status, body }), order)).rejects.toMatchObject({ name: 'RefundFailed' });
});

test.each([
  [402, { error: 'card_declined' }, 'PaymentDeclined'],
  [422, { error: 'refunded' }, 'PaymentRejected'],
  [503, {}, 'PaymentUnavailable'],
  [429, {}, 'PaymentUnavailable'],
])('an answer of %i %j is the error that the state machine knows: %s', async (status, body, name) => {
  await expect(takePayment(async () => sortAnswer(status, body), order)).rejects.toMatchObject({ name });
});
