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
  /** Those before `first` are taken. */
  const visible: Cohort[] = [];
  let first = 0;
  // By the second: a consumer is worked out for hours of them, and a small review waits for nothing else.
  const returning = new Array<Cohort[] | undefined>(outageSeconds).fill(undefined);
  let afterwards = 0;
  const ending = new Float64Array(outageSeconds + hangSeconds + 1);
  const hidden = Math.max(1, visibilitySeconds);
  let running = 0;
  let wastedSeconds = 0;
  let receives = 0;
  let deadLetters = 0;
  for (let now = 0; now < outageSeconds; now++) {
    running -= ending[now] as number;
    const back = returning[now];
    if (back) for (const { receives: count, amount } of back) merge(visible, first, count, amount);
    returning[now] = undefined;
    merge(visible, first, 0, messagesPerSecond);
    let room = Math.max(0, concurrency - running) * batchSize;
    let received = 0;
    while (room > 1e-9 && first < visible.length) {
      const cohort = visible[first] as Cohort;
      const amount = Math.min(room, cohort.amount);
      const count = cohort.receives + 1;
      received += amount;
      room -= amount;
      cohort.amount -= amount;
      if (cohort.amount <= 1e-9) first++;
      // The last failed receive makes a dead letter when the message would be received once more.
      if (count >= maxReceiveCount) deadLetters += amount;
      else if (now + hidden >= outageSeconds) afterwards += amount;
      else {
        const later = returning[now + hidden];
        if (later) merge(later, 0, count, amount);
        else returning[now + hidden] = [{ receives: count, amount }];
      }
    }
    const invocations = received / batchSize;
    receives += received;
    running += invocations;
    ending[now + hangSeconds] = (ending[now + hangSeconds] as number) + invocations;
    wastedSeconds += invocations * Math.min(hangSeconds, outageSeconds - now);
  }
  const waiting = visible.slice(first).reduce((sum, { amount }) => sum + amount, afterwards);
  return { wastedSeconds, receives, deadLetters, recoverySeconds: recovery(settings, waiting, deadLetters) };
}

function merge(queue: Cohort[], first: number, receives: number, amount: number): void {
  const last = queue.length > first ? queue[queue.length - 1] : undefined;
  if (last?.receives === receives) last.amount += amount;
  else queue.push({ receives, amount });
}

/** The backlog drains at what the consumer can do beyond the arrivals; dead letters join it as fast as they may be moved. */
function recovery(settings: OutageSettings, waiting: number, deadLetters: number): number | undefined {
  const capacity = (settings.concurrency * settings.batchSize) / HEALTHY_BATCH_SECONDS;
  if (capacity <= settings.messagesPerSecond) return undefined;
  const surplus = capacity - settings.messagesPerSecond;
  // While dead letters come back at their full rate the backlog grows or falls evenly; the last of them come in one second.
  const full = Math.floor(deadLetters / MOVED_PER_SECOND);
  const growth = MOVED_PER_SECOND - surplus;
  let backlog = growth >= 0 ? waiting + full * growth : Math.max(0, waiting + full * growth);
  let now = full;
  const last = deadLetters - full * MOVED_PER_SECOND;
  if (last > 0) {
    backlog = Math.max(0, backlog + last - surplus);
    now++;
  }
  now += Math.ceil(backlog / surplus);
  if (now >= NEVER) return undefined;
  // In flight when it ends: those come back when their visibility timeout does, at the latest.
  return Math.max(now, Math.min(settings.visibilitySeconds, settings.hangSeconds));
}
