import type { CanaryVerdict } from '../../runtime/canary';
import type { RedriveReport } from './contract';
import { decideRedrive, type FailedMove, needsCanary, problemOf, type RunningMove } from './decide';

/** Everything outside that a redrive touches. */
export interface RedriveSurroundings {
  parked(): Promise<number>;
  runningMove(): Promise<RunningMove | undefined>;
  /** The latest move, if it failed. */
  failedMove(): Promise<FailedMove | undefined>;
  /** Seconds since each of the latest releases was started, newest first; only those that moved something. */
  releases(): Promise<readonly number[]>;
  /** Never throws: what keeps it from asking is a verdict as well. */
  canary(): Promise<CanaryVerdict>;
  /** False if another move of this queue began in between: SQS lets one run at a time. */
  start(rate: number): Promise<boolean>;
  cancel(taskHandle: string): Promise<void>;
}

export interface Reconciliation {
  /** Messages a second. */
  readonly rate: number;
  readonly dryRun: boolean;
  /** A person asked: how often messages have come back doesn't keep them. Default false. */
  readonly byHand?: boolean;
  /** This run has had its move. Default false. */
  readonly startsNoMore?: boolean;
}

/** Gathers, decides, acts, reports: once. */
export async function reconcile(
  { rate, dryRun, byHand = false, startsNoMore = false }: Reconciliation,
  surroundings: RedriveSurroundings,
): Promise<RedriveReport> {
  const [parked, move] = await Promise.all([surroundings.parked(), surroundings.runningMove()]);
  const failed = parked > 0 && !move ? await surroundings.failedMove() : undefined;
  const releases = parked > 0 && !move && !byHand ? await surroundings.releases() : undefined;
  const canary = needsCanary({ parked, move }) ? await surroundings.canary() : undefined;
  const situation = { parked, move, failed, releases, canary };
  const action = decideRedrive(situation);
  const problem = problemOf(situation);
  const report = {
    action: action.kind,
    reason: action.reason,
    dryRun,
    parked,
    ...(canary && { canary: { green: canary.green, sent: canary.sent, detail: canary.detail } }),
    ...(move && { move: { moved: move.moved, toMove: move.toMove, rate: move.rate } }),
    ...(problem && { problem }),
  };
  if (dryRun) return report;
  if (action.kind === 'start' && startsNoMore)
    return {
      ...report,
      action: 'hold',
      reason: `The move of this run has ended; ${parked} are parked for the next run.`,
    };
  if (action.kind === 'cancel') await surroundings.cancel(action.taskHandle);
  if (action.kind === 'start' && !(await surroundings.start(rate))) {
    return { ...report, action: 'continue', reason: 'Another run has just started the move.' };
  }
  return action.kind === 'start' ? { ...report, move: { moved: 0, toMove: parked, rate } } : report;
}
