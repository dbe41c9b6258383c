import { type Backoff, fullJitter, MAXIMUM_VISIBILITY_SECONDS } from '../../runtime/backoff';
import type { ProtectedOutcome } from './payment';

/** What came of handling an order: of its payment, or `own` when something of our own side failed before or after it. */
export type Outcome = ProtectedOutcome | { readonly kind: 'own'; readonly reason: string };

/** Why an order is not done: what metrics count and a person looks for. `behind`: it waits for another one of its FIFO group. */
export type FailureKind =
  | 'malformed'
  | 'conflict'
  | 'rejected'
  | 'poison'
  | 'unavailable'
  | 'not-asked'
  | 'own'
  | 'behind';

/** What is known about one delivery of an order. */
export interface Delivery {
  /** SQS's ApproximateReceiveCount: 1 for the first receive since the message was sent or released. */
  readonly receiveCount: number;
  /**
   * Rounds of redrive that this order has failed, counting the one that ends with this delivery. Absent when this delivery ends none: there are receives left, or it is the
   * first pass.
   */
  readonly round?: number | undefined;
}

export interface ReceivePolicy {
  readonly backoff: Backoff;
  /** Receives until SQS parks the message: the queue's maxReceiveCount. */
  readonly maxReceiveCount: number;
}

export interface RetryPolicy extends ReceivePolicy {
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
      readonly failure: 'unavailable' | 'not-asked' | 'own';
      readonly status: 'retrying' | 'parked';
      readonly visibilitySeconds: number;
      readonly detail: string;
      /** The round that ends here is not counted: the order was not what failed. */
      readonly excused: boolean;
    };

/** True for the last delivery before SQS parks the message. */
export function isLastReceive({ receiveCount }: Delivery, { maxReceiveCount }: ReceivePolicy): boolean {
  return receiveCount >= maxReceiveCount;
}

/** Seconds until a failed message is visible again. After the last receive there is nothing to wait for: the sooner it is visible, the sooner SQS parks it. */
export function backoffOf(delivery: Delivery, policy: ReceivePolicy, random: number): number {
  return isLastReceive(delivery, policy) ? 0 : fullJitter(policy.backoff, delivery.receiveCount, random);
}

/**
 * True when it has to be known whether payment works for others: a round of redrive has ended in failure, and counts against the order only if the same moment was
 * fine for others. An outage of many rounds is not the order's fault.
 */
export function canaryDecides({ kind }: Outcome, { round }: Delivery): boolean {
  return round !== undefined && (kind === 'unavailable' || kind === 'own');
}

/** Sorts what came of a delivery into what happens to the message. @param green payment works for others; asked only where `canaryDecides` */
export function decide(
  outcome: Outcome,
  delivery: Delivery,
  policy: RetryPolicy,
  random: number,
  green = false,
): Action {
  switch (outcome.kind) {
    case 'charged':
      return { kind: 'done', status: 'paid', detail: outcome.paymentId };
    case 'declined':
      return { kind: 'done', status: 'declined', detail: outcome.reason };
    case 'rejected':
      return { kind: 'repair', reason: 'rejected', detail: outcome.reason };
    case 'unavailable':
    case 'own': {
      const { round } = delivery;
      if (round !== undefined && green && round >= policy.maxRounds) return poison(round, outcome.reason);
      return {
        kind: 'retry',
        failure: outcome.kind,
        status: isLastReceive(delivery, policy) ? 'parked' : 'retrying',
        visibilitySeconds: backoffOf(delivery, policy, random),
        detail: outcome.reason,
        excused: round !== undefined && !green,
      };
    }
    // Put off until the breaker lets somebody ask again; how often it was received says nothing about the order, but SQS parks it all the same.
    case 'not-asked':
      return {
        kind: 'retry',
        failure: 'not-asked',
        status: isLastReceive(delivery, policy) ? 'parked' : 'retrying',
        visibilitySeconds: Math.min(outcome.retryAfterSeconds, MAXIMUM_VISIBILITY_SECONDS),
        detail: `not asked: the circuit breaker is open; again in ${outcome.retryAfterSeconds} s`,
        excused: delivery.round !== undefined,
      };
  }
}

/** What a poison order goes to repair with. */
export function poison(rounds: number, last: string): Extract<Action, { kind: 'repair' }> {
  return {
    kind: 'repair',
    reason: 'poison',
    detail: `failed through ${rounds} rounds of redrive while payment worked for others; last: ${last}`,
  };
}
