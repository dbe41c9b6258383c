import type { MappingSetting } from '../../../../../functions/operations/circuit-breaker/reconcile/desired';
import { type DependencySettings, dependencySettings } from '../../../../../functions/runtime/breaker/settings';
import type { Time } from './time';

export const FULL_CONCURRENCY = 10;
export const SANDBOXES = 6;
export const TRICKLE = 1;
export const CEILING = 4;
/** Sweeps in a row. */
export const SWEEPS = 3;
const MAXIMUM_RECEIVES = 3;
const VISIBILITY_MS = 30_000;

/** How a dependency is at a moment: `treacherous` answers its canary and fails every call. */
export type Health = 'healthy' | 'sick' | 'treacherous';

export const DEPENDENCIES = ['payment', 'kitchen'] as const;
export type Name = (typeof DEPENDENCIES)[number];

const common = {
  slidingWindowSize: 10,
  minimumNumberOfCalls: 5,
  consecutiveFailures: 3,
  waitDurationInOpenState: 10,
  maxWaitDurationInOpenState: 40,
  watchDurationInHalfOpenState: 12,
  permittedNumberOfCallsInHalfOpenState: 5,
  canaries: 2,
  canaryInterval: 2,
};

export const ALARM = 'payment-failing';
/** Seconds that the alarm looks back. */
const ALARM_WINDOW = 20;
/** Failed calls in its window that it goes off for. */
const ALARM_THRESHOLD = 3;

/** Settings of the dependencies; the alarm's grace is shorter than anybody may set it, so that a history is, too. */
export function settingsOf(kitchenScope: 'consumer' | 'call', alarmed: boolean) {
  const payment = dependencySettings.parse({ ...common, canaryFunction: 'payment' });
  const kitchen = dependencySettings.parse({ ...common, canaryFunction: 'kitchen', scope: kitchenScope });
  return {
    payment: { ...payment, ...(alarmed && { alarmName: ALARM, alarmGrace: 25 }) },
    kitchen,
  } satisfies Record<Name, DependencySettings>;
}

export interface Message {
  /** What it needs, in this order. */
  readonly needs: readonly Name[];
  /** Fails whatever answers it. */
  readonly poison: boolean;
  receives: number;
  visibleAt: number;
}

export interface Call {
  readonly began: number;
  readonly ended?: number;
  readonly failed: boolean;
}

/** Queue, tiers, mapping, dependencies and alarm as AWS keeps them: its promises, and no better. */
export class World {
  readonly mapping: { -readonly [Key in keyof MappingSetting]: MappingSetting[Key] } = {
    enabled: true,
    maximumConcurrency: FULL_CONCURRENCY,
  };
  /** When Lambda polled: it begins a while after it was told to. */
  readonly served: { readonly from: number; to?: number }[] = [{ from: 0 }];
  private switches = 0;
  main: Message[] = [];
  parked: Message[] = [];
  move: { rate: number; handle: string; startedAt: number; byHand: boolean } | undefined;
  sent = 0;
  handled = 0;
  /** Failed calls, by dependency, in the order of their ends. */
  readonly failures: Record<Name, Call[]> = { payment: [], kitchen: [] };
  readonly canaries: Record<Name, { asked: number; answered: number; green: boolean }[]> = { payment: [], kitchen: [] };
  alarm = { ringing: false, since: 0, reason: `${ALARM_THRESHOLD} calls failed` };
  /** Told of each message that moved out of parked. */
  onMoved: () => void = () => {};
  private moves = 0;
  private readonly paymentCalls: Call[] = [];
  private waiting: (() => void)[] = [];

  constructor(
    private readonly time: Time,
    readonly health: Record<Name, (second: number) => Health>,
  ) {}

  send(message: Pick<Message, 'needs' | 'poison'>): void {
    this.sent += 1;
    this.deliver({ ...message, receives: 0, visibleAt: this.time.now });
  }

  private deliver(message: Message): void {
    this.main.push(message);
    this.wake();
  }

  get serving(): boolean {
    const last = this.served.at(-1);
    return last !== undefined && last.to === undefined;
  }

  setMapping(setting: MappingSetting): void {
    const was = this.mapping.enabled;
    Object.assign(this.mapping, setting);
    if (was && !setting.enabled) {
      this.switches += 1;
      const last = this.served.at(-1);
      if (last && this.serving) last.to = this.time.now;
    }
    if (!was && setting.enabled) {
      this.switches += 1;
      const { switches } = this;
      this.time.sleep(500 + this.time.random() * 4000).then(() => {
        if (switches !== this.switches) return;
        this.served.push({ from: this.time.now });
        this.wake();
      });
    }
    this.wake();
  }

  /** Whoever waits for work looks again. */
  wake(): void {
    if (!this.serving || !this.main.some(({ visibleAt }) => visibleAt <= this.time.now)) return;
    const woken = this.waiting;
    this.waiting = [];
    for (const look of woken) look();
  }

  /** Waits until sandbox `number` may receive, and gives it a message; one that was received too often goes to parked. */
  async receive(number: number): Promise<Message> {
    for (;;) {
      const { now } = this.time;
      const allowed = this.serving && number < (this.mapping.maximumConcurrency ?? SANDBOXES);
      const index = allowed ? this.main.findIndex(({ visibleAt }) => visibleAt <= now) : -1;
      const message = this.main[index];
      if (message && message.receives < MAXIMUM_RECEIVES) {
        message.receives += 1;
        // Whoever dies with it leaves it hidden until then.
        this.hide(message, VISIBILITY_MS);
        return message;
      }
      if (message) {
        this.main.splice(index, 1);
        this.parked.push(message);
      } else await new Promise<void>((look) => this.waiting.push(look));
    }
  }

  hide(message: Message, ms: number): void {
    message.visibleAt = this.time.now + ms;
    this.time.sleep(ms).then(() => this.wake());
  }

  delete(message: Message): void {
    const index = this.main.indexOf(message);
    // Whoever held it for longer than its visibility may find that it has gone on.
    if (index < 0) return;
    this.handled += 1;
    this.main.splice(index, 1);
  }

  private healthOf = (name: Name): Health => this.health[name](this.time.second);

  /** A call: a sick dependency refuses at once, or leaves the caller hanging. */
  async call(name: Name): Promise<boolean> {
    const began = this.time.now;
    const ok = this.healthOf(name) === 'healthy';
    await this.time.sleep(ok ? 20 : this.time.chance(0.5) ? 6000 + this.time.random() * 18_000 : 500);
    const call = { began, ended: this.time.now, failed: !ok };
    if (!ok) this.failures[name].push(call);
    if (name === 'payment') this.paymentCalls.push(call);
    return ok;
  }

  async canary(name: Name): Promise<boolean> {
    const asked = this.time.now;
    const green = this.healthOf(name) !== 'sick';
    await this.time.sleep(green ? 20 : 1000);
    this.canaries[name].push({ asked, answered: this.time.now, green });
    return green;
  }

  /** CloudWatch's look at the calls; where it sees none it leaves the alarm as it is (`treat_missing_data: ignore`). @returns whether it has just begun to ring */
  evaluateAlarm(): boolean {
    const { now } = this.time;
    const seen = this.paymentCalls.filter(({ ended = now }) => ended > now - ALARM_WINDOW * 1000);
    if (seen.length === 0) return false;
    const ringing = seen.filter(({ failed }) => failed).length >= ALARM_THRESHOLD;
    const begun = ringing && !this.alarm.ringing;
    if (ringing !== this.alarm.ringing) this.alarm = { ...this.alarm, ringing, since: now };
    return begun;
  }

  startMove(rate: number, byHand = false): boolean {
    if (this.move) return false;
    this.move = { rate, handle: `move-${this.moves++}`, startedAt: this.time.now, byHand };
    return true;
  }

  /** A second of the move that runs. */
  moveOn(): void {
    for (let moved = 0; this.move && moved < this.move.rate; moved += 1) {
      const message = this.parked.shift();
      if (!message) {
        this.move = undefined;
        return;
      }
      this.onMoved();
      this.deliver({ ...message, receives: 0, visibleAt: this.time.now });
    }
  }
}
