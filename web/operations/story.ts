import { plural, seconds } from '../format';
import type { LaneSnapshot, Snapshot } from '../wire';

/** The talk's story in five steps. What a step waits for is read from the snapshots, so it doesn't matter who did it, or how. */
export const STEPS = [
  { key: 'down', title: 'Payment stops answering' },
  { key: 'order', title: 'Three customers order in every lane' },
  { key: 'watch', title: 'Watch the storm, and the calm beside it' },
  { key: 'up', title: 'Payment comes back' },
  { key: 'release', title: 'Release the parked orders' },
] as const;

export type StepKey = (typeof STEPS)[number]['key'];

type Lanes = Readonly<Record<string, LaneSnapshot>>;

export interface Story {
  /** The step that is on; `STEPS.length` when the story is told. */
  readonly step: number;
  /** The numbers when payment stopped, to count from. */
  readonly base: Lanes;
}

export const BEGINNING: Story = { step: 0, base: {} };

const ORDERS = 3;

/** What a lane has done since payment stopped. */
export function since(story: Story, lanes: Lanes, name: string) {
  const now = lanes[name];
  const then = story.base[name];
  const grown = (key: 'placed' | 'done' | 'repair' | 'invocations' | 'wastedSeconds') =>
    (now?.[key] ?? 0) - (then?.[key] ?? 0);
  return {
    placed: grown('placed'),
    done: grown('done'),
    invocations: grown('invocations'),
    wasted: grown('wastedSeconds'),
    parked: now?.parked ?? 0,
    repair: grown('repair'),
    waiting: now ? now.waiting + now.inFlight : 0,
  };
}

const isOver: Record<StepKey, (story: Story, snapshot: Snapshot) => boolean> = {
  down: (_, { fault }) => fault.kind !== 'up',
  order: (story, { lanes }) => Object.keys(lanes).every((name) => since(story, lanes, name).placed >= ORDERS),
  watch: (story, { lanes }) =>
    since(story, lanes, 'protected').parked >= ORDERS && since(story, lanes, 'unprotected').wasted > 0,
  up: (_, { fault }) => fault.kind === 'up',
  release: (story, { lanes }) => {
    const { parked, done, repair, placed } = since(story, lanes, 'protected');
    return parked === 0 && done + repair >= placed;
  },
};

/** Where the story stands after one more snapshot. */
export function advance(story: Story, snapshot: Snapshot): Story {
  const step = STEPS[story.step];
  if (!step || !isOver[step.key](story, snapshot)) return story;
  const base = step.key === 'down' ? snapshot.lanes : story.base;
  return advance({ step: story.step + 1, base }, snapshot);
}

/** What to look at, with the numbers of this moment. */
export function tell(key: StepKey, story: Story, lanes: Lanes): string {
  const unprotected = since(story, lanes, 'unprotected');
  const parking = since(story, lanes, 'protected');
  switch (key) {
    case 'down':
      return 'It takes every call and never answers. Nothing says that it is broken.';
    case 'order':
      return 'The shop takes them at once: an order needs a queue, not a payment.';
    case 'watch':
      return (
        `Unprotected: ${plural(unprotected.invocations, 'invocation')} so far, ${seconds(unprotected.wasted)} wasted, ${unprotected.waiting} still waiting. ` +
        `Protected: ${plural(parking.invocations, 'invocation')}, ${seconds(parking.wasted)} wasted, ${parking.parked} parked.`
      );
    case 'up':
      return 'The unprotected lane heals when its time-outs run out. Parked orders wait for a word from you.';
    case 'release':
      return 'First a canary: orders of $0 that payment answers and forgets. Only if it is green do the real ones move.';
  }
}

/** Orders that were placed and are neither done nor in any queue. */
const missing = ({ placed, done, waiting, parked, repair }: ReturnType<typeof since>) =>
  Math.max(0, placed - done - waiting - parked - repair);

/** The moral, once all is told. */
export function moral(story: Story, lanes: Lanes): string {
  const unprotected = since(story, lanes, 'unprotected').wasted;
  const parking = since(story, lanes, 'protected').wasted;
  const verdict = `The same outage wasted ${seconds(unprotected)} unprotected and ${seconds(parking)} protected`;
  const breaker = lanes.breaker && `, ${seconds(since(story, lanes, 'breaker').wasted)} behind a breaker`;
  const lost = Object.keys(lanes).reduce((sum, name) => sum + missing(since(story, lanes, name)), 0);
  const books =
    lost === 0 ? 'Every order is accounted for.' : `${plural(lost, 'order is', 'orders are')} not accounted for!`;
  return `${verdict}${breaker ?? ''}. The longer it lasts, the further these part. ${books}`;
}
