import type { Order } from '../../domain/order';
import { beansFor } from '../beans';
import { act, type Ledger } from '../ledger';

/** Takes an order's beans out of the stock, once however often it is called. */
export async function reserveBeans(ledger: Ledger, order: Order): Promise<{ grams: number }> {
  const grams = beansFor(order);
  await act(ledger, order.orderId, 'beans', -grams);
  return { grams };
}
