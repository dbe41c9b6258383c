import type { RecoverInput } from '../../../../../functions/operations/circuit-breaker/recover/contract';
import type { DependencySettings } from '../../../../../functions/runtime/breaker/settings';
import { type BreakerStore, change } from '../../../../../functions/runtime/breaker/store';
import type { Execution } from './execution';
import type { History } from './histories';
import type { Process, Time } from './time';
import type { Watch } from './watch';
import { type Name, TRICKLE, type World } from './world';

/** What is within reach of somebody at night. */
interface Reach {
  readonly time: Time;
  readonly world: World;
  readonly watch: Watch;
  readonly settings: Readonly<Record<Name, DependencySettings>>;
  readonly executions: ReadonlyMap<string, Execution>;
  readonly history: History;
  start(name: string, input: RecoverInput): unknown;
}

/**
 * Somebody at night, after a while: holds or lifts, moves parked messages in a hurry, aborts an execution, or starts one a second time in the middle of what
 * it does.
 */
export async function person(reach: Reach, trip: Process['trip'], store: BreakerStore): Promise<void> {
  const { time, world, watch, executions, history } = reach;
  await time.sleep(2000 + time.random() * 15_000);
  if (time.calm) return new Promise(() => {});
  const name = time.chance(0.7) ? 'payment' : 'kitchen';
  if (time.chance(0.15) && !watch.anyOpen) {
    return trip(() => {
      world.move = undefined;
      world.startMove(3 * TRICKLE, true);
    });
  }
  const running = [...executions.values()].filter((execution) => execution.running);
  const execution = running[Math.floor(time.random() * running.length)];
  // Who has held it is likely to let it go again.
  const dice = watch.isHeld(name) ? 0.3 + time.random() / 2 : time.random();
  if (dice < 0.15 && execution && history.weather === 'rough') {
    execution.running = false;
  } else if (dice < 0.4 && execution) {
    reach.start(`${execution.name}-by-hand-${executions.size}`, execution.copied);
  } else {
    const kind = time.chance(0.4) ? 'open' : 'closed';
    const until = time.now + 5000 + time.random() * 90_000;
    const event =
      dice < 0.6
        ? ({ kind: 'lift-hold', who: 'ada', why: 'over' } as const)
        : ({ kind: 'hold', hold: { kind, who: 'ada', why: 'a drill', until } } as const);
    watch.deciding(name);
    const { changed } = await change(store, name, event, time.now, reach.settings[name]);
    if (changed) watch.decided(name, event.kind === 'hold' ? event.hold : undefined);
  }
}
