import type { CanaryVerdict } from '../domain/payment';
import type { RedriveReport } from './contract';
import { decideRedrive, needsCanary, type RunningMove } from './decide';

/** Everything outside that a redrive touches. */
export interface RedriveSurroundings {
  parked(): Promise<number>;
  runningMove(): Promise<RunningMove | undefined>;
  canary(): Promise<CanaryVerdict>;
  /** False if another move of this queue began in between: SQS lets one run at a time. */
  start(rate: number): Promise<boolean>;
  cancel(taskHandle: string): Promise<void>;
}

/** Gathers, decides, acts, reports: once. */
export async function reconcile(
  { rate, dryRun }: { rate: number; dryRun: boolean },
  surroundings: RedriveSurroundings,
): Promise<RedriveReport> {
  const [parked, move] = await Promise.all([surroundings.parked(), surroundings.runningMove()]);
  const canary = needsCanary({ parked, move }) ? await surroundings.canary() : undefined;
  const action = decideRedrive({ parked, move, canary });
  const report = {
    action: action.kind,
    reason: action.reason,
    dryRun,
    parked,
    ...(canary && { canary }),
    ...(move && { move: { moved: move.moved, toMove: move.toMove, rate: move.rate } }),
  };
  if (dryRun) return report;
  if (action.kind === 'cancel') await surroundings.cancel(action.taskHandle);
  if (action.kind === 'start' && !(await surroundings.start(rate))) {
    return { ...report, action: 'continue', reason: 'Another run has just started the move.' };
  }
  return action.kind === 'start' ? { ...report, move: { moved: 0, toMove: parked, rate } } : report;
}
