import type { Order } from '../../domain/order';
import type { OrdersTable } from '../../orders/table';
import { type Results, resultOf } from '../step';

/** Tells the customer that the coffee is ready, by the order's page. */
export async function notify(orders: Pick<OrdersTable, 'end'>, { orderId }: Order, results: Results, now: Date) {
  await orders.end(orderId, { status: 'paid', detail: String(resultOf(results, 'charge', 'paymentId')) }, now);
  return { status: 'paid' };
}
