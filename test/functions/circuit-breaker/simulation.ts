import { CircuitBreaker } from '../../../functions/circuit-breaker/breaker';
import { type DependencySettings, dependencySettings } from '../../../functions/circuit-breaker/contract';
import type { MappingSetting } from '../../../functions/circuit-breaker/reconcile/desired';
import { type ReconcileSurroundings, reconcileBreaker } from '../../../functions/circuit-breaker/reconcile/reconcile';
import type { RecoverAnswer, RecoverInput } from '../../../functions/circuit-breaker/recover/contract';
import { step } from '../../../functions/circuit-breaker/recover/step';
import type { BreakerStore } from '../../../functions/circuit-breaker/store';
import { type BreakerRecord, executionName, recovering } from '../../../functions/domain/breaker/state';
import { MemoryStore } from './memory-store';

/** mulberry32: the same seed, the same history. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface SimulationOptions {
  readonly seed: number;
  /** Is the dependency healthy at this second of the history? */
  readonly healthy: (second: number) => boolean;
  readonly seconds: number;
  /** Chance that a process dies at a round trip: half of them before it takes effect, half right after. */
  readonly crash: number;
  /** Second from which on processes die no more: without such a moment nothing can be promised. Default: none. */
  readonly crashesUntil?: number;
  /** New messages a second. */
  readonly rate: number;
  readonly store?: MemoryStore;
  /** Seconds between two scheduled reconciliations; 0: none. */
  readonly schedule?: number;
  /** Chance that EventBridge delivers an event; some of them twice. Default 0.9. */
  readonly delivery?: number;
  readonly people?: (world: { store: BreakerStore; now: () => number }) => Promise<void>;
}

export const SETTINGS: DependencySettings = dependencySettings.parse({
  slidingWindowSize: 10,
  minimumNumberOfCalls: 5,
  waitDurationInOpenState: 10,
  maxWaitDurationInOpenState: 40,
  watchDurationInHalfOpenState: 10,
  canaries: 3,
  canaryInterval: 3,
  canaryFunction: 'canary',
});

const FULL_CONCURRENCY = 10;
const SANDBOXES = 6;
const MAXIMUM_RECEIVES = 3;

interface Message {
  receives: number;
  visibleAt: number;
}

interface Execution {
  readonly name: string;
  input: RecoverInput;
  running: boolean;
}

export interface StateChange {
  readonly at: number;
  readonly before: BreakerRecord;
  readonly after: BreakerRecord;
}

/**
 * A consumer, its queue and its breaker in virtual time: the production code of the wrapper, the reconciler and the recovery, on fakes that keep
 * AWS's promises and no better. Every round trip takes a random time, so that processes interleave, and may be a process's last.
 */
export class Simulation {
  now = 1_700_000_000_000;
  readonly began = this.now;
  readonly changes: StateChange[] = [];
  readonly violations: string[] = [];
  readonly mapping: { -readonly [Key in keyof MappingSetting]: MappingSetting[Key] } = {
    enabled: true,
    maximumConcurrency: FULL_CONCURRENCY,
  };
  readonly executions = new Map<string, Execution>();
  readonly canaries: { asked: number; green: boolean }[] = [];
  main: Message[] = [];
  parked: Message[] = [];
  sent = 0;
  handled = 0;
  /** Calls to the dependency while it was sick. */
  wastedCalls = 0;
  crashes = 0;
  private move: { rate: number; handle: string } | undefined;
  private moves = 0;
  private readonly timers: { at: number; wake: () => void }[] = [];
  private readonly random: () => number;
  readonly store: MemoryStore;

  constructor(private readonly options: SimulationOptions) {
    this.random = randomFrom(options.seed);
    this.store = options.store ?? new MemoryStore();
    this.store.onWrite = (before, after) => this.written(before, after);
  }

  get second(): number {
    return (this.now - this.began) / 1000;
  }

  /** Plays the history to its end. */
  async run(): Promise<this> {
    const { rate, schedule = 60, people } = this.options;
    for (let sandbox = 0; sandbox < SANDBOXES; sandbox += 1) this.process(() => this.sandbox(sandbox));
    this.process(async () => {
      for (;;) {
        await this.sleep(1000 / rate);
        this.sent += 1;
        this.main.push({ receives: 0, visibleAt: this.now });
      }
    });
    this.process(async () => {
      for (;;) {
        await this.sleep(1000);
        for (let moved = 0; this.move && moved < this.move.rate; moved += 1) {
          if (this.parked.shift()) this.main.push({ receives: 0, visibleAt: this.now });
          else this.move = undefined;
        }
      }
    });
    if (schedule > 0)
      this.process(async () => {
        for (;;) {
          await this.sleep(schedule * 1000);
          this.process((crashes) => this.reconcile(crashes));
        }
      });
    if (people) this.process(() => people({ store: this.gated(this.store, NEVER_CRASHES), now: () => this.now }));
    const end = this.began + this.options.seconds * 1000;
    for (;;) {
      await settle();
      const next = this.timers.shift();
      if (!next || next.at > end) break;
      this.now = next.at;
      next.wake();
    }
    return this;
  }

  /** A process: its round trips end in its death now and then, and whoever started it is told. */
  private process(work: (crashes: Crashes) => Promise<unknown>): Promise<'ended' | 'crashed'> {
    return new Promise((resolve) => {
      const crashes: Crashes = () => {
        const { crash, crashesUntil = Number.POSITIVE_INFINITY } = this.options;
        if (this.second >= crashesUntil || this.random() >= crash) return false;
        this.crashes += 1;
        resolve('crashed');
        return true;
      };
      work(crashes).then(
        () => resolve('ended'),
        (error) => {
          this.violations.push(`a process failed: ${error instanceof Error ? error.stack : error}`);
          resolve('ended');
        },
      );
    });
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      const at = this.now + ms;
      // Kept in order of time, and of their beginning at the same time.
      let place = this.timers.length;
      while (place > 0 && (this.timers[place - 1] as { at: number }).at > at) place -= 1;
      this.timers.splice(place, 0, { at, wake });
    });
  }

  /** A round trip: a random while, and perhaps the process's last, before it takes effect or right after. */
  private async trip<Result>(crashes: Crashes, effect: () => Promise<Result> | Result): Promise<Result> {
    await this.sleep(1 + this.random() * 150);
    if (crashes()) return forever();
    const result = await effect();
    if (crashes()) return forever();
    await this.sleep(1 + this.random() * 150);
    return result;
  }

  private gated(store: BreakerStore, crashes: Crashes): BreakerStore {
    return {
      read: (...input) => this.trip(crashes, () => store.read(...input)),
      readShared: (...input) => this.trip(crashes, () => store.readShared(...input)),
      write: (...input) => this.trip(crashes, () => store.write(...input)),
      share: (...input) => this.trip(crashes, () => store.share(...input)),
    };
  }

  private healthyNow = () => this.options.healthy(this.second);

  private async sandbox(number: number): Promise<void> {
    for (;;) {
      await this.process(async (crashes) => {
        const breaker = new CircuitBreaker('payment', SETTINGS, {
          store: this.gated(this.store, crashes),
          now: () => this.now,
          random: this.random,
          count: () => {},
          log: () => {},
        });
        for (;;) {
          await this.sleep(this.mapping.enabled ? 200 + this.random() * 800 : 1000);
          if (this.mapping.enabled && number < (this.mapping.maximumConcurrency ?? SANDBOXES))
            await this.receive(breaker);
        }
      });
    }
  }

  private async receive(breaker: CircuitBreaker): Promise<void> {
    const index = this.main.findIndex(({ visibleAt }) => visibleAt <= this.now);
    const message = this.main[index];
    if (!message) return;
    message.receives += 1;
    if (message.receives > MAXIMUM_RECEIVES) {
      this.main.splice(index, 1);
      this.parked.push(message);
      return;
    }
    // Whoever dies with it leaves it hidden until its visibility ends.
    message.visibleAt = this.now + 30_000;
    const answer = await breaker.call(() => this.ask(), {
      isFailure: (outcome) => outcome === 'failed',
      whenOpen: (seconds) => seconds,
    });
    if (answer === 'ok') {
      this.handled += 1;
      this.main.splice(this.main.indexOf(message), 1);
    } else message.visibleAt = this.now + (typeof answer === 'number' ? answer * 1000 : 2000);
  }

  private async ask(): Promise<'ok' | 'failed' | number> {
    const healthy = this.healthyNow();
    if (!healthy) this.wastedCalls += 1;
    await this.sleep(healthy ? 20 : 1000);
    return healthy ? 'ok' : 'failed';
  }

  private reconcile(crashes: Crashes): Promise<unknown> {
    const mapping = {
      read: () => this.trip(crashes, () => ({ ...this.mapping })),
      update: (setting: MappingSetting) => this.trip(crashes, () => void Object.assign(this.mapping, setting)),
    };
    const around: ReconcileSurroundings = {
      store: this.gated(this.store, crashes),
      dependencies: { payment: SETTINGS },
      fullConcurrency: FULL_CONCURRENCY,
      mapping,
      parkMapping: undefined,
      recoveries: { start: (name, input) => this.trip(crashes, () => this.start(name, input as RecoverInput)) },
      moves: this.moveTasks(crashes),
      alarm: async () => ({ ringing: false, since: 0, reason: '' }),
      now: () => this.now,
    };
    return reconcileBreaker(around);
  }

  private moveTasks(crashes: Crashes) {
    return {
      parked: () => this.trip(crashes, () => this.parked.length),
      runningMove: () =>
        this.trip(
          crashes,
          () => this.move && { taskHandle: this.move.handle, moved: 0, toMove: 0, rate: this.move.rate },
        ),
      start: (rate: number) =>
        this.trip(crashes, () => {
          if (this.move) return false;
          this.move = { rate, handle: `move-${this.moves++}` };
          return true;
        }),
      cancel: (handle: string) =>
        this.trip(crashes, () => {
          if (this.move?.handle === handle) this.move = undefined;
        }),
    };
  }

  private start(name: string, input: RecoverInput): 'running' | 'ended' {
    const known = this.executions.get(name);
    if (known) return known.running ? 'running' : 'ended';
    const execution: Execution = { name, input, running: true };
    this.executions.set(name, execution);
    this.process(() => this.execute(execution));
    return 'running';
  }

  /** The state machine as the module writes it: look, wait, ask, look; a look that dies is retried, and after three deaths the execution has failed. */
  private async execute(execution: Execution): Promise<void> {
    for (;;) {
      let answer: RecoverAnswer | undefined;
      for (let attempt = 0; attempt < 3 && !answer; attempt += 1) {
        await this.process(async (crashes) => {
          answer = await step(execution.input, {
            store: this.gated(this.store, crashes),
            dependencies: { payment: SETTINGS },
            moves: this.moveTasks(crashes),
            releasing: { trickle: 1, ceiling: 50, interval: 3 },
            handOverAfter: 12,
            now: () => this.now,
          });
        });
      }
      if (answer?.next) this.start(answer.next.name, answer.next.input);
      if (!answer || answer.phase === 'done' || answer.phase === 'hand-over') {
        execution.running = false;
        return;
      }
      await this.sleep(answer.seconds * 1000);
      const { canary: _, ...input } = execution.input;
      execution.input = { ...input, progress: answer.progress };
      if (answer.phase === 'held') continue;
      const asked = this.now;
      const green = this.healthyNow();
      await this.sleep(green ? 20 : 1000);
      this.canaries.push({ asked, green });
      execution.input = { ...execution.input, canary: { answer: { green, detail: green ? 'answered' : 'no answer' } } };
    }
  }

  /** The table's stream: what was written is told, however the writer fares; EventBridge delivers late, sometimes twice, here sometimes never. */
  private written(before: BreakerRecord, after: BreakerRecord): void {
    this.check(before, after);
    if (before.term === after.term && before.hold === after.hold) return;
    if (before.term !== after.term) this.changes.push({ at: this.second, before, after });
    const { delivery = 0.9 } = this.options;
    const copies = this.random() < delivery ? (this.random() < 0.2 ? 2 : 1) : 0;
    for (let copy = 0; copy < copies; copy += 1) {
      this.process(async () => {
        await this.sleep(200 + this.random() * (this.random() < 0.1 ? 20_000 : 800));
        this.process((crashes) => this.reconcile(crashes));
      });
    }
  }

  /** What must hold at every write. */
  private check(before: BreakerRecord, after: BreakerRecord): void {
    const wrong = (what: string) =>
      this.violations.push(
        `${this.second.toFixed(1)} s: ${what} (${before.state} ${before.version} → ${after.state} ${after.version})`,
      );
    if (after.version !== before.version + 1) wrong('a write did not follow the version that was there');
    if (after.term < before.term || after.epoch < before.epoch) wrong('a term or an epoch went backwards');
    if (after.state === before.state) return;
    if (after.term !== before.term + 1) wrong('a change of state did not begin exactly one term');
    if (before.state === 'closed' && after.epoch !== before.epoch + 1)
      wrong('an outage did not begin exactly one epoch');
    if (after.hold || before.hold) return;
    const since = this.canaries.filter(({ asked }) => asked >= before.since);
    if (after.state === 'half-open') {
      if (before.state !== 'open' || this.now < before.retryAt) wrong('half-open before its time');
      if (!since.slice(-SETTINGS.canaries).every(({ green }) => green) || since.length < SETTINGS.canaries)
        wrong('half-open without its canaries');
    }
    if (after.state === 'closed') {
      if (before.state !== 'half-open') wrong('closed from open without half-open in between');
      if (after.since - before.since < SETTINGS.watchDurationInHalfOpenState * 1000)
        wrong('closed before the watch was over');
      if (!since.at(-1)?.green) wrong('closed on stale evidence');
    }
  }

  /** What must hold at the end, when the dependency has been healthy for long. */
  unfinished(): string[] {
    const record = this.store.records.get('payment');
    const problems = [...this.violations];
    if (record && recovering(record)) problems.push(`not recovered: ${record.state}, releasing ${record.releasing}`);
    if (record && recovering(record) && !this.executions.get(executionName(record))?.running)
      problems.push('stuck: nothing recovers it');
    if (!this.mapping.enabled || this.mapping.maximumConcurrency !== FULL_CONCURRENCY)
      problems.push(
        `the mapping was left ${this.mapping.enabled ? 'on' : 'off'} at ${this.mapping.maximumConcurrency}`,
      );
    if (this.parked.length > 0) problems.push(`${this.parked.length} left in parked`);
    if (this.handled + this.main.length + this.parked.length !== this.sent) problems.push('messages were lost');
    if (this.main.length > 2 * this.options.rate * 31) problems.push(`${this.main.length} wait in main`);
    return problems;
  }
}

type Crashes = () => boolean;
const NEVER_CRASHES: Crashes = () => false;
const forever = <Result>() => new Promise<Result>(() => {});
/** Everything that can go on without time passing has gone on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
