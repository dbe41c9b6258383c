import { startSaga } from '../../../../functions/shop/order-saga/start/start-saga';
import { Clock, seeded } from '../../../modules/saga/clock';
import { Execution } from '../../../modules/saga/interpreter';
import { anOrder } from '../orders';
import { audit, type Ending } from './books';
import { type Fate, type Parts, Shop, sound } from './shop';

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

/** Plays one order, delivered three times, through the saga under a schedule of faults, resumes it when it parks, and checks the books at the end of everything. */
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
  const order = anOrder({ orderId: `order-${schedule.seed}-aaaa` });
  const problems: string[] = [];
  const runs: { execution: Execution; ended: Promise<void> }[] = [];
  const sagas = new Map<string, Execution>();
  let delivery = 0;
  /** Step Functions as documented: the same name and input while it runs is the first start again, anything else is refused. */
  const start = (name: string, input: string): 'started' | 'exists' => {
    const known = sagas.get(name);
    if (known) return known.status === 'RUNNING' && JSON.stringify(known.input) === input ? 'started' : 'exists';
    const execution = new Execution(parts.machine, name, JSON.parse(input) as unknown, shop);
    sagas.set(name, execution);
    runs.push({ execution, ended: execution.run() });
    return 'started';
  };
  const deliver = async () => {
    delivery += 1;
    const number = delivery;
    await startSaga(order, {
      start: async (orderId, input) => start(parts.nameOf(orderId, number), input),
      inputOf: async (orderId) => JSON.stringify(sagas.get(parts.nameOf(orderId, number))?.input),
    }).catch((error: Error) => void problems.push(`not started: ${error.message}`));
  };
  await deliver();
  const again = clock.sleep(random() * 20).then(deliver);
  const resume = async (execution: Execution) => {
    for (let round = 0; execution.status === 'FAILED' && round < 10; round += 1) {
      if (execution.failure?.error !== 'States.NoChoiceMatched')
        problems.push(`failed without being parked: ${execution.failure?.message}`);
      // After the second time the fault has passed, as every fault does.
      calm = round >= 1;
      await clock.until(clock.sleep(random() * 120));
      await clock.until(execution.redrive());
    }
  };
  // The list grows while it is gone through, when a delivery starts another saga.
  for (const { execution, ended } of runs) {
    await clock.until(ended);
    await resume(execution);
    await clock.until(again);
  }
  await deliver();
  const execution = runs[0]?.execution as Execution;
  if (parts.nameOf === sound.nameOf && runs.length !== 1) problems.push(`${runs.length} sagas for one order`);
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
