import type { BreakerRecord } from '../../../runtime/breaker/state';
import { stopRelease } from '../stop-release';
import type { Progress } from './contract';
import type { RecoverSurroundings } from './surroundings';

/** Looks in a row that have to find nothing: SQS's count of messages is approximate. */
const EMPTY_LOOKS = 2;

type Released = { readonly progress: Pick<Progress, 'rate' | 'empty'>; readonly finished: boolean };

const NOTHING: Released = { progress: { rate: 0, empty: 0 }, finished: false };

/**
 * Parked messages go back at a trickle while a dependency is half-open, whichever, and at a rate that doubles with each look once all are closed. The rate of a
 * message move task is fixed when it starts, so that another one takes its place.
 */
export async function release(
  record: BreakerRecord,
  { rate: before, empty }: Progress,
  { store, dependencies, moves, releasing, now }: RecoverSurroundings,
): Promise<Released> {
  const readAll = () => Promise.all(Object.keys(dependencies).map((name) => store.read(name)));
  const records = await readAll();
  // Parked holds messages of all dependencies: while one is out, its messages would only come back.
  if (records.some(({ state }) => state === 'open')) return NOTHING;

  const [parked, running] = await Promise.all([moves.parked(), moves.runningMove()]);
  if (parked === 0 && !running) {
    const looks = empty + 1;
    return { progress: { rate: 0, empty: looks }, finished: record.state === 'closed' && looks >= EMPTY_LOOKS };
  }
  const most = records.every(({ state }) => state === 'closed') ? releasing.ceiling : releasing.trickle;
  const rate = Math.min(most, Math.max(releasing.trickle, before * 2));
  if (running && running.rate >= rate && running.rate <= most)
    return { progress: { rate: running.rate, empty: 0 }, finished: false };
  if (running) await moves.cancel(running.taskHandle);
  // A cancelled task may take a moment to end; then the next look starts the new one.
  const started = await moves.start(rate);
  if (!started) return { progress: { rate: before, empty: 0 }, finished: false };
  // Whoever opened a breaker in the meantime found nothing to stop.
  if ((await readAll()).some(({ state }) => state === 'open')) {
    await stopRelease(moves, now());
    return NOTHING;
  }
  return { progress: { rate, empty: 0 }, finished: false };
}
