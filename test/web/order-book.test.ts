import { checkPrice, order as orderForm } from '../../functions/shop/domain/order';
import {
  leftOut,
  merge,
  type OrderBook,
  openBook,
  orderOf,
  place,
  STAGES,
  unfinishedLanes,
  update,
} from '../../web/shop/order-book';

const order = (id: string) => orderOf('latte', 'medium', ' Ada ', 480, id, new Date('2026-01-31T08:00:00Z'));
const book = (...ids: string[]): OrderBook =>
  ids.reduce((so, id) => place(so, order(id), 'protected'), openBook(1, undefined));

test('what the page sends is an order that the consumer takes', () => {
  expect(orderForm.parse(order('order-0001'))).toEqual(order('order-0001'));
  expect(() => checkPrice(order('order-0001'))).not.toThrow();
  expect(order('order-0001').customer).toBe('Ada');
  expect(orderOf('latte', 'medium', '  ', 480, 'order-0001', new Date()).customer).toBe('Guest');
});

test('an order that the history does not know yet stays as it is; a known one takes its status, tries and error', () => {
  const queued = update(book('order-0001', 'order-0002'), 'order-0001', { stage: 'waiting' });
  const merged = merge(queued, 'protected', [
    { orderId: 'order-0002', status: 'retrying', attempts: 2, lastError: 'payment gave no answer' },
  ]);
  expect(merged.tickets.map(({ order: { orderId }, stage, attempts }) => [orderId, stage, attempts])).toEqual([
    ['order-0002', 'retrying', 2],
    ['order-0001', 'waiting', 0],
  ]);
  expect(merged.tickets[0]?.lastError).toBe('payment gave no answer');
});

test("another lane's history and a status of a newer server change nothing", () => {
  const before = book('order-0001');
  expect(merge(before, 'unprotected', [{ orderId: 'order-0001', status: 'paid' }])).toEqual(before);
  expect(merge(before, 'protected', [{ orderId: 'order-0001', status: 'roasted' }])).toEqual(before);
});

test('a parked order is followed by its id once the history no longer shows it', () => {
  const parked = merge(book('order-0001', 'order-0002'), 'protected', [{ orderId: 'order-0001', status: 'parked' }]);
  const others = Array.from({ length: 100 }, (_, index) => ({ orderId: `other-${1000 + index}` }));
  expect(leftOut(parked, 'protected', [{ orderId: 'order-0001' }])).toEqual([]);
  expect(leftOut(parked, 'protected', others.slice(1))).toEqual(['order-0001']);
  expect(leftOut(parked, 'protected', others)).toEqual(['order-0002', 'order-0001']);
  expect(leftOut(parked, 'unprotected', others)).toEqual([]);
});

test('only lanes with unfinished orders are asked', () => {
  const two = place(book('order-0001'), order('order-0002'), 'unprotected');
  expect(unfinishedLanes(two).sort()).toEqual(['protected', 'unprotected']);
  expect(unfinishedLanes(merge(two, 'protected', [{ orderId: 'order-0001', status: 'paid' }]))).toEqual([
    'unprotected',
  ]);
});

test('the book stays short, newest first, and is void in another run of the server', () => {
  const ids = Array.from({ length: 40 }, (_, index) => `order-${1000 + index}`);
  const long = book(...ids);
  expect(long.tickets).toHaveLength(30);
  expect(long.tickets[0]?.order.orderId).toBe('order-1039');
  expect(openBook(1, long)).toBe(long);
  expect(openBook(2, long).tickets).toEqual([]);
  expect(openBook(1, { run: 1 } as OrderBook).tickets).toEqual([]);
});

test('a declined ticket does not deny the charge that a saga takes back: the detail says which it was', () => {
  expect(STAGES.declined.meaning).not.toMatch(/charged|bank/);
});
