import fc from 'fast-check';
import { parsePayment } from '../../../../functions/shop/payment-simulator/requests';
import { emptyBooks, type Fault, pay, report } from '../../../../functions/shop/payment-simulator/simulator';

const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant<Fault>({ kind: 'up' }),
  fc.constant<Fault>({ kind: 'down' }),
  fc.constant<Fault>({ kind: 'failing' }),
  fc.record({ kind: fc.constant('slow' as const), delayMs: fc.nat(5000) }),
  fc.record({ kind: fc.constant('flaky' as const), ratio: fc.double({ min: 0, max: 1, noNaN: true }) }),
);
const calls = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    orderId: fc.constantFrom('one', 'two'),
    amount: fc.constantFrom(420, 250),
    canary: fc.boolean(),
    fault: faults,
    chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
);

test('a key is charged at most once, canaries never, every call is counted, and what an order was charged beyond the first is a double charge', () => {
  fc.assert(
    fc.property(calls, (made) => {
      const books = emptyBooks();
      const orderOf = new Map<string, string>();
      for (const { fault, chance, ...request } of made) {
        const answer = pay(books, request, fault, () => chance);
        const first = answer.status === 200 && !request.canary && !orderOf.has(request.key);
        if (first) orderOf.set(request.key, request.orderId);
        if (fault.kind === 'down') expect(answer.delayMs).toBe('never');
      }
      const ordersCharged = new Set(orderOf.values()).size;
      expect(report(books)).toMatchObject({
        charges: ordersCharged,
        doubleCharges: orderOf.size - ordersCharged,
        calls: made.length,
        canaries: made.filter(({ canary }) => canary).length,
      });
    }),
  );
});

test('a caller that makes a new key for each try of one order charges it twice, and the report says so', () => {
  const books = emptyBooks();
  const body = { orderId: 'order-0001', amount: 420, currency: 'USD' };
  for (const key of ['try-1', 'try-2', 'try-2']) pay(books, parsePayment(key, body), { kind: 'up' }, Math.random);
  expect(report(books)).toMatchObject({ charges: 1, doubleCharges: 1, total: 840 });
});

test('a key that was charged gets the first answer again', () => {
  const books = emptyBooks();
  const request = { key: 'order-0001', orderId: 'order-0001', amount: 420, canary: false };
  const first = pay(books, request, { kind: 'up' }, Math.random);
  expect(pay(books, request, { kind: 'up' }, Math.random).body).toEqual({ ...first.body, repeated: true });
  expect(report(books).total).toBe(420);
});
