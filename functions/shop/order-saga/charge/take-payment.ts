import type { Order } from '../../domain/order';
import type { PaymentCall, PaymentOutcome } from '../../domain/payment';
import { FinalError } from '../ledger';

/** No usable answer: nobody knows whether it charged. The state machine asks again with the same key, then has it refunded. */
export class PaymentUnavailable extends Error {
  override readonly name = 'PaymentUnavailable';
}

/** Asks for the payment; the order's id is the idempotency key, so that asking again charges nothing twice. */
export async function takePayment(
  charge: (call: PaymentCall) => Promise<PaymentOutcome>,
  { orderId, amount, currency }: Order,
): Promise<{ paymentId: string }> {
  const outcome = await charge({ orderId, amount, currency });
  switch (outcome.kind) {
    case 'charged':
      return { paymentId: outcome.paymentId };
    case 'declined':
      throw new FinalError('PaymentDeclined', outcome.reason);
    case 'rejected':
      throw new FinalError('PaymentRejected', outcome.reason);
    default:
      throw new PaymentUnavailable('reason' in outcome ? outcome.reason : 'its circuit breaker is open');
  }
}
