import { type PaymentCall, paymentHeaders } from '../../domain/payment';

/** What the payment system said to a refund. */
export interface RefundAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The refund is not known to be booked; the state machine asks again, then parks the saga. */
export class RefundFailed extends Error {
  override readonly name = 'RefundFailed';
}

/**
 * Asks for the refund of an order, with the same key as its charge. The payment system refunds once, answers a charge that never was with `refunded: false`,
 * and refuses a charge that arrives later.
 */
export async function giveBack(
  refund: (call: PaymentCall) => Promise<RefundAnswer>,
  { orderId, amount, currency }: PaymentCall,
): Promise<{ refunded: boolean }> {
  const { status, body } = await refund({ orderId, amount, currency });
  if (status !== 200 || typeof body.refunded !== 'boolean') {
    throw new RefundFailed(`payment answered ${status} to a refund`);
  }
  return { refunded: body.refunded };
}

/** @throws when there is no answer in time; that is an error like any other here */
export async function askForRefund(
  url: string,
  call: PaymentCall,
  timeoutMs: number,
  authorization?: string,
): Promise<RefundAnswer> {
  const response = await fetch(`${url}/refunds`, {
    method: 'POST',
    headers: paymentHeaders(call, authorization),
    body: JSON.stringify(call),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const body = await response.json().catch(() => ({}));
  return { status: response.status, body: body && typeof body === 'object' ? (body as RefundAnswer['body']) : {} };
}
