import type { MoveTasks } from '../move-tasks';

/**
 * Milliseconds after a breaker opened in which a recovery may still start a move: a look that read the state just before takes 30 s at most, which
 * is its function's time-out, and clocks differ. A move that began later is a person's.
 */
const STARTED_BY_RECOVERY_MS = 60_000;

/**
 * Stops what a recovery moves out of parked, because it would come to a dependency that is out. What a person moves while it is out goes on: that is how
 * messages are saved that SQS would soon delete.
 *
 * @param openSince when the breaker opened, milliseconds since 1970
 */
export async function stopRelease(
  { runningMove, cancel }: Pick<MoveTasks, 'runningMove' | 'cancel'>,
  openSince: number,
): Promise<void> {
  const running = await runningMove();
  if (running && running.startedAt < openSince + STARTED_BY_RECOVERY_MS) await cancel(running.taskHandle);
}
