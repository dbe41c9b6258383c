import {
  type ReconcileSurroundings,
  reconcileBreaker,
} from '../../../../../functions/operations/circuit-breaker/reconcile/reconcile';
import type { RecoverAnswer, RecoverInput } from '../../../../../functions/operations/circuit-breaker/recover/contract';
import { step } from '../../../../../functions/operations/circuit-breaker/recover/step';
import { CircuitBreaker } from '../../../../../functions/runtime/breaker/breaker';
import { METRICS } from '../../../../../functions/runtime/breaker/contract';
import type { DependencySettings } from '../../../../../functions/runtime/breaker/settings';
import type { BreakerRecord } from '../../../../../functions/runtime/breaker/state';
import type { BreakerStore } from '../../../../../functions/runtime/breaker/store';
import { MemoryStore } from '../memory-store';
import { Execution } from './execution';
import type { History } from './histories';
import { person } from './person';
import { type Process, randomFrom, Time, WEATHERS } from './time';
import { Watch } from './watch';
import {
  CEILING,
  DEPENDENCIES,
  FULL_CONCURRENCY,
  type Message,
  type Name,
  SANDBOXES,
  SWEEPS,
  settingsOf,
  TRICKLE,
  World,
} from './world';

/** New messages a second. */
const RATE = 2;
/** Messages that are parked when a history begins. */
const PARKED = 150;
/** Seconds between two looks whether a history has come to its end early, and looks in a row that find that: longer than anything hangs or is scheduled. */
const QUIET_SECONDS = 60;
const QUIET_LOOKS = 3;
/** A sandbox's own store gives up after 2 s; here it is always a little faster. */
const SANDBOX_HANG_MS = 1800;

/**
 * A consumer of two dependencies, its queue and its breakers in virtual time: the production code of the wrapper, the reconciler and the recovery on a
 * world that keeps AWS's promises and no better. Every round trip takes a random time, so that processes interleave; some hang, and some are a process's last.
 */
export class Simulation {
  readonly time: Time;
  readonly world: World;
  readonly watch: Watch;
  readonly store = new MemoryStore();
  readonly settings: Record<Name, DependencySettings>;
  readonly executions = new Map<string, Execution>();
  tripped = 0;
  readonly changes: { readonly dependency: string; readonly at: number }[] = [];

  /** @param payment what of payment's settings differs */
  constructor(
    readonly history: History,
    payment: Partial<DependencySettings> = {},
  ) {
    const failed = (error: unknown) =>
      this.watch.wrong(`a process failed: ${error instanceof Error ? error.stack : error}`);
    this.time = new Time(randomFrom(history.seed), WEATHERS[history.weather], history.calmFrom, failed);
    this.world = new World(this.time, history.health);
    const { kitchen, ...common } = settingsOf(history.kitchenScope, history.alarmed);
    this.settings = { kitchen, payment: { ...common.payment, ...payment } };
    this.watch = new Watch(this);
    this.store.onWrite = (before, after) => this.written(before, after);
    this.world.onMoved = () => this.watch.moved();
  }

  /** Plays the history to its end. @returns what went wrong in it */
  async run(): Promise<readonly string[]> {
    const { time, world, history } = this;
    for (let parked = 0; parked < PARKED; parked += 1) world.send({ needs: DEPENDENCIES, poison: false });
    world.parked = world.main.splice(0);
    for (let sandbox = 0; sandbox < SANDBOXES; sandbox += 1) this.forever(() => this.sandbox(sandbox));
    this.every(1000 / RATE, () => {
      if (time.second >= history.trafficUntil) return false;
      const needs = time.chance(0.5) ? DEPENDENCIES : DEPENDENCIES.slice(0, 1);
      world.send({ needs, poison: false });
    });
    this.every(1000, () => {
      if (time.second < history.poison) world.send({ needs: DEPENDENCIES.slice(0, 1), poison: true });
      world.moveOn();
      this.watch.look();
    });
    if (history.schedule > 0) this.every(history.schedule * 1000, () => this.startReconcile());
    if (history.alarmed)
      this.every(5000, () => {
        if (world.evaluateAlarm()) this.event();
      });
    if (history.people) this.forever(() => time.process((process) => person(this, process.trip, this.gated(process))));
    for (let looks = 0; looks < QUIET_LOOKS && time.second < history.seconds; ) {
      await time.runUntil(Math.min(time.second + QUIET_SECONDS, history.seconds));
      looks = this.quiet ? looks + 1 : 0;
    }
    this.watch.end();
    return this.watch.problems;
  }

  /** Nothing is left to do, and nothing comes that could change it. */
  private get quiet(): boolean {
    const { time, world, history } = this;
    if (time.second < history.trafficUntil || world.main.length + world.parked.length > 0) return false;
    return !world.move && !world.alarm.ringing && [...this.executions.values()].every(({ running }) => !running);
  }

  private async every(ms: number, work: () => unknown): Promise<void> {
    do await this.time.sleep(ms);
    while (work() !== false);
  }

  private async forever(work: () => Promise<unknown>): Promise<void> {
    for (;;) await work();
  }

  /** The store as a process reaches it. @param told hears of each record that an answer brings */
  private gated({ trip }: Process, hangMs?: number, told: (record: BreakerRecord) => void = () => {}): BreakerStore {
    const { store } = this;
    return {
      read: async (...input) => {
        const record = await trip(() => store.read(...input), hangMs);
        told(record);
        return record;
      },
      readShared: async (...input) => {
        const shared = await trip(() => store.readShared(...input), hangMs);
        told(shared.record);
        return shared;
      },
      write: async (...input) => {
        const answer = await trip(() => store.write(...input), hangMs);
        told(answer.stored);
        return answer;
      },
      share: (...input) => trip(() => store.share(...input), hangMs),
      permit: (...input) => trip(() => store.permit(...input), hangMs),
    };
  }

  /** A sandbox of the consumer: two messages at once, until it dies. */
  private sandbox(number: number): Promise<unknown> {
    return this.time.process(async (process) => {
      const newest: Partial<Record<Name, BreakerRecord>> = {};
      const told = (record: BreakerRecord) => {
        const name = record.dependency as Name;
        if (record.version >= (newest[name]?.version ?? 0)) newest[name] = record;
      };
      const store = this.gated(process, SANDBOX_HANG_MS, told);
      const breaker = (name: Name) =>
        new CircuitBreaker(
          name,
          { ...this.settings[name], onStoreFailure: 'closed' },
          {
            store,
            now: () => this.time.now,
            random: this.time.random,
            count: (what) => {
              if (what === METRICS.tripped) this.watch.told(name);
            },
            log: () => {},
          },
        );
      const breakers = { payment: breaker('payment'), kitchen: breaker('kitchen') };
      const ask = (name: Name) => {
        const work = () => {
          if (this.history.wrapped) this.watch.called(name, newest[name]);
          return this.world.call(name);
        };
        if (!this.history.wrapped) return work();
        return breakers[name].call<boolean | number>(work, {
          isFailure: (ok) => ok === false,
          whenOpen: (seconds) => seconds,
        });
      };
      const receive = async () => {
        for (;;) {
          const message = await this.world.receive(number);
          await process.trip(() => {});
          await this.handle(message, ask);
        }
      };
      await Promise.all([receive(), receive()]);
    });
  }

  private async handle(message: Message, ask: (name: Name) => Promise<boolean | number>): Promise<void> {
    for (const name of message.needs) {
      const answer = await ask(name);
      if (answer !== true) {
        this.world.hide(message, answer === false ? 2000 : answer * 1000);
        return;
      }
    }
    if (message.poison) this.world.hide(message, 2000);
    else this.world.delete(message);
  }

  /** An event of EventBridge: late, sometimes twice, sometimes never. */
  private event(): void {
    const { time } = this;
    const { lost } = WEATHERS[this.history.weather];
    if (!time.calm && time.chance(lost)) return;
    for (let copy = time.chance(0.2) ? 2 : 1; copy > 0; copy -= 1) {
      time.sleep(200 + time.random() * 800).then(() => this.startReconcile());
    }
  }

  private startReconcile(): void {
    this.time.process(async (process) => {
      const { world } = this;
      const around: ReconcileSurroundings = {
        store: this.gated(process),
        dependencies: this.settings,
        fullConcurrency: FULL_CONCURRENCY,
        mapping: {
          read: () => process.trip(() => ({ ...world.mapping })),
          update: (setting) => process.trip(() => world.setMapping(setting)),
        },
        parkMapping: undefined,
        intakes: [],
        recoveries: { start: (name, input) => process.trip(() => this.start(name, input as RecoverInput)) },
        moves: this.moves(process),
        sweeps: SWEEPS,
        alarm: () => process.trip(() => ({ ...world.alarm })),
        now: () => this.time.now,
      };
      const { failures } = await reconcileBreaker(around);
      for (const failure of failures) throw failure;
    });
  }

  private moves({ trip }: Process) {
    const { world } = this;
    const running = () => world.move && { ...world.move, taskHandle: world.move.handle, moved: 0, toMove: 0 };
    return {
      parked: () => trip(() => world.parked.length),
      runningMove: () => trip(running),
      start: (rate: number) => trip(() => world.startMove(rate)),
      cancel: (handle: string) =>
        trip(() => {
          if (world.move?.handle === handle) world.move = undefined;
        }),
    };
  }

  start(name: string, input: RecoverInput): 'running' | 'ended' {
    const known = this.executions.get(name);
    if (known) return known.running ? 'running' : 'ended';
    const execution = new Execution(name, input, this.time, {
      look: async (data) => {
        const over = !this.watch.current(data);
        const answer = await this.look(data);
        if (over && answer && answer.phase !== 'done') this.watch.wrong(`${name} goes on though another one recovers`);
        return answer;
      },
      canary: (dependency) => {
        this.watch.asked(dependency);
        return this.world.canary(dependency);
      },
      start: (next, nextInput) => this.start(next, nextInput),
    });
    this.executions.set(name, execution);
    return 'running';
  }

  private async look(data: RecoverInput): Promise<RecoverAnswer | undefined> {
    let answer: RecoverAnswer | undefined;
    await this.time.process(async (process) => {
      answer = await step(data, {
        store: this.gated(process),
        dependencies: this.settings,
        moves: this.moves(process),
        releasing: { trickle: TRICKLE, ceiling: CEILING, interval: 2 },
        handOverAfter: 24,
        serving: () => process.trip(() => this.world.serving),
        alarm: () => process.trip(() => ({ ...this.world.alarm })),
        now: () => this.time.now,
      });
    });
    return answer;
  }

  /** The table's stream: what was written is told, however the writer fares. */
  private written(before: BreakerRecord, after: BreakerRecord): void {
    if (before.state !== 'open' && after.state === 'open') this.tripped += 1;
    if (before.state !== after.state) this.changes.push({ dependency: after.dependency, at: this.time.second });
    this.watch.written(before, after);
    if (before.term !== after.term || before.hold !== after.hold) this.event();
  }
}
