import type { RedriveReport } from './contract';
import { type RedriveSurroundings, reconcile } from './reconcile';

/** The invocation that watches: its clock, and where it tells what each look came to. */
export interface Invocation {
  /** Milliseconds until Lambda ends it. */
  remaining(): number;
  wait(milliseconds: number): Promise<void>;
  tell(report: RedriveReport): void;
}

export interface Watch {
  /** Messages a second. */
  readonly rate: number;
  /** A person asked for it. Default false. */
  readonly byHand?: boolean;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Milliseconds that a look may take when every canary is answered at the last moment. */
  readonly longestLook: number;
}

/**
 * Releases what is parked, and stays with the move that it has started: look, canary, look, canary. No move of ours is ever left to itself, because a dependency that
 * relapses meanwhile would get everything that is parked: when this run can't stay, for want of time or because of an error, it cancels the move, and the
 * next run starts another for the rest. It starts one and no more, so that a person who ends a move has ended it, and what comes back to parked at once has a pause. A move that it
 * finds under way has its watcher; that one gets a single look.
 */
export async function watch(
  { rate, byHand, interval, longestLook }: Watch,
  surroundings: RedriveSurroundings,
  { remaining, wait, tell }: Invocation,
): Promise<RedriveReport> {
  let started = false;
  try {
    for (;;) {
      const report = await reconcile({ rate, byHand, dryRun: false, startsNoMore: started }, surroundings);
      tell(report);
      started ||= report.action === 'start';
      const moving = report.action === 'start' || report.action === 'continue';
      if (!started || !moving) return report;
      if (remaining() < interval + longestLook) {
        await cancelRunning(surroundings);
        const left: RedriveReport = {
          ...report,
          action: 'cancel',
          reason: 'The time of this run is over; the next one goes on.',
        };
        tell(left);
        return left;
      }
      await wait(interval);
    }
  } catch (error) {
    if (started) await cancelRunning(surroundings);
    throw error;
  }
}

async function cancelRunning({ runningMove, cancel }: RedriveSurroundings): Promise<void> {
  const move = await runningMove();
  if (move) await cancel(move.taskHandle);
}
