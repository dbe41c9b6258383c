import { type Backoff, fullJitter, MAXIMUM_VISIBILITY_SECONDS } from './backoff';

/** What came of one delivery. */
export type Outcome =
  /** The work is done, by this delivery or (`duplicate`) by an earlier one. */
  | { readonly kind: 'done'; readonly detail?: string }
  | { readonly kind: 'duplicate'; readonly detail: string }
  /** It went on to the main queue, and is worked on from there. */
  | { readonly kind: 'handed-over'; readonly detail: string }
  /** A person has to look at it: the message is wrong (`malformed`, `refused`, `conflict`), or fails whatever is done (`poison`), or may have been done (`forgotten`), or there is no queue that it could wait in (`too-large`). */
  | { readonly kind: RepairReason; readonly detail: string; readonly path?: string | undefined }
  /** A dependency gave no usable answer. @see Unavailable */
  | {
      readonly kind: 'unavailable';
      readonly detail: string;
      readonly retryAfter?: number | undefined;
      readonly notAsked?: boolean;
    }
  /** Something of the function's own side failed. */
  | { readonly kind: 'internal'; readonly detail: string }
  /** The circuit breaker is open: nobody was asked. */
  | { readonly kind: 'not-asked'; readonly detail: string; readonly retryAfter: number }
  /** Nobody began: the invocation ends too soon, another delivery is at work on it, or one before it in its group comes back. */
  | { readonly kind: 'not-begun'; readonly detail: string; readonly retryAfter: number };

export const REPAIR_REASONS = ['malformed', 'refused', 'conflict', 'poison', 'forgotten', 'too-large'] as const;
export type RepairReason = (typeof REPAIR_REASONS)[number];
export type OutcomeKind = Outcome['kind'];

/** What to do with the message. */
export type Action =
  | { readonly kind: 'finish' }
  | {
      readonly kind: 'repair';
      readonly reason: RepairReason;
      readonly detail: string;
      readonly path?: string | undefined;
    }
  /** It comes back after `seconds`; `parks` when its queue will park it instead of delivering it again. */
  | { readonly kind: 'retry'; readonly seconds: number; readonly parks: boolean };

/** What is known about a delivery. */
export interface Delivery {
  readonly receiveCount: number;
  /** Releases through which it has failed while the canary was green, this one among them. Absent where that wasn't counted. */
  readonly rounds?: number | undefined;
}

export interface RetryPolicy {
  readonly backoff: Backoff;
  /** Receives until the queue parks a message; `Infinity` where no queue counts. */
  readonly maxReceiveCount: number;
  /** Receives that make a round of a message that is never parked. Default: `maxReceiveCount`, so that a release makes one. */
  readonly receivesPerRound?: number | undefined;
  /** Rounds after which a message that still fails, while the dependency works for others, is poison. */
  readonly maxRounds: number;
}

/** True for the last delivery before the queue parks the message. */
export const isLastReceive = (
  { receiveCount }: Delivery,
  { maxReceiveCount }: Pick<RetryPolicy, 'maxReceiveCount'>,
): boolean => receiveCount >= maxReceiveCount;

/** True for a delivery that ends a round: the last before the message is parked, or every `receivesPerRound`-th of one that isn't. */
export const endsRound = (
  delivery: Delivery,
  { maxReceiveCount, receivesPerRound = maxReceiveCount }: Pick<RetryPolicy, 'maxReceiveCount' | 'receivesPerRound'>,
): boolean => isLastReceive(delivery, { maxReceiveCount }) || delivery.receiveCount % receivesPerRound === 0;

/** From what came of a delivery to what happens to its message. @param random a number from 0 up to, not including, 1 */
export function decide(outcome: Outcome, delivery: Delivery, policy: RetryPolicy, random: number): Action {
  switch (outcome.kind) {
    case 'done':
    case 'duplicate':
    case 'handed-over':
      return { kind: 'finish' };
    case 'malformed':
    case 'refused':
    case 'conflict':
    case 'poison':
    case 'forgotten':
    case 'too-large':
      return { kind: 'repair', reason: outcome.kind, detail: outcome.detail, path: outcome.path };
    case 'unavailable':
    case 'internal': {
      const { rounds } = delivery;
      if (rounds !== undefined && rounds >= policy.maxRounds) return poisonAfter(rounds, outcome.detail);
      const asked = outcome.kind === 'unavailable' ? (outcome.retryAfter ?? 0) : 0;
      return putOff(Math.max(fullJitter(policy.backoff, delivery.receiveCount, random), asked), delivery, policy);
    }
    case 'not-asked':
    case 'not-begun':
      return putOff(outcome.retryAfter, delivery, policy);
  }
}

/** After the last receive there is nothing to wait for: the sooner it is visible, the sooner its queue parks it. */
function putOff(seconds: number, delivery: Delivery, policy: RetryPolicy): Action {
  const parks = isLastReceive(delivery, policy);
  return { kind: 'retry', seconds: parks ? 0 : Math.min(Math.ceil(seconds), MAXIMUM_VISIBILITY_SECONDS), parks };
}

const poisonAfter = (rounds: number, last: string): Action => ({
  kind: 'repair',
  reason: 'poison',
  detail: `failed through ${rounds} rounds while the canary was green; last: ${last}`,
});
