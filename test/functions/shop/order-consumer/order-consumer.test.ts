import { COFFEES } from '../../../../functions/shop/domain/menu';
import { anOrder } from '../orders';
import { aShop } from './a-shop';

const order = anOrder();
const { orderId } = order;
afterEach(() => jest.restoreAllMocks());

test('an order is paid once, and a duplicate asks nobody', async () => {
  const { line, payment } = aShop();
  line.send(order);
  await line.settle();
  line.send(order);
  await line.settle();
  expect(payment.charges).toEqual([{ orderId, amount: order.amount }]);
  expect(payment.calls).toBe(1);
  expect(await line.find(orderId)).toMatchObject({ status: 'done', result: { paymentId: `payment-${orderId}` } });
});

test('an order that the bank declines is done, with the reason', async () => {
  const { line, payment } = aShop();
  payment.answers.set(orderId, { status: 402, body: { error: 'card_declined' } });
  line.send(order);
  await line.settle();
  expect(await line.find(orderId)).toMatchObject({ status: 'done', result: { declined: '402 card_declined' } });
});

test('while payment is down an order is parked, and paid once when it is released', async () => {
  const { line, payment } = aShop();
  payment.works = false;
  line.send(order);
  await line.settle();
  expect([line.parked.length, payment.calls]).toEqual([1, 3]);
  expect(await line.find(orderId)).toMatchObject({ status: 'parked', detail: 'payment answered 503 unavailable' });
  payment.works = true;
  line.release();
  await line.settle();
  expect(payment.charges).toHaveLength(1);
});

test.each([true, false])(
  'an order that payment refuses goes to repair if the canary is not refused (green: %s)',
  async (green) => {
    const { line, payment } = aShop({ canary: () => green });
    payment.answers.set(orderId, { status: 422, body: { error: 'no_such_currency' } });
    line.send(order);
    await line.settle();
    expect([line.repair.length, line.parked.length]).toEqual(green ? [1, 0] : [0, 1]);
    if (green)
      expect(line.repair[0]?.note).toMatchObject({
        ...{ reason: 'refused', detail: 'payment refused the request: 422 no_such_currency', id: orderId },
      });
  },
);

test('a price is checked when the order comes in, and stays accepted when the menu changes', async () => {
  const { line, payment } = aShop();
  payment.works = false;
  line.send(order);
  await line.settle();
  const menu = jest.replaceProperty(COFFEES as { latte: number }, 'latte', 990);
  payment.works = true;
  line.release();
  line.send({ ...order, orderId: 'order-new-0001' });
  await line.settle();
  menu.restore();
  expect(payment.charges).toEqual([{ orderId, amount: order.amount }]);
  expect(line.repair.map(({ note }) => note)).toMatchObject([
    { reason: 'refused', path: 'amount', detail: 'amount is 420: the items cost 990' },
  ]);
});

test('a charge whose answer was lost is looked up when payment has forgotten the key, and not made again', async () => {
  const { line, payment } = aShop();
  payment.losesAnswers = true;
  line.send(order);
  await line.settle();
  expect(line.parked).toHaveLength(1);
  payment.losesAnswers = false;
  payment.keys.clear();
  line.advance(25 * 3600);
  line.release();
  await line.settle();
  expect(payment.charges).toHaveLength(1);
  expect(await line.find(orderId)).toMatchObject({ status: 'done', result: { paymentId: `payment-${orderId}` } });
});

test('another order under a used id goes to repair instead of vanishing as a duplicate', async () => {
  const { line } = aShop();
  line.send(order);
  await line.settle();
  line.send({ ...order, customer: 'Grace' });
  await line.settle();
  expect(line.repair.map(({ note }) => note)).toMatchObject([{ reason: 'conflict', id: orderId }]);
});

test('a field that a newer shop adds makes it no other order', async () => {
  const { line } = aShop();
  line.send(order);
  await line.settle();
  line.send({ ...order, note: 'oat milk' });
  await line.settle();
  expect(line.handled.map(({ outcome }) => outcome.kind)).toEqual(['done', 'duplicate']);
});

test('a malformed order is found by its id as in repair, and paid when it is mended and sent again', async () => {
  const { line, payment } = aShop();
  line.send({ ...order, customer: 7 });
  await line.settle();
  expect(await line.find(orderId)).toMatchObject({
    status: 'repair',
    detail: expect.stringContaining('customer is 7'),
  });
  line.sendAgain(() => JSON.stringify(order));
  await line.settle();
  expect(payment.charges).toHaveLength(1);
});
