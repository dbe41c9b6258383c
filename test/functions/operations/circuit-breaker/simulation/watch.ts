import type { DependencySettings } from '../../../../../functions/runtime/breaker/settings';
import {
  type BreakerRecord,
  executionName,
  type Hold,
  initial,
  recovering,
} from '../../../../../functions/runtime/breaker/state';
import type { Execution } from './execution';
import type { History } from './histories';
import type { Time } from './time';
import { DEPENDENCIES, FULL_CONCURRENCY, type Name, SWEEPS, TRICKLE, type World } from './world';

/**
 * Seconds until what is promised has to be seen, by how rough the history is: until a function that was told has `done` it, and until a chain of them has
 * come to an `end`.
 */
const PATIENCE = {
  calm: { done: 6, end: 10 },
  slow: { done: 30, end: 60 },
  rough: { done: 150, end: 200 },
} as const;

/** A sandbox goes by what it has read for 5 s; a read takes up to 2 s, and so does each of two round trips around it. */
const OLDEST_KNOWLEDGE = 9.5;

/** What is watched. */
interface Watched {
  readonly time: Time;
  readonly world: World;
  readonly settings: Readonly<Record<Name, DependencySettings>>;
  readonly executions: ReadonlyMap<string, Execution>;
  readonly history: History;
}

interface Seen {
  record: BreakerRecord;
  /** When the state that it is in was written. */
  enteredAt: number;
  writtenAt: number;
  /** Somebody has held it since. */
  held: boolean;
  /** Times that it was opened by evidence. */
  opened: number;
  /** Times that somebody was told that it was they who opened it. */
  told: number;
  sweeps: number;
  /** The hold that a person was told is in force. */
  hold?: { readonly hold: Hold; readonly at: number };
  /** A hold open was lifted then, and no canary has been asked since. */
  liftedAt?: number;
}

/**
 * What anybody may expect of a breaker, whatever happens: nothing of how it does it, only what comes of it for the dependency, for the messages and for
 * people.
 */
export class Watch {
  readonly problems: string[] = [];
  private readonly seen: Record<Name, Seen>;
  private readonly since = new Map<string, number>();

  constructor(private readonly simulation: Watched) {
    const fresh = (name: Name): Seen => ({
      record: initial(name),
      enteredAt: 0,
      writtenAt: 0,
      held: false,
      opened: 0,
      told: 0,
      sweeps: 0,
    });
    this.seen = { payment: fresh('payment'), kitchen: fresh('kitchen') };
  }

  private get now(): number {
    return this.simulation.time.now;
  }

  private get patience() {
    return PATIENCE[this.simulation.history.weather];
  }

  wrong(what: string): void {
    this.problems.push(`${this.simulation.time.second.toFixed(1)} s: ${what}`);
  }

  /** Says so when something has been wrong for longer than it may, once. */
  private tooLong(what: string, wrong: boolean, seconds: number): void {
    if (!wrong) this.since.delete(what);
    else if (!this.since.has(what)) this.since.set(what, this.now);
    else if (this.now - (this.since.get(what) as number) > seconds * 1000) {
      this.since.set(what, Number.POSITIVE_INFINITY);
      this.wrong(`${what} for more than ${seconds} s`);
    }
  }

  /** A sandbox was told that it was the one that opened the breaker. */
  told(name: Name): void {
    this.seen[name].told += 1;
    if (this.seen[name].told > this.seen[name].opened)
      this.wrong(`${name}: two were told that they opened it, in one transition`);
  }

  /** A sandbox calls; `newest` is the newest state that it was ever told of. */
  called(name: Name, newest: BreakerRecord | undefined): void {
    const { record, enteredAt } = this.seen[name];
    if (newest?.state === 'open') this.wrong(`${name} is called by a sandbox that was told that it is open`);
    const open = (this.now - enteredAt) / 1000;
    if (record.state === 'open' && open > OLDEST_KNOWLEDGE) this.wrong(`${name} is called, open for ${open} s`);
  }

  /** A canary is asked. */
  asked(name: Name): void {
    const seen = this.seen[name];
    delete seen.liftedAt;
    const { hold } = seen;
    if (hold?.hold.kind === 'open' && this.inForce(hold.hold) && this.now - hold.at > this.patience.done * 1000)
      this.wrong(`${name}: a canary is asked while it is held open`);
  }

  /** A person is about to decide. */
  deciding(name: Name): void {
    delete this.seen[name].hold;
  }

  /** A person was told that a hold is in force, or lifted. */
  decided(name: Name, hold: Hold | undefined): void {
    const seen = this.seen[name];
    if (hold) seen.hold = { hold, at: this.now };
    if (hold) delete seen.liftedAt;
    else if (seen.record.state === 'open') seen.liftedAt = this.now;
  }

  /** Whether a recovery with this input is the one that the table names. */
  current({ dependency, epoch, run }: Pick<BreakerRecord, 'dependency' | 'epoch' | 'run'>): boolean {
    const { record } = this.seen[dependency as Name];
    return recovering(record) && record.epoch === epoch && record.run === run;
  }

  get anyOpen(): boolean {
    return DEPENDENCIES.some((name) => this.seen[name].record.state === 'open');
  }

  isHeld(name: Name): boolean {
    const { hold } = this.seen[name];
    return hold !== undefined && this.inForce(hold.hold);
  }

  private inForce = ({ until }: Hold): boolean => this.now < until;

  written(before: BreakerRecord, after: BreakerRecord): void {
    const name = after.dependency as Name;
    const seen = this.seen[name];
    const wrong = (what: string) => this.wrong(`${name}: ${what} (${before.state} → ${after.state})`);
    if (after.term < before.term || after.epoch < before.epoch) wrong('what had happened was undone');
    const { hold } = seen;
    if (hold && this.inForce(hold.hold) && (after.hold?.until !== hold.hold.until || after.state !== hold.hold.kind))
      wrong(`a hold ${hold.hold.kind} did not hold`);
    if (after.releasing && !before.releasing && after.state === before.state) {
      seen.sweeps += 1;
      if (seen.sweeps > SWEEPS) wrong('parked is swept again and again');
    }
    if (after.state === before.state && after.term !== before.term) wrong('a transition that changes nothing');
    if (after.state !== before.state) {
      if (!after.hold) this.changed(name, before, after, wrong);
      seen.enteredAt = this.now;
      seen.held = false;
      if (after.state !== 'open') delete seen.liftedAt;
    }
    if (after.hold) seen.held = true;
    seen.record = after;
    seen.writtenAt = this.now;
  }

  /** A change of state that no person made. */
  private changed(name: Name, before: BreakerRecord, after: BreakerRecord, wrong: (what: string) => void): void {
    const { world, settings } = this.simulation;
    const seen = this.seen[name];
    const { enteredAt } = seen;
    const options = settings[name];
    const canaries = world.canaries[name].filter(({ asked }) => asked >= enteredAt);
    const greens = canaries.filter(({ green }) => green).length;
    const inState = (this.now - before.since) / 1000;
    if (after.state === 'open') {
      seen.opened += 1;
      const failed = world.failures[name].filter(({ began }) => began >= enteredAt).length;
      const red = before.state === 'half-open' && greens < canaries.length;
      const rang = options.alarmName !== undefined && (world.alarm.ringing || this.now - world.alarm.since < 30_000);
      if (failed < options.consecutiveFailures && !red && !rang) wrong(`opened for ${failed} failures in this state`);
    }
    if (after.state === 'half-open') {
      if (before.state !== 'open') wrong('half-open without an outage');
      if (!seen.held && inState < options.waitDurationInOpenState) wrong(`half-open after ${inState} s`);
      if (greens < options.canaries) wrong(`half-open after ${greens} green canaries`);
    }
    if (after.state === 'closed') {
      if (before.state !== 'half-open') wrong('closed without a watch');
      if (inState < options.watchDurationInHalfOpenState) wrong(`closed after ${inState} s`);
      const begin = this.now - options.watchDurationInHalfOpenState * 1000;
      if (!world.served.some(({ from, to = this.now }) => from <= begin && to >= enteredAt))
        wrong('closed before messages had come for as long as the watch');
      if (greens === 0) wrong('closed without a green canary');
      const { ringing, since } = world.alarm;
      if (options.alarmName && ringing && this.now - since > this.patience.done * 1000)
        wrong('closed while its alarm rings');
    }
  }

  /** A message moves from parked to main. */
  moved(): void {
    const { world } = this.simulation;
    const { rate = 0, startedAt = 0, byHand } = world.move ?? {};
    // What a person begins in the middle of it is put right at the next look.
    const [since, patience] = byHand ? [startedAt, this.patience.end] : [0, this.patience.done];
    for (const name of DEPENDENCIES) {
      const { record, enteredAt } = this.seen[name];
      const seconds = (this.now - Math.max(enteredAt, since)) / 1000;
      if (record.state === 'closed' || seconds <= patience) continue;
      if (record.state === 'open') this.wrong(`released while ${name} is open, for ${seconds} s`);
      else if (rate > TRICKLE)
        this.wrong(`released faster than a trickle while ${name} is half-open, for ${seconds} s`);
    }
    const [only, ...others] = DEPENDENCIES.filter((name) => recovering(this.seen[name].record));
    if (!only || others.length > 0) return;
    const canaries = world.canaries[only];
    const red = canaries[canaries.findLastIndex(({ green }) => green) + 1];
    // Whatever is written since, a person's hold above all, has it asked anew.
    const { writtenAt } = this.seen[only];
    if (red && this.now - Math.max(red.answered, writtenAt, since) > patience * 1000)
      this.wrong(`released although ${only}'s canary is red`);
  }

  /** Looks at everything, once a second. */
  look(): void {
    const { world, executions, settings, history, time } = this.simulation;
    const { schedule } = history;
    const patience = this.patience;
    const records = DEPENDENCIES.map((name) => this.seen[name].record);
    const needed = records.filter(({ dependency }) => settings[dependency as Name].scope === 'consumer');
    const enabled = needed.every(({ state }) => state !== 'open');
    const most = needed.every(({ state }) => state === 'closed') ? FULL_CONCURRENCY : 2;
    const follows = world.mapping.enabled === enabled && world.mapping.maximumConcurrency === most;
    this.tooLong(
      `the mapping stands against ${records.map(({ term, state }) => `${state} ${term}`)}`,
      !follows,
      patience.done + 5,
    );
    if (follows) for (const what of this.since.keys()) if (what.startsWith('the mapping')) this.since.delete(what);

    const allClosed = records.every(({ state }) => state === 'closed');
    for (const name of DEPENDENCIES) {
      const { record, liftedAt, hold, enteredAt } = this.seen[name];
      const runs = executions.get(executionName(record))?.running;
      this.tooLong(`nothing recovers ${name}`, recovering(record) && !runs, patience.end);
      const healthy = history.health[name](time.second) === 'healthy';
      const idle = record.releasing && allClosed && healthy && world.parked.length > 0 && !world.move;
      this.tooLong(`${name} is closed and nothing is released`, idle, patience.end + 6);
      const lifted =
        liftedAt !== undefined && record.state === 'open' && this.now - liftedAt > (patience.end + 5) * 1000;
      this.tooLong(`${name} was let go, and no canary is asked`, lifted, 0);
      const last = world.canaries[name].at(-1);
      const told = record.state === 'half-open' && last && !last.green && this.seen[name].writtenAt < last.asked;
      this.tooLong(`${name} is half-open, and its canary red`, Boolean(told), patience.done);
      const { alarmName, alarmGrace } = settings[name];
      const ringing = (this.now - Math.max(world.alarm.since, enteredAt)) / 1000 - alarmGrace - schedule;
      const heard = record.state === 'open' || (hold && this.inForce(hold.hold)) || this.seen[name].held;
      const unheard = alarmName !== undefined && world.alarm.ringing && !heard && ringing > 0;
      this.tooLong(`the alarm of ${name} rings, and nothing opens it`, unheard, patience.end);
    }
  }

  end(): void {
    const { world, executions, history } = this.simulation;
    for (const name of DEPENDENCIES) {
      const { record } = this.seen[name];
      if (recovering(record)) this.wrong(`${name} is ${record.state} in the end, releasing: ${record.releasing}`);
    }
    const { enabled, maximumConcurrency } = world.mapping;
    if (!enabled || maximumConcurrency !== FULL_CONCURRENCY)
      this.wrong(`the mapping is ${enabled ? 'on' : 'off'} at ${maximumConcurrency} in the end`);
    const left = world.parked.filter(({ poison }) => !poison).length;
    if (left > 0) this.wrong(`${left} healthy messages are parked in the end`);
    const waiting = world.main.filter(({ poison }) => !poison).length;
    if (waiting > 0) this.wrong(`${waiting} healthy messages wait in the end`);
    if (world.handled + world.main.length + world.parked.length !== world.sent) this.wrong('messages were lost');
    const running = [...executions.values()].filter((execution) => execution.running);
    if (running.length > 0) this.wrong(`${running.map(({ name }) => name)} run in the end`);
    if (world.move && history.poison === 0) this.wrong('a move runs in the end');
  }
}
