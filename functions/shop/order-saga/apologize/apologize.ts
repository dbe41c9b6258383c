import type { Order } from '../../domain/order';
import type { OrdersTable } from '../../orders/table';
import { type Results, resultOf } from '../step';

/** Tells the customer that there will be no coffee; runs last, so that "your money is back" is true when it is said. */
export async function apologize(orders: Pick<OrdersTable, 'end'>, { orderId }: Order, results: Results, now: Date) {
  const detail =
    resultOf(results, 'refund', 'refunded') === true
      ? 'We are sorry: we could not make your coffee. Your money is on its way back.'
      : 'We are sorry: we could not make your coffee. You were not charged.';
  await orders.end(orderId, { status: 'declined', detail }, now);
  return { status: 'declined', detail };
}
