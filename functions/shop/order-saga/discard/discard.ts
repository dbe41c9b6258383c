import type { Order } from '../../domain/order';
import { type Ledger, undo } from '../ledger';

/** Takes an order off the bar's book; `brewed` says whether there was coffee to throw away. */
export async function discard(ledger: Ledger, { orderId }: Order): Promise<{ brewed: boolean }> {
  return { brewed: await undo(ledger, orderId, 'brew') };
}
