import fc from 'fast-check';
import { emptyBooks, type Fault, pay, report } from '../../../functions/payment-simulator/simulator';

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
    amount: fc.constantFrom(420, 250),
    canary: fc.boolean(),
    fault: faults,
    chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
);

test('a key is charged at most once, canaries never, and every call is counted', () => {
  fc.assert(
    fc.property(calls, (made) => {
      const books = emptyBooks();
      const succeeded = new Set<string>();
      for (const { fault, chance, ...request } of made) {
        const answer = pay(books, request, fault, () => chance);
        if (answer.status === 200 && !request.canary) succeeded.add(request.key);
        if (fault.kind === 'down') expect(answer.delayMs).toBe('never');
      }
      const { charges, doubleCharges, calls: counted } = report(books);
      expect({ charges, doubleCharges, counted }).toEqual({
        charges: succeeded.size,
        doubleCharges: 0,
        counted: made.length,
      });
    }),
  );
});

test('a key that was charged gets the first answer again', () => {
  const books = emptyBooks();
  const request = { key: 'order-0001', amount: 420, canary: false };
  const first = pay(books, request, { kind: 'up' }, Math.random);
  expect(pay(books, request, { kind: 'up' }, Math.random).body).toEqual({ ...first.body, repeated: true });
  expect(report(books).total).toBe(420);
});
