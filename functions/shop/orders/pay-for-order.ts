import type { ConsumerDefinition } from '../../runtime/definition';
import { Refused, Unavailable } from '../../runtime/failures';
import { checkPrice, type Order } from '../domain/order';
import { askPayment, findPayment } from '../domain/payment';
import { paymentAuthorization } from '../payment-client';
import { keepOrder } from './keep';

/** What an order came to: paid, or declined by the customer's bank, with the reason. */
export type OrderResult = { readonly paymentId: string } | { readonly declined: string };

/** Seconds that the payment system remembers an order's id as an idempotency key: a day is usual. */
const KEY_LIFE = 24 * 3600;

/** Takes payment for an order, whichever queue it comes from. Its id is the key, so that asking again charges nothing twice. */
export function payForOrder(
  authorization = paymentAuthorization(process.env.PAYMENT_SECRET_ARN),
): ConsumerDefinition<Order, { readonly PAYMENT_URL: string }, OrderResult> {
  return {
    admit: checkPrice,
    keep: keepOrder,
    idempotencyKeyLife: KEY_LIFE,
    lookup: async ({ orderId }, { environment, signal }) =>
      findPayment(environment.PAYMENT_URL, orderId, signal, await authorization()),
    async work({ orderId, amount, currency }, { environment, signal }) {
      const call = { orderId, amount, currency };
      const outcome = await askPayment(environment.PAYMENT_URL, call, signal, await authorization());
      switch (outcome.kind) {
        case 'charged':
          return { paymentId: outcome.paymentId };
        case 'declined':
          return { declined: outcome.reason };
        case 'rejected':
          throw new Refused(outcome.reason);
        case 'unavailable':
          throw new Unavailable(outcome.reason, outcome);
      }
    },
  };
}
