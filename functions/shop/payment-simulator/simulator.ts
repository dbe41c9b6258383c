/**
 * The payment system that the coffee shop calls, simulated: a set of books and a fault that can be switched. Pure: whoever
 * serves it (a local HTTP server, a Lambda in dev) waits the time that it is told to and sends the answer that it is given.
 */

/** `down` accepts the call and never answers; `flaky` fails that share of the calls (0 to 1). Delays are in milliseconds. */
export type Fault =
  | { readonly kind: 'up' }
  | { readonly kind: 'down' }
  | { readonly kind: 'failing'; readonly status?: number }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'flaky'; readonly ratio: number };

export interface PaymentRequest {
  /** Idempotency key: the same one always gets the answer of its first charge. A caller that takes the order's id can't charge an order twice. */
  readonly key: string;
  /** What is paid for, whichever key it is asked under. */
  readonly orderId: string;
  /** In the smallest unit of the currency. A canary's is 0. */
  readonly amount: number;
  /** A canary proves that payment works: it is answered and not booked. */
  readonly canary: boolean;
}

export interface PaymentAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Milliseconds to wait before answering; `never` holds the connection open until the caller gives up. */
  readonly delayMs: number | 'never';
}

/** What one set of books says, for pages, tests and benchmarks. */
export interface PaymentReport {
  /** Calls that arrived, canaries among them. */
  readonly calls: number;
  readonly canaries: number;
  /** Calls that were not answered with success. */
  readonly failures: number;
  /** Orders charged. */
  readonly charges: number;
  /** Charges beyond the first for one order; must stay 0. */
  readonly doubleCharges: number;
  /** Sum of all charges, smallest unit. */
  readonly total: number;
}

/** One charge; `key` is what it was asked under. */
export interface Charge {
  readonly key: string;
  readonly paymentId: string;
  readonly amount: number;
}

export interface Books {
  /** Order → every charge made for it; more than one is a double charge. */
  readonly charges: Map<string, Charge[]>;
  /** Idempotency key → the charge made under it. */
  readonly keys: Map<string, Charge>;
  /** Key → how often it was refunded; 0 when there was nothing to refund, and from then on nothing can be charged under it. */
  readonly refunds: Map<string, number>;
  calls: number;
  canaries: number;
  failures: number;
}

export const emptyBooks = (): Books => ({
  charges: new Map(),
  keys: new Map(),
  refunds: new Map(),
  calls: 0,
  canaries: 0,
  failures: 0,
});

/** Enters one charge. */
export function book({ charges, keys }: Books, orderId: string, charge: Charge): void {
  charges.set(orderId, [...(charges.get(orderId) ?? []), charge]);
  keys.set(charge.key, charge);
}

/** Whether this call fails, and how long it takes, under the fault. `random` gives a number from 0 up to 1. */
export function strike(fault: Fault, random: () => number): { delayMs: number | 'never'; status: number } {
  switch (fault.kind) {
    case 'up':
      return { delayMs: 0, status: 200 };
    case 'down':
      return { delayMs: 'never', status: 504 };
    case 'failing':
      return { delayMs: 0, status: fault.status ?? 503 };
    case 'slow':
      return { delayMs: fault.delayMs, status: 200 };
    case 'flaky':
      return { delayMs: 0, status: random() < fault.ratio ? 503 : 200 };
  }
}

/** Takes one payment and books it. An idempotency key that was charged before gets the same answer and no second charge. */
export function pay(books: Books, request: PaymentRequest, fault: Fault, random: () => number): PaymentAnswer {
  const { delayMs, status } = strike(fault, random);
  books.calls += 1;
  if (request.canary) books.canaries += 1;
  if (status !== 200) {
    books.failures += 1;
    return { status, body: { error: fault.kind === 'down' ? 'no_answer' : 'unavailable' }, delayMs };
  }
  if (request.canary) return { status: 200, body: { status: 'canary' }, delayMs };
  if (books.refunds.has(request.key)) return { status: 422, body: { error: 'refunded' }, delayMs };
  const before = books.keys.get(request.key);
  if (before) return { status: 200, body: { status: 'charged', paymentId: before.paymentId, repeated: true }, delayMs };
  const charge = { key: request.key, paymentId: `payment-${request.key}`, amount: request.amount };
  book(books, request.orderId, charge);
  return { status: 200, body: { status: 'charged', paymentId: charge.paymentId }, delayMs };
}

/** What was charged under a key: for whoever asked and never heard. */
export function find(books: Books, key: string, fault: Fault, random: () => number): PaymentAnswer {
  const { delayMs, status } = strike(fault, random);
  books.calls += 1;
  if (status !== 200) {
    books.failures += 1;
    return { status, body: { error: fault.kind === 'down' ? 'no_answer' : 'unavailable' }, delayMs };
  }
  const charge = books.keys.get(key);
  return charge
    ? { status: 200, body: { status: 'charged', paymentId: charge.paymentId }, delayMs }
    : { status: 404, body: { error: 'not_charged' }, delayMs };
}

/**
 * Gives one payment back. The same key always gets the answer of the first refund. A key that was never charged is answered with `refunded: false`;
 * whether it was charged or not, a charge that arrives under it later is refused (422).
 */
export function refund(
  books: Books,
  request: Pick<PaymentRequest, 'key'>,
  fault: Fault,
  random: () => number,
): PaymentAnswer {
  const { delayMs, status } = strike(fault, random);
  books.calls += 1;
  if (status !== 200) {
    books.failures += 1;
    return { status, body: { error: fault.kind === 'down' ? 'no_answer' : 'unavailable' }, delayMs };
  }
  const times = books.refunds.get(request.key) ?? (books.keys.has(request.key) ? 1 : 0);
  books.refunds.set(request.key, times);
  return { status: 200, body: { status: 'refunded', refunded: times > 0 }, delayMs };
}

export function report(books: Books): PaymentReport {
  const charges = [...books.charges.values()];
  return {
    calls: books.calls,
    canaries: books.canaries,
    failures: books.failures,
    charges: charges.length,
    doubleCharges: charges.reduce((sum, made) => sum + made.length - 1, 0),
    total: charges.flat().reduce((sum, { amount }) => sum + amount, 0),
  };
}
