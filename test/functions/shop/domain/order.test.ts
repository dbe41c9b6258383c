import fc from 'fast-check';
import { fingerprint, MAXIMUM_ORDER_BYTES, parseOrder } from '../../../../functions/shop/domain/order';
import { anOrder, orders } from '../orders';

test('every order that the shop can make is read as it was sent', () => {
  fc.assert(
    fc.property(orders(), (order) => {
      expect(parseOrder(JSON.stringify(order))).toEqual({ order });
    }),
  );
});

test('no body makes it throw, whatever it holds', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => `{"orderId":${text}`),
  );
  fc.assert(
    fc.property(anything, (body) => {
      const parsed = parseOrder(body);
      if ('malformed' in parsed) expect(parsed.malformed.reason.length).toBeGreaterThan(0);
    }),
  );
});

test.each([
  ['not JSON', 'latte, please', '', 'not JSON'],
  ['nothing', '', '', 'not JSON'],
  ['a list', '[]', '', 'expected object'],
  ['null', 'null', '', 'expected object'],
  ['a field missing', JSON.stringify({ ...anOrder(), customer: undefined }), 'customer', 'missing'],
  [
    'an unknown size',
    JSON.stringify(anOrder({ items: [{ coffee: 'latte', size: 'bucket' as 'small', quantity: 1 }] })),
    'items.0.size',
    '"small"|"medium"|"large"',
  ],
  ['a negative price', JSON.stringify(anOrder({ amount: -420 })), 'amount', '-420'],
  ['a price that is not the menu’s', JSON.stringify(anOrder({ amount: 1 })), 'amount', 'not the price'],
  [
    'an absurd quantity',
    JSON.stringify(anOrder({ items: [{ coffee: 'latte', size: 'small', quantity: 1e9 }] })),
    'items.0.quantity',
    '<=20',
  ],
  [
    'half a cup',
    JSON.stringify(anOrder({ items: [{ coffee: 'latte', size: 'small', quantity: 0.5 }] })),
    'items.0.quantity',
    'int',
  ],
  ['no items', JSON.stringify(anOrder({ items: [] })), 'items', '>=1'],
  ['an id with a path in it', JSON.stringify(anOrder({ orderId: '../../etc/passwd' })), 'orderId', '8 to 64 letters'],
  ['a date that is none', JSON.stringify(anOrder({ placedAt: 'yesterday' })), 'placedAt', 'ISO datetime'],
  ['a price as text', JSON.stringify({ ...anOrder(), amount: '420' }), 'amount', 'expected number'],
])('%s is refused with where and why', (_, body, path, reason) => {
  const parsed = parseOrder(body);
  expect(parsed).toMatchObject({ malformed: { path, reason: expect.stringContaining(reason) } });
});

/** A body of so many bytes that is a valid order otherwise. */
const ofSize = (bytes: number) => {
  const body = JSON.stringify({ ...anOrder(), note: '' });
  return body.replace('"note":""', `"note":"${'x'.repeat(bytes - body.length)}"`);
};
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test('an order may have 32 KiB; a larger one is malformed, however valid it looks, because the books could not hold it', () => {
  expect(parseOrder(ofSize(MAXIMUM_ORDER_BYTES))).toHaveProperty('order');
  expect(parseOrder(ofSize(MAXIMUM_ORDER_BYTES + 1))).toEqual({
    malformed: { reason: 'The body has 32,769 bytes; an order has at most 32,768.', path: '' },
  });
  // Two bytes a letter: what SQS and DynamoDB count are bytes.
  expect(parseOrder(ofSize(20_000).replaceAll('x', 'é'))).toHaveProperty('malformed');
});

test('what a newer shop sends along is no reason to refuse an order, and is not kept, however deep it goes', () => {
  const [item] = anOrder().items;
  const newer = JSON.stringify({ ...anOrder(), items: [{ ...item, milk: 'oat' }], loyalty: { card: 7 } });
  for (const body of [newer, newer.replace('{"card":7}', nested(16_000))]) {
    expect(parseOrder(body)).toEqual({ order: anOrder() });
  }
});

test.each([
  ['a text', JSON.stringify('x'.repeat(30_000))],
  ['a list', nested(16_000)],
  ['an object', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
])('the reason stays short when %s is huge', (_, value) => {
  for (const field of ['customer', 'amount', 'items']) {
    const body = JSON.stringify({ ...anOrder(), [field]: 'here' }).replace('"here"', value);
    const parsed = parseOrder(body);
    expect(parsed).toMatchObject({ malformed: { path: expect.stringContaining(field) } });
    expect('malformed' in parsed && parsed.malformed.reason.length).toBeLessThan(200);
  }
});

test('two orders have one fingerprint only if they are the same order', () => {
  const order = anOrder();
  expect(fingerprint({ ...order, placedAt: '2027-01-01T00:00:00.000Z' })).toBe(fingerprint(order));
  expect(fingerprint({ ...order, customer: 'Bob' })).not.toBe(fingerprint(order));
  expect(fingerprint({ ...order, items: [{ coffee: 'espresso', size: 'small', quantity: 1 }] })).not.toBe(
    fingerprint(order),
  );
});
