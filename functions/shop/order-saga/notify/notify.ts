import type { Order } from '../../domain/order';
import type { OrderEnds } from '../order-ends';
import { type Results, resultOf } from '../step';

/** Tells the customer that the coffee is ready, by the order's page. */
export async function notify(orders: OrderEnds, { orderId }: Order, results: Results, now: Date) {
  await orders.finish(orderId, 'paid', String(resultOf(results, 'charge', 'paymentId')), now);
  return { status: 'paid' };
}
