import type { CanaryVerdict } from '../../runtime/canary';
import type { MoveTasks } from '../move-tasks';
import type { RedriveReport } from './contract';
import { decideRedrive, needsCanary, problemOf } from './decide';

/** Everything outside that a redrive touches. */
export interface RedriveSurroundings extends MoveTasks {
  /** Never throws: what keeps it from asking is a verdict as well. */
  canary(): Promise<CanaryVerdict>;
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
