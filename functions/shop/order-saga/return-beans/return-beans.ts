import type { Order } from '../../domain/order';
import { beansFor } from '../beans';
import { type Ledger, undo } from '../ledger';
import { type Results, resultOf } from '../step';

/** Puts an order's beans back, unless they are in a cup that was thrown away: those are written off. */
export async function returnBeans(ledger: Ledger, order: Order, results: Results): Promise<{ grams: number }> {
  const wasted = resultOf(results, 'discard', 'brewed') === true;
  const grams = wasted ? 0 : beansFor(order);
  const reserved = await undo(ledger, order.orderId, 'beans', wasted ? { detail: 'wasted' } : { stock: grams });
  return { grams: reserved ? grams : 0 };
}
