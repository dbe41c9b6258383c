/**
 * What an outage of a dependency costs a queue's consumer. A model, not a forecast: one-second steps, messages as amounts.
 *
 * Assumptions: messages arrive evenly; while the outage lasts every call hangs for `hangSeconds` and then fails; a message
 * that failed becomes visible when its visibility timeout ends; after `maxReceiveCount` failed receives it is a dead letter;
 * healthy again, a batch takes one second and dead letters come back at the move task's 500 a second. Pollers scale at once.
 */
export interface OutageSettings {
  readonly messagesPerSecond: number;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly visibilitySeconds: number;
  readonly maxReceiveCount: number;
  readonly hangSeconds: number;
  readonly outageSeconds: number;
}

export interface OutageCost {
  /** Seconds of Lambda time paid for calls that could not succeed. */
  readonly wastedSeconds: number;
  /** Messages received in the outage, retries included. */
  readonly receives: number;
  readonly deadLetters: number;
  /** From the end of the outage until nothing waits any more; undefined when it never catches up. */
  readonly recoverySeconds: number | undefined;
}

/** StartMessageMoveTask: at most 500 messages a second. */
const MOVED_PER_SECOND = 500;
/** A healthy batch takes a second, as in the benchmarks. */
const HEALTHY_BATCH_SECONDS = 1;
const NEVER = 7 * 86_400;

/** Messages that have been received equally often. */
interface Cohort {
  receives: number;
  amount: number;
}

export function outageCost(settings: OutageSettings): OutageCost {
  const { messagesPerSecond, batchSize, concurrency, visibilitySeconds, maxReceiveCount, hangSeconds, outageSeconds } =
    settings;
  const visible: Cohort[] = [];
  const returning = new Map<number, Cohort[]>();
  const ending = new Map<number, number>();
  let running = 0;
  let wastedSeconds = 0;
  let receives = 0;
  let deadLetters = 0;
  for (let now = 0; now < outageSeconds; now++) {
    running -= ending.get(now) ?? 0;
    for (const cohort of returning.get(now) ?? []) merge(visible, cohort);
    returning.delete(now);
    merge(visible, { receives: 0, amount: messagesPerSecond });
    let room = Math.max(0, concurrency - running) * batchSize;
    const taken = new Map<number, number>();
    while (room > 1e-9 && visible.length > 0) {
      const [cohort] = visible as [Cohort];
      const amount = Math.min(room, cohort.amount);
      taken.set(cohort.receives, (taken.get(cohort.receives) ?? 0) + amount);
      room -= amount;
      cohort.amount -= amount;
      if (cohort.amount <= 1e-9) visible.shift();
    }
    const received = [...taken.values()].reduce((sum, amount) => sum + amount, 0);
    const invocations = received / batchSize;
    receives += received;
    running += invocations;
    ending.set(now + hangSeconds, (ending.get(now + hangSeconds) ?? 0) + invocations);
    wastedSeconds += invocations * Math.min(hangSeconds, outageSeconds - now);
    for (const [count, amount] of taken) {
      // The last failed receive makes a dead letter when the message would be received once more.
      if (count + 1 >= maxReceiveCount) deadLetters += amount;
      else {
        const back = now + Math.max(1, visibilitySeconds);
        returning.set(back, [...(returning.get(back) ?? []), { receives: count + 1, amount }]);
      }
    }
  }
  const waiting = [...returning.values(), visible].flat().reduce((sum, { amount }) => sum + amount, 0);
  return { wastedSeconds, receives, deadLetters, recoverySeconds: recovery(settings, waiting, deadLetters) };
}

function merge(queue: Cohort[], cohort: Cohort): void {
  const last = queue.at(-1);
  if (last?.receives === cohort.receives) last.amount += cohort.amount;
  else queue.push({ ...cohort });
}

/** The backlog drains at what the consumer can do beyond the arrivals; dead letters join it as fast as they may be moved. */
function recovery(settings: OutageSettings, waiting: number, deadLetters: number): number | undefined {
  const capacity = (settings.concurrency * settings.batchSize) / HEALTHY_BATCH_SECONDS;
  if (capacity <= settings.messagesPerSecond) return undefined;
  let [backlog, parked] = [waiting, deadLetters];
  // In flight when it ends: those come back when their visibility timeout does, at the latest.
  for (let now = 0; now < NEVER; now++) {
    if (backlog <= 0 && parked <= 0) return Math.max(now, Math.min(settings.visibilitySeconds, settings.hangSeconds));
    const moved = Math.min(MOVED_PER_SECOND, parked);
    parked -= moved;
    backlog = Math.max(0, backlog + moved + settings.messagesPerSecond - capacity);
  }
  return undefined;
}
