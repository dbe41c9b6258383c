import type { Order } from '../../../functions/domain/order';
import { parseOrder } from '../../../functions/domain/order';
import { Clock, seeded } from '../../modules/saga/clock';
import { Execution } from '../../modules/saga/interpreter';
import { anOrder } from '../orders';
import { audit, type Ending } from './books';
import { type Fate, type Parts, Shop } from './shop';

export interface Schedule {
  readonly seed: number;
  /** What becomes of each attempt; after the last park everything is fine. */
  readonly fate: (task: string, attempt: number, random: () => number) => Fate;
  /** Grams; too few makes the first step refuse. */
  readonly stock?: number;
  readonly bankSaysNo?: boolean;
}

export interface Outcome {
  readonly problems: readonly string[];
  readonly ending: Ending | undefined;
  readonly parked: number;
  readonly entered: readonly string[];
}

/** Plays one order through the saga under a schedule of faults, resumes it when it parks, and checks the books at the end of everything. */
export async function play(parts: Parts, schedule: Schedule): Promise<Outcome> {
  const clock = new Clock();
  const random = seeded(schedule.seed);
  const faults = seeded(schedule.seed ^ 0x5bd1e995);
  let calm = false;
  const shop = new Shop(
    clock,
    random,
    (task, attempt) => (calm ? 'fine' : schedule.fate(task, attempt, faults)),
    schedule.stock ?? 1000,
    parts,
  );
  shop.bankSaysNo = schedule.bankSaysNo ?? false;
  const order = (parseOrder(JSON.stringify(anOrder({ orderId: `order-${schedule.seed}-aaaa` }))) as { order: Order })
    .order;
  const execution = new Execution(parts.machine, order.orderId, order, shop);
  await clock.until(execution.run());
  const problems: string[] = [];
  for (let round = 0; execution.status === 'FAILED' && round < 10; round += 1) {
    if (execution.failure?.error !== 'States.NoChoiceMatched')
      problems.push(`failed without being parked: ${execution.failure?.message}`);
    // After the second time the fault has passed, as every fault does.
    calm = round >= 1;
    await clock.until(clock.sleep(random() * 120));
    await clock.until(execution.redrive());
  }
  // Effects that are still under way land now: the books are checked after the last of them.
  await clock.drain();
  if (execution.status !== 'SUCCEEDED') problems.push(`ended ${execution.status}: ${execution.failure?.message}`);
  const ending = (execution.output as { outcome?: Ending } | undefined)?.outcome;
  const claimed = new Map<string, Ending>(ending ? [[order.orderId, ending]] : []);
  return {
    problems: [...problems, ...audit(shop, [order], claimed)],
    ending,
    parked: shop.parked.length,
    entered: execution.entered,
  };
}
