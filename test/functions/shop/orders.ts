import fc from 'fast-check';
import { COFFEES, type Coffee, priceOf, SIZES, type Size } from '../../../functions/shop/domain/menu';
import type { Order } from '../../../functions/shop/domain/order';

/** An order that the shop's page could have made. */
export function anOrder(change: Partial<Order> = {}): Order {
  const items = [{ coffee: 'latte' as const, size: 'small' as const, quantity: 1 }];
  return {
    orderId: 'order-0001',
    customer: 'Ada',
    items,
    amount: priceOf(items),
    currency: 'USD',
    placedAt: '2026-01-31T12:00:00.000Z',
    ...change,
  };
}

/** Any valid order. */
export const orders = (): fc.Arbitrary<Order> =>
  fc
    .record({
      orderId: fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/),
      customer: fc.string({ minLength: 1, maxLength: 80 }),
      items: fc.array(
        fc.record({
          coffee: fc.constantFrom(...(Object.keys(COFFEES) as Coffee[])),
          size: fc.constantFrom(...(Object.keys(SIZES) as Size[])),
          quantity: fc.integer({ min: 1, max: 20 }),
        }),
        { minLength: 1, maxLength: 20 },
      ),
    })
    .map((order) => anOrder({ ...order, amount: priceOf(order.items) }));
