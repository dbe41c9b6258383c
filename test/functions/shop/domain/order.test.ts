import fc from 'fast-check';
import type { Message } from '../../../../functions/runtime/message';
import { read } from '../../../../functions/runtime/read';
import { checkPrice, MAXIMUM_ORDER_BYTES, type Order } from '../../../../functions/shop/domain/order';
import { orderConsumer } from '../../../../functions/shop/order-consumer/contract';
import { anOrder, orders } from '../orders';

/** As every consumer of orders reads a body. */
async function parseOrder(
  body: string,
): Promise<{ readonly malformed: { readonly path: string; readonly reason: string } } | { readonly order: Order }> {
  const found = await read({ body } as Message, orderConsumer);
  if ('malformed' in found) return { malformed: { path: found.malformed.path, reason: found.malformed.detail } };
  return { order: found.value };
}

test('every order that the shop can make is read as it was sent, at its price', async () => {
  await fc.assert(
    fc.asyncProperty(orders(), async (order) => {
      expect(await parseOrder(JSON.stringify(order))).toEqual({ order });
      expect(() => checkPrice(order)).not.toThrow();
    }),
  );
});

test('no body makes it throw, whatever it holds', async () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => `{"orderId":${text}`),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (body) => {
      const parsed = await parseOrder(body);
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
])('%s is refused with where and why', async (_, body, path, reason) => {
  const parsed = await parseOrder(body);
  expect(parsed).toMatchObject({ malformed: { path, reason: expect.stringContaining(reason) } });
});

/** A body of so many bytes that is a valid order otherwise. */
const ofSize = (bytes: number) => {
  const body = JSON.stringify({ ...anOrder(), note: '' });
  return body.replace('"note":""', `"note":"${'x'.repeat(bytes - body.length)}"`);
};
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test('an order may have 32 KiB; a larger one is malformed, however valid it looks, because the books could not hold it', async () => {
  expect(await parseOrder(ofSize(MAXIMUM_ORDER_BYTES))).toHaveProperty('order');
  expect(await parseOrder(ofSize(MAXIMUM_ORDER_BYTES + 1))).toEqual({
    malformed: { reason: 'The body has 32,769 bytes; an order has at most 32,768.', path: '' },
  });
  // Two bytes a letter: what SQS and DynamoDB count are bytes.
  expect(await parseOrder(ofSize(20_000).replaceAll('x', 'é'))).toHaveProperty('malformed');
});

test('what a newer shop sends along is no reason to refuse an order, and is not kept, however deep it goes', async () => {
  const [item] = anOrder().items;
  const newer = JSON.stringify({ ...anOrder(), items: [{ ...item, milk: 'oat' }], loyalty: { card: 7 } });
  for (const body of [newer, newer.replace('{"card":7}', nested(16_000))]) {
    expect(await parseOrder(body)).toEqual({ order: anOrder() });
  }
});

test.each([
  ['a text', JSON.stringify('x'.repeat(30_000))],
  ['a list', nested(16_000)],
  ['an object', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
])('the reason stays short when %s is huge', async (_, value) => {
  for (const field of ['customer', 'amount', 'items']) {
    const body = JSON.stringify({ ...anOrder(), [field]: 'here' }).replace('"here"', value);
    const parsed = await parseOrder(body);
    if (/^"/.test(value)) expect(parsed).toMatchObject({ malformed: { path: expect.stringContaining(field) } });
    expect(parsed).toHaveProperty('malformed');
    expect('malformed' in parsed && parsed.malformed.reason.length).toBeLessThan(200);
  }
});

test('a price that is not the menu’s is refused with where and why', () => {
  expect(() => checkPrice(anOrder({ amount: 1 }))).toThrow('amount is 1: the items cost 420');
});

test('an order that is sent again with another time is the same order, with other coffee another one', async () => {
  const printOf = async (order: object) => {
    const found = await read({ body: JSON.stringify(order) } as Message, orderConsumer);
    return 'malformed' in found ? undefined : found.fingerprint;
  };
  const order = anOrder();
  const print = await printOf(order);
  expect(print).toBeDefined();
  expect(await printOf({ ...order, placedAt: '2027-01-01T00:00:00.000Z' })).toBe(print);
  expect(await printOf({ ...order, customer: 'Bob' })).not.toBe(print);
  expect(await printOf({ ...order, items: [{ coffee: 'espresso', size: 'small', quantity: 1 }] })).not.toBe(print);
});
