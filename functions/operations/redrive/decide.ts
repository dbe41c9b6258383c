import type { CanaryVerdict } from '../../runtime/canary';

/** A message move task that runs. */
export interface RunningMove {
  readonly taskHandle: string;
  readonly moved: number;
  readonly toMove: number;
  readonly rate: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** The latest message move task of the queue, if it failed. */
export interface FailedMove {
  /** SQS's own word, for example `AWS.SimpleQueueService.NonExistentQueue`. */
  readonly reason: string;
  readonly moved: number;
  /** Seconds since it was started. */
  readonly startedAgo: number;
}

export interface Situation {
  /** Messages in the parked tier, as far as SQS knows. */
  readonly parked: number;
  readonly move: RunningMove | undefined;
  readonly failed?: FailedMove | undefined;
  /** Absent when there was nothing to ask it for. */
  readonly canary: CanaryVerdict | undefined;
}

export type RedriveAction =
  | { readonly kind: 'idle'; readonly reason: string }
  | { readonly kind: 'hold'; readonly reason: string }
  | { readonly kind: 'start'; readonly reason: string }
  | { readonly kind: 'continue'; readonly reason: string }
  | { readonly kind: 'cancel'; readonly taskHandle: string; readonly reason: string };

/** Seconds until a move that failed is tried again. What made it fail may be mended by then; at once it hardly is. */
const PAUSE_AFTER_FAILURE = 60;

/** A canary costs a call to a system that may be sick: it is asked only when its answer can change something. */
export function needsCanary({ parked, move }: Pick<Situation, 'parked' | 'move'>): boolean {
  return parked > 0 || move !== undefined;
}

/** From what is to what to do: run twice, or after a crash half-way, it ends in the same place. */
export function decideRedrive({ parked, move, failed, canary }: Situation): RedriveAction {
  if (move) {
    if (canary?.green)
      return { kind: 'continue', reason: `Messages are moving and the canary is green: ${canary.detail}.` };
    return {
      kind: 'cancel',
      taskHandle: move.taskHandle,
      reason: `The canary turned red in mid-move: ${canary?.detail ?? 'it was not asked'}. What has moved is retried or parked again.`,
    };
  }
  if (parked === 0) return { kind: 'idle', reason: 'Nothing is parked.' };
  if (!canary?.green) {
    return {
      kind: 'hold',
      reason: `${parked} parked, and they stay: ${canary?.detail ?? 'the canary was not asked'}.`,
    };
  }
  if (failed && failed.startedAgo < PAUSE_AFTER_FAILURE) {
    return { kind: 'hold', reason: `${parked} parked, and they stay for a minute. ${sayFailed(failed)}` };
  }
  return { kind: 'start', reason: `${parked} parked and the canary is green: ${canary.detail}.` };
}

/** What is in the way on our own side; an outage of the dependency is not. */
export function problemOf({ failed, canary }: Situation): string | undefined {
  return failed ? sayFailed(failed) : canary?.internal ? canary.detail : undefined;
}

const sayFailed = ({ reason, moved }: FailedMove) => `The last move failed after ${moved}: ${reason}.`;
