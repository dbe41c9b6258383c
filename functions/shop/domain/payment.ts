import { retryAfterOf, unavailable } from '../../runtime/failures';

/** What came of asking the payment system: each kind needs another kind of help. */
export type PaymentOutcome =
  | { readonly kind: 'charged'; readonly paymentId: string }
  /** The customer's bank said no: an answer, not a failure. */
  | { readonly kind: 'declined'; readonly reason: string }
  /** The payment system refuses this very request: asking again is waste. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** No usable answer: nobody knows whether it charged. Asking again with the same key is safe. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfter?: number };

export interface PaymentCall {
  readonly orderId: string;
  /** Cents; 0 for a canary. */
  readonly amount: number;
  readonly currency: 'USD';
  readonly canary?: boolean;
}

/**
 * Sorts an HTTP answer. Credentials that are refused (401, 403), a wrong address (404), time-outs, conflicts and throttling are our side's or the
 * system's fault and pass; what is left of 4xx is the request's own.
 */
export function sortAnswer(status: number, body: Readonly<Record<string, unknown>>): PaymentOutcome {
  if (status === 200 && body.status === 'canary') return { kind: 'charged', paymentId: 'canary' };
  if (status === 200 && typeof body.paymentId === 'string') return { kind: 'charged', paymentId: body.paymentId };
  const detail = typeof body.error === 'string' ? `${status} ${body.error}` : `${status}`;
  if (status === 402) return { kind: 'declined', reason: detail };
  if ([400, 413, 415, 422].includes(status))
    return { kind: 'rejected', reason: `payment refused the request: ${detail}` };
  return { kind: 'unavailable', reason: `payment answered ${detail}` };
}

/** The order id is the key by which the payment system knows a call that it has answered before. */
export function paymentHeaders({ orderId }: PaymentCall, authorization?: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'idempotency-key': orderId,
    ...(authorization && { authorization }),
  };
}

/**
 * Asks the payment system once.
 *
 * @param url base address; the call goes to `<url>/payments`
 * @param authorization the `authorization` header, for a payment system that asks who is calling
 * @throws what `fetch` throws: nobody knows then whether it charged
 */
export async function askPayment(
  url: string,
  call: PaymentCall,
  signal: AbortSignal,
  authorization?: string,
): Promise<PaymentOutcome> {
  const response = await fetch(`${url}/payments`, {
    method: 'POST',
    headers: paymentHeaders(call, authorization),
    body: JSON.stringify(call),
    signal,
  });
  const outcome = sortAnswer(response.status, await bodyOf(response));
  const retryAfter = retryAfterOf(response);
  return outcome.kind === 'unavailable' && retryAfter !== undefined ? { ...outcome, retryAfter } : outcome;
}

/** What an order was charged under its id, if it was. @throws Unavailable, and what `fetch` throws */
export async function findPayment(
  url: string,
  orderId: string,
  signal: AbortSignal,
  authorization?: string,
): Promise<{ readonly paymentId: string } | undefined> {
  const headers = authorization ? { authorization } : undefined;
  const response = await fetch(`${url}/payments/${encodeURIComponent(orderId)}`, { headers, signal });
  const { paymentId, error } = await bodyOf(response);
  if (response.ok && typeof paymentId === 'string') return { paymentId };
  // A 404 of something else, a wrong address for one, says nothing about the order.
  if (response.status === 404 && error === 'not_charged') return undefined;
  throw unavailable(response, 'it could not be looked up');
}

async function bodyOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await response.json().catch(() => ({}));
  return body && typeof body === 'object' ? (body as Record<string, unknown>) : {};
}

/**
 * The same, as an outcome whatever happens: a hang and a refused connection as well.
 *
 * @param timeoutMs milliseconds until the call is given up
 */
export async function charge(
  url: string,
  call: PaymentCall,
  timeoutMs: number,
  authorization?: string,
): Promise<PaymentOutcome> {
  try {
    return await askPayment(url, call, AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs))), authorization);
  } catch (error) {
    const timedOut = (error as Error).name === 'TimeoutError';
    return {
      kind: 'unavailable',
      reason: timedOut ? `payment gave no answer in ${timeoutMs} ms` : 'payment could not be reached',
    };
  }
}
