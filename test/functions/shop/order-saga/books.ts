import type { Order } from '../../../../functions/shop/domain/order';
import { beansFor } from '../../../../functions/shop/order-saga/beans';
import type { Shop } from './shop';

/** How an order has ended, as its services' books say, whatever the state machine believes. */
export type Ending = 'committed' | 'compensated';

/**
 * Checks the books of all services against each other.
 *
 * @returns what is wrong; empty when every order is either wholly committed or wholly compensated, and no bean or cent is missing
 */
export function audit(shop: Shop, orders: readonly Order[], claimed: ReadonlyMap<string, Ending>): string[] {
  const problems: string[] = [];
  let beansOut = 0;
  for (const order of orders) {
    const { orderId } = order;
    const wrong = (what: string) => problems.push(`${orderId}: ${what}`);
    const beans = shop.ledger.records.get(`${orderId}/beans`);
    const brewed = shop.ledger.records.get(`${orderId}/brew`)?.state === 'done';
    const charges = shop.payments.charges.get(orderId)?.length ?? 0;
    const refunds = shop.payments.refunds.get(orderId) ?? 0;
    const told = shop.ends.get(orderId)?.status;
    const reserved = beans?.state === 'done';
    const wasted = beans?.state === 'undone' && beans.detail === 'wasted';
    if (reserved || wasted) beansOut += beansFor(order);

    if (charges > 1) wrong(`charged ${charges} times`);
    if (refunds > 1) wrong(`refunded ${refunds} times`);
    if (refunds > charges) wrong('refunded without a charge');
    const paid = charges - refunds === 1;
    if (paid && !brewed) wrong('charged without coffee');
    if (brewed && !paid) wrong('coffee without a charge');
    if (brewed && !reserved) wrong('coffee without beans');
    if (!brewed && reserved) wrong('beans reserved for nothing');
    const ending = claimed.get(orderId);
    if (ending === 'committed' && !brewed) wrong('reported committed, but there is no coffee');
    if (ending === 'compensated' && brewed) wrong('reported compensated, but there is coffee');
    if (brewed && told !== 'paid') wrong(`coffee is ready, but the customer was told ${told}`);
    if (!brewed && told !== 'declined') wrong(`no coffee, but the customer was told ${told}`);
  }
  if (shop.ledger.stock + beansOut !== shop.openingStock) {
    problems.push(`${shop.openingStock - beansOut - shop.ledger.stock} g of beans are missing`);
  }
  return problems;
}
