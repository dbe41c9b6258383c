import { costUsd } from '../lambda-cost';
import { KEPT_SNAPSHOTS, type LaneSnapshot, type Snapshot } from '../wire';

/** One line of a graph. */
export interface Line {
  readonly key: string;
  readonly label: string;
  readonly value: (lane: LaneSnapshot) => number | undefined;
}

/** A graph; every lane has the same ones, on the same scale, so that they can be compared at a glance. */
export interface Graph {
  readonly key: string;
  readonly title: string;
  readonly lines: readonly Line[];
}

export const GRAPHS: readonly Graph[] = [
  {
    key: 'queues',
    title: 'Orders in the queues',
    lines: [
      { key: 'waiting', label: 'waiting', value: ({ waiting, inFlight }) => waiting + inFlight },
      { key: 'parked', label: 'parked', value: ({ parked }) => parked },
      { key: 'repair', label: 'repair', value: ({ repair }) => repair },
    ],
  },
  {
    key: 'work',
    title: 'Invocations, orders done',
    lines: [
      { key: 'invocations', label: 'invocations', value: ({ invocations }) => invocations },
      { key: 'done', label: 'orders done', value: ({ done }) => done },
    ],
  },
  {
    key: 'waste',
    title: 'Wasted seconds',
    lines: [{ key: 'wasted', label: 'wasted seconds', value: ({ wastedSeconds }) => wastedSeconds }],
  },
];

/** Adds snapshots to what a page keeps; the oldest go. */
export function keep(kept: readonly Snapshot[], fresh: readonly Snapshot[]): Snapshot[] {
  return [...kept, ...fresh].slice(-KEPT_SNAPSHOTS);
}

/** Times in seconds and a row of values per line, as uPlot takes them; a gap is null. */
export function table(kept: readonly Snapshot[], lane: string, lines: readonly Line[]): (number | null)[][] {
  const values = lines.map(({ value }) =>
    kept.map(({ lanes }) => {
      const at = lanes[lane];
      return (at && value(at)) ?? null;
    }),
  );
  return [kept.map(({ at }) => at / 1000), ...values];
}

/** The top of a graph's scale: the most that any lane reaches, with some air, and never so low that 1 looks like much. */
export function top(kept: readonly Snapshot[], lines: readonly Line[]): number {
  let most = 4;
  for (const { lanes } of kept) {
    for (const lane of Object.values(lanes)) {
      for (const { value } of lines) most = Math.max(most, value(lane) ?? 0);
    }
  }
  return most * 1.1;
}

/** What the waste of the last minute would come to in a day, in US dollars, if it went on like this; 0 while nothing runs: then it doesn't go on. */
export function wastePerDay(kept: readonly Snapshot[], lane: string): number {
  const last = kept.at(-1);
  const first = last && kept.find(({ at }) => at >= last.at - 60_000);
  const to = last?.lanes[lane];
  const from = first?.lanes[lane];
  if (!last || !first || !to || !from || to.running === 0 || last.at - first.at < 10_000) return 0;
  const perSecond = (to.wastedSeconds - from.wastedSeconds) / ((last.at - first.at) / 1000);
  return Math.max(0, costUsd(perSecond * 86_400));
}
