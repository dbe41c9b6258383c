import type { BreakerRecord } from '../../domain/breaker/state';
import type { Progress } from './contract';
import type { RecoverSurroundings } from './surroundings';

/** Looks in a row that have to find nothing: SQS's count of messages is approximate. */
const EMPTY_LOOKS = 2;

/**
 * Parked messages go back at a trickle while half-open, and at a rate that doubles with each look once closed. The rate of a message move
 * task is fixed when it starts, so that a faster one takes its place.
 */
export async function release(
  record: BreakerRecord,
  { rate: before, empty }: Progress,
  { store, dependencies, moves, releasing }: RecoverSurroundings,
): Promise<{ readonly progress: Pick<Progress, 'rate' | 'empty'>; readonly finished: boolean }> {
  const others = Object.keys(dependencies).filter((name) => name !== record.dependency);
  const records = await Promise.all(others.map((name) => store.read(name)));
  // Parked holds messages of all dependencies: while another one is out, its messages would only come back.
  if (records.some(({ state }) => state === 'open')) return { progress: { rate: 0, empty: 0 }, finished: false };

  const [parked, running] = await Promise.all([moves.parked(), moves.runningMove()]);
  if (parked === 0 && !running) {
    const looks = empty + 1;
    return { progress: { rate: 0, empty: looks }, finished: record.state === 'closed' && looks >= EMPTY_LOOKS };
  }
  const grown = record.state === 'half-open' ? releasing.trickle : Math.max(releasing.trickle, before * 2);
  const rate = Math.min(grown, record.state === 'half-open' ? releasing.trickle : releasing.ceiling);
  if (running && running.rate >= rate) return { progress: { rate: running.rate, empty: 0 }, finished: false };
  if (running) await moves.cancel(running.taskHandle);
  // A cancelled task may take a moment to end; then the next look starts the new one.
  const started = await moves.start(rate);
  return { progress: { rate: started ? rate : before, empty: 0 }, finished: false };
}
