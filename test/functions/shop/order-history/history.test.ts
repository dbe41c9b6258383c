import { days, readRequest, show } from '../../../../functions/shop/order-history/history';
import { anOrder } from '../orders';

test.each([
  [{ pathParameters: { id: 'order-0001' } }, { orderId: 'order-0001' }],
  [{}, { limit: 50 }],
  [{ queryStringParameters: { limit: '7' } }, { limit: 7 }],
])('%j asks for %j', (event, request) => {
  expect(readRequest(event)).toEqual(request);
});

test.each(['0', '201', 'all', '1.5', '-1'])('a limit of %s is refused with what is allowed', (limit) => {
  expect(readRequest({ queryStringParameters: { limit } })).toEqual({
    error: `limit is "${limit}"; it takes a whole number from 1 to 200`,
  });
});

test('yesterday belongs to the history, over a month and a year', () => {
  expect(days(new Date('2026-01-01T00:00:01Z'))).toEqual(['2026-01-01', '2025-12-31']);
});

const order = anOrder();
const { orderId } = order;
const entry = {
  ...{ id: orderId, status: 'parked' as const, fingerprint: 'inner', deliveries: 3, rounds: 0, crashes: 0, order },
  ...{ firstSeen: '2026-01-01T12:00:00.000Z', updatedAt: '2026-01-01T12:00:09.000Z' },
  detail: 'payment gave no answer in 3000 ms',
};

test('an order is shown with its status and attempts, without its inner fields', () => {
  const shown = show(entry);
  expect(shown).toMatchObject({ orderId, status: 'parked', attempts: 3, customer: 'Ada', amount: 420 });
  expect(shown).toMatchObject({ lastError: 'payment gave no answer in 3000 ms', failedRounds: 0 });
  for (const inner of ['fingerprint', 'crashes', 'claim']) expect(shown).not.toHaveProperty(inner);
});

test.each<[object, object]>([
  [{ status: 'in-progress', detail: undefined }, { status: 'accepted' }],
  [{ status: 'in-progress' }, { status: 'retrying', lastError: entry.detail }],
  [{ status: 'retrying' }, { status: 'retrying', lastError: entry.detail }],
  [{ status: 'repair' }, { status: 'repair', lastError: entry.detail }],
  [
    { status: 'done', result: { paymentId: 'p-1' } },
    { status: 'paid', paymentId: 'p-1' },
  ],
  [
    { status: 'done', result: { declined: '402' } },
    { status: 'declined', lastError: '402' },
  ],
  [{ status: 'done', result: { execution: orderId } }, { status: 'accepted' }],
  [
    { status: 'done', ending: { status: 'paid', detail: 'p-2' } },
    { status: 'paid', paymentId: 'p-2' },
  ],
  [
    { status: 'done', ending: { status: 'declined', detail: 'sorry' } },
    { status: 'declined', lastError: 'sorry' },
  ],
])('%j is told as %j', (change, told) => {
  expect(show({ ...entry, ...change })).toMatchObject(told);
});

test('what lies in repair without ever having been an order is shown by its id', () => {
  expect(show({ ...entry, status: 'repair', order: undefined })).toMatchObject({ orderId, status: 'repair' });
});
