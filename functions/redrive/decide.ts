import type { CanaryVerdict } from '../domain/payment';

/** A message move task that runs. */
export interface RunningMove {
  readonly taskHandle: string;
  readonly moved: number;
  readonly toMove: number;
  readonly rate: number;
}

export interface Situation {
  /** Messages in the parked tier, as far as SQS knows. */
  readonly parked: number;
  readonly move: RunningMove | undefined;
  /** Absent when there was nothing to ask it for. */
  readonly canary: CanaryVerdict | undefined;
}

export type RedriveAction =
  | { readonly kind: 'idle'; readonly reason: string }
  | { readonly kind: 'hold'; readonly reason: string }
  | { readonly kind: 'start'; readonly reason: string }
  | { readonly kind: 'continue'; readonly reason: string }
  | { readonly kind: 'cancel'; readonly taskHandle: string; readonly reason: string };

/** A canary costs a call to a system that may be sick: it is asked only when its answer can change something. */
export function needsCanary({ parked, move }: Pick<Situation, 'parked' | 'move'>): boolean {
  return parked > 0 || move !== undefined;
}

/** From what is to what to do: run twice, or after a crash half-way, it ends in the same place. */
export function decideRedrive({ parked, move, canary }: Situation): RedriveAction {
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
  return { kind: 'start', reason: `${parked} parked and the canary is green: ${canary.detail}.` };
}
