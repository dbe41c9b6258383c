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

test('an order is shown with its status and attempts, without its inner fields', () => {
  const shown = show({
    orderId: 'order-0001',
    status: 'parked',
    order: anOrder(),
    fingerprint: 'inner',
    deliveries: 3,
    failedRounds: 0,
    roundAt: '2026-01-01T12:00:00.000Z',
    firstSeen: '2026-01-01T12:00:00.000Z',
    updatedAt: '2026-01-01T12:00:09.000Z',
    lastError: 'payment gave no answer in 3000 ms',
  });
  expect(shown).toMatchObject({ status: 'parked', attempts: 3, customer: 'Ada', amount: 420 });
  for (const inner of ['fingerprint', 'roundAt']) expect(shown).not.toHaveProperty(inner);
});
