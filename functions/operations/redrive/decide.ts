import type { CanaryVerdict } from '../../runtime/canary';
import type { FailedMove, RunningMove } from '../move-tasks';

export interface Situation {
  /** Messages in the parked tier, as far as SQS knows. */
  readonly parked: number;
  readonly move: RunningMove | undefined;
  readonly failed?: FailedMove | undefined;
  /** Seconds since each of the latest releases was started, newest first. Absent for a release that a person asks for: it is not limited. */
  readonly releases?: readonly number[] | undefined;
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

/** Seconds between two releases in which what was released may come back, with all its retries: a release later than that has nothing to do with the one before. */
const COMES_BACK_WITHIN = 7200;
/**
 * Seconds until a release that comes after so many others in a row; and after the last of these no release for a day. The first few have no pause: a consumer of the kit has found out by then
 * what is poison. SQS lists ten releases at most. Source: SQS API, ListMessageMoveTasks.
 */
const PAUSES = [0, 0, 0, 0, 300, 600, 1200, 2400];
const LEFT_TO_PEOPLE = 86_400;

/**
 * What comes back each time it is released is nothing that a release can mend. A consumer of the kit finds the messages and sends them to repair; for any other, releases end here, and
 * somebody is told. `problem`: set where it is left to people.
 */
export function limitOf(
  releases: readonly number[],
): { readonly reason: string; readonly problem?: string } | undefined {
  const [latest = Number.POSITIVE_INFINITY] = releases;
  const gap = releases.findIndex((ago, index) => index > 0 && ago - (releases[index - 1] ?? 0) > COMES_BACK_WITHIN);
  const inARow = gap < 0 ? releases.length : gap;
  if (inARow >= PAUSES.length) {
    if (latest >= LEFT_TO_PEOPLE) return undefined;
    const problem = `what is parked has come back ${inARow} times in a row, each time while the canary was green. Look at the messages: what can't be handled belongs in repair. A release by hand is made all the same`;
    return { reason: problem, problem };
  }
  const pause = latest > COMES_BACK_WITHIN ? 0 : (PAUSES[inARow] ?? 0);
  if (latest >= pause) return undefined;
  return {
    reason: `they have come back ${inARow} times in a row; the next release is in ${Math.ceil(pause - latest)} s`,
  };
}

/** A canary costs a call to a system that may be sick: it is asked only when its answer can change something. */
export function needsCanary({ parked, move }: Pick<Situation, 'parked' | 'move'>): boolean {
  return parked > 0 || move !== undefined;
}

/** From what is to what to do: run twice, or after a crash half-way, it ends in the same place. */
export function decideRedrive({ parked, move, failed, releases = [], canary }: Situation): RedriveAction {
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
  const limit = limitOf(releases);
  if (limit) return { kind: 'hold', reason: `${parked} parked, and they stay: ${limit.reason}.` };
  return { kind: 'start', reason: `${parked} parked and the canary is green: ${canary.detail}.` };
}

/** What is in the way on our own side; an outage of the dependency is not. */
export function problemOf({ parked, move, failed, releases = [], canary }: Situation): string | undefined {
  if (failed) return sayFailed(failed);
  if (canary?.internal) return canary.detail;
  return parked > 0 && !move && canary?.green ? limitOf(releases)?.problem : undefined;
}

const sayFailed = ({ reason, moved }: FailedMove) => `The last move failed after ${moved}: ${reason}.`;
