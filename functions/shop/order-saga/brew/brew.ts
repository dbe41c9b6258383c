import type { Order } from '../../domain/order';
import { act, type Ledger } from '../ledger';

/** Puts the order on the bar's book, once however often it is called; the baristas make what is on it. */
export async function brew(ledger: Ledger, { orderId, items }: Order): Promise<{ cups: number }> {
  await act(ledger, orderId, 'brew');
  return { cups: items.reduce((sum, { quantity }) => sum + quantity, 0) };
}
