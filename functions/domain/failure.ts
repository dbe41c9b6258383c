import { type Backoff, fullJitter, MAXIMUM_VISIBILITY_SECONDS } from './backoff';
import type { PaymentOutcome, ProtectedOutcome } from './payment';

/** What is known about one delivery of an order when its payment has been tried. */
export interface Delivery {
  /** SQS's ApproximateReceiveCount: 1 for the first receive since the message was sent or released. */
  readonly receiveCount: number;
  /** Deliveries over all rounds, counted in the orders table before the work, so that a crash counts as well. */
  readonly deliveries: number;
}

export interface RetryPolicy {
  readonly backoff: Backoff;
  /** Receives until SQS parks the message: the queue's maxReceiveCount. */
  readonly maxReceiveCount: number;
  /** Rounds of redrive after which an order that still fails is poison. Default 3. */
  readonly maxRounds: number;
}

/** What to do with the message; carried out by the handler. */
export type Action =
  | { readonly kind: 'done'; readonly status: 'paid' | 'declined'; readonly detail: string }
  | { readonly kind: 'repair'; readonly reason: 'rejected' | 'poison'; readonly detail: string }
  /** Comes back after `visibilitySeconds`; `parked` when SQS will park it instead of delivering it again. */
  | {
      readonly kind: 'retry';
      readonly status: 'retrying' | 'parked';
      readonly visibilitySeconds: number;
      readonly detail: string;
    };

/**
 * True once an order has used up every receive of its first pass and of `maxRounds` redrives. It is poison only if the payment
 * system works for others at that moment: the handler asks a canary first, because an outage is not the order's fault.
 */
export function roundsUsedUp({ deliveries }: Delivery, { maxReceiveCount, maxRounds }: RetryPolicy): boolean {
  return deliveries >= maxReceiveCount * (1 + maxRounds);
}

/** Sorts what came of a payment into what happens to the message. */
export function decide(outcome: ProtectedOutcome, delivery: Delivery, policy: RetryPolicy, random: number): Action {
  switch (outcome.kind) {
    case 'charged':
      return { kind: 'done', status: 'paid', detail: outcome.paymentId };
    case 'declined':
      return { kind: 'done', status: 'declined', detail: outcome.reason };
    case 'rejected':
      return { kind: 'repair', reason: 'rejected', detail: outcome.reason };
    case 'unavailable': {
      const last = delivery.receiveCount >= policy.maxReceiveCount;
      // After the last receive there is nothing to wait for: the sooner it is visible, the sooner SQS parks it.
      const visibilitySeconds = last ? 0 : fullJitter(policy.backoff, delivery.receiveCount, random);
      return { kind: 'retry', status: last ? 'parked' : 'retrying', visibilitySeconds, detail: outcome.reason };
    }
    // Put off until the breaker lets somebody ask again; how often it was received says nothing about it.
    case 'not-asked':
      return {
        kind: 'retry',
        status: 'retrying',
        visibilitySeconds: Math.min(outcome.retryAfterSeconds, MAXIMUM_VISIBILITY_SECONDS),
        detail: `not asked: the circuit breaker is open; again in ${outcome.retryAfterSeconds} s`,
      };
  }
}

/** What a poison order goes to repair with. */
export function poison(outcome: PaymentOutcome & { kind: 'unavailable' }, { deliveries }: Delivery): Action {
  return {
    kind: 'repair',
    reason: 'poison',
    detail: `${deliveries} deliveries failed while payment works for others; last: ${outcome.reason}`,
  };
}
