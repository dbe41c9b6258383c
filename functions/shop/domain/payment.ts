import { type CanaryVerdict, consecutiveCanaries } from '../../runtime/canary';

/** What came of asking the payment system: each kind needs another kind of help. */
export type PaymentOutcome =
  | { readonly kind: 'charged'; readonly paymentId: string }
  /** The customer's bank said no: an answer, not a failure. */
  | { readonly kind: 'declined'; readonly reason: string }
  /** The payment system refuses this very request: asking again is waste. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** No usable answer: nobody knows whether it charged. Asking again with the same key is safe. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** What came of it behind a circuit breaker: while that is open nobody asks, and nothing is the order's fault. */
export type ProtectedOutcome = PaymentOutcome | { readonly kind: 'not-asked'; readonly retryAfterSeconds: number };

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
 * Asks the payment system once. Never throws: a hang, a refused connection and an unreadable answer are outcomes.
 *
 * @param url base address; the call goes to `<url>/payments`
 * @param timeoutMs milliseconds until the call is given up; keep it below the function's remaining time, so that a hang is one
 *   failed item and not a killed batch
 * @param authorization the `authorization` header, for a payment system that asks who is calling
 */
export async function charge(
  url: string,
  call: PaymentCall,
  timeoutMs: number,
  authorization?: string,
): Promise<PaymentOutcome> {
  try {
    const response = await fetch(`${url}/payments`, {
      method: 'POST',
      headers: paymentHeaders(call, authorization),
      body: JSON.stringify(call),
      signal: AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs))),
    });
    const body = await response.json().catch(() => ({}));
    return sortAnswer(response.status, body && typeof body === 'object' ? (body as Record<string, unknown>) : {});
  } catch (error) {
    const timedOut = (error as Error).name === 'TimeoutError';
    return {
      kind: 'unavailable',
      reason: timedOut ? `payment gave no answer in ${timeoutMs} ms` : 'payment could not be reached',
    };
  }
}

/** What a circuit breaker has to know about a payment: only silence and errors of the system are failures, a refusal is an answer. */
export const paymentFailure = {
  isFailure: ({ kind }: ProtectedOutcome): boolean => kind === 'unavailable',
  whenOpen: (retryAfterSeconds: number): ProtectedOutcome => ({ kind: 'not-asked', retryAfterSeconds }),
};

/**
 * Sends orders of $0 that the payment system answers and doesn't book, one after another; one failure is a red verdict. Several in
 * a row, because a flaky system answers some.
 */
export function askCanary(
  send: (call: PaymentCall) => Promise<PaymentOutcome>,
  count: number,
  id: () => string,
): Promise<CanaryVerdict> {
  return consecutiveCanaries(count, async () => {
    const outcome = await send({ orderId: `canary-${id()}`, amount: 0, currency: 'USD', canary: true });
    return outcome.kind === 'charged' ? { green: true, detail: 'charged' } : { green: false, detail: outcome.reason };
  });
}
