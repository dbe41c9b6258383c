import { attempt } from './attempt';
import type { ConsumerContract } from './contract';
import { type Action, decide, endsRound, isLastReceive, type Outcome } from './decide';
import type { ConsumerDefinition } from './definition';
import { Refused, shorten } from './failures';
import type { Gate } from './gate';
import type { Begun, Claim } from './ledger/ledger';
import type { Message } from './message';
import { type RepairNote, sentAgainOf } from './note';
import { type Ports, RESERVE_MS, type Settings } from './ports';
import { type Read, read } from './read';
import { TooLargeError } from './sources/hand-over';

/** Milliseconds that a claim outlives its function by: clocks differ. */
const LEASE_MARGIN_MS = 5000;
/** Processes that may die of a message that is handled alone before it is poison. */
const MAXIMUM_CRASHES = 3;
const FINISH: Action = { kind: 'finish' };
/** A message that wasn't begun for want of time comes back after a second. */
const OUT_OF_TIME: Outcome = { kind: 'not-begun', detail: 'the invocation ends too soon to begin it', retryAfter: 1 };

/** What became of a message: what the log says of it and metrics count. */
export interface Handled {
  readonly message: Message;
  readonly outcome: Outcome;
  readonly action: Action;
  readonly id?: string | undefined;
  /** Its first delivery. */
  readonly isNew?: boolean | undefined;
  /** It couldn't even be put off: it comes back when its source gives it up. */
  readonly lost?: boolean;
}

type Readable<Value> = Exclude<Read<Value>, { malformed: unknown }>;

/** A message that is this delivery's to work on. */
interface Held<Value> {
  readonly message: Message;
  readonly reading: Readable<Value>;
  /** Absent where nothing is remembered. */
  readonly claim?: Claim | undefined;
  readonly begun: Begun & { state: 'claimed' };
}

/** One consumer in one invocation. */
export class Handling<Value> {
  private readonly readings = new Map<Message, Read<Value> | Promise<Read<Value>>>();

  constructor(
    private readonly contract: ConsumerContract<Value>,
    readonly definition: ConsumerDefinition<Value>,
    readonly settings: Settings,
    readonly ports: Ports,
    private readonly gate: Gate,
  ) {}

  /**
   * Handles one message. The order of the writes keeps it safe when the process dies between any two of them: it is claimed before the work, the work carries the business id as its key, the
   * claim is closed after it, and the message is finished with last. What goes to repair is sent there before anything says so.
   *
   * Never throws: whatever the function's own side throws puts the message off, as an outage does.
   */
  async handle(message: Message): Promise<Handled> {
    try {
      const reading = await this.reading(message);
      if ('malformed' in reading) {
        const { detail, path, known } = reading.malformed;
        return await this.repairUnbegun(message, { kind: 'malformed', detail, path }, known);
      }
      if (!this.hasTime()) return await this.putOff(message, OUT_OF_TIME, this.decide(OUT_OF_TIME, message));
      const refusal = this.refusedAtAdmission(reading.value);
      if (refusal && !(await this.wasAdmitted(reading.id))) return await this.repairUnbegun(message, refusal, reading);

      const { ledger } = this.ports;
      if (!ledger) {
        const begun = { state: 'claimed' as const, isNew: message.receiveCount === 1, suspect: false };
        return await this.work({ message, reading, begun });
      }
      const claim = this.claim(message, reading);
      const begun = await ledger.begin(claim);
      if (begun.state !== 'claimed') return await this.unclaimed(message, reading, begun);
      const held = { message, reading, claim, begun };
      return begun.suspect
        ? await this.gate.exclusive(() => this.alone(held, claim))
        : await this.gate.shared(() => this.work(held));
    } catch (error) {
      return this.putOffAfter(error, message);
    }
  }

  /** Has a message go on to the main queue, so that its order is kept there. One that is malformed has no part in it, and SQS may not even take it: it goes to repair. Never throws. */
  async goOn(message: Message): Promise<Handled> {
    try {
      const reading = await this.reading(message);
      if ('malformed' in reading) return await this.handle(message);
      const outcome: Outcome = { kind: 'handed-over', detail: 'to keep its order' };
      return (await this.comesBack(message, outcome, 0)) ?? this.finished(message, outcome, reading.id);
    } catch (error) {
      return this.putOffAfter(error, message);
    }
  }

  /** Defers a message blocked by an earlier one of its group, for no longer than that one: it would hold up the whole group. */
  async behind(message: Message, seconds: number): Promise<Handled> {
    const outcome: Outcome = {
      kind: 'not-begun',
      detail: 'waits for one before it in its group',
      retryAfter: Math.max(0, seconds - 1),
    };
    try {
      const reading = await this.reading(message);
      const action = this.decide(outcome, message);
      if (!('malformed' in reading))
        await this.note(
          message,
          reading,
          action.kind === 'retry' && action.parks ? 'parked' : 'retrying',
          outcome.detail,
        );
      return await this.putOff(message, outcome, action);
    } catch (error) {
      return this.putOffAfter(error, message);
    }
  }

  /** What somebody else has claimed, done or sent to repair. */
  private async unclaimed(
    message: Message,
    { id }: Readable<Value>,
    begun: Exclude<Begun, { state: 'claimed' }>,
  ): Promise<Handled> {
    switch (begun.state) {
      case 'done':
        return this.finished(message, { kind: 'duplicate', detail: 'done before' }, id);
      case 'in-repair':
        return this.finished(message, { kind: 'duplicate', detail: 'lies in repair' }, id);
      case 'conflict': {
        const detail = `The id ${id} was used before, by a message with other content.`;
        return this.sendToRepair(message, { kind: 'conflict', detail }, id);
      }
      case 'busy': {
        const seconds = Math.max(
          1,
          (begun.until.getTime() - this.ports.now().getTime()) / 1000 + this.ports.random() * 5,
        );
        const outcome: Outcome = {
          kind: 'not-begun',
          detail: 'another delivery is at work on it',
          retryAfter: seconds,
        };
        return { ...(await this.putOff(message, outcome, this.decide(outcome, message))), id };
      }
    }
  }

  /** A message whose last delivery was never closed may be what killed its process: how often is counted before it gets the chance again. */
  private async alone(held: Held<Value>, claim: Claim): Promise<Handled> {
    if (!this.hasTime()) return this.close(held, OUT_OF_TIME);
    const crashes = (await this.ports.ledger?.countCrash?.(claim)) ?? 0;
    if (crashes > MAXIMUM_CRASHES) {
      const detail = `its process died ${MAXIMUM_CRASHES} times, each time while it was handled alone`;
      return this.close(held, { kind: 'poison', detail });
    }
    return this.work(held);
  }

  private async work(held: Held<Value>): Promise<Handled> {
    const { message, reading, claim, begun } = held;
    const { ports } = this;
    const kept: { result?: unknown } = {};
    const outcome = await ports.protect(() => attempt(message, reading, begun.askedAt, kept, this));
    if (outcome.kind !== 'done') return this.close(held, outcome);
    if (claim) await ports.ledger?.finish(claim, kept.result, ports.now());
    return { message, outcome, action: FINISH, id: reading.id, isNew: begun.isNew };
  }

  /** Writes down why it isn't done and carries out what follows. */
  private async close(held: Held<Value>, outcome: Outcome): Promise<Handled> {
    const { ports } = this;
    const { message } = held;
    const [{ id }, { isNew }] = [held.reading, held.begun];
    const action = this.decide(outcome, message, await this.rounds(held, outcome));
    if (action.kind === 'repair') {
      await ports.sendToRepair(message, this.repairNote(message, action, id));
      await this.release(held, outcome, 'repair', action.detail);
      return {
        message,
        outcome: { ...outcome, kind: action.reason, detail: action.detail } as Outcome,
        action,
        id,
        isNew,
      };
    }
    const status = action.kind === 'retry' && action.parks ? 'parked' : 'retrying';
    await this.release(held, outcome, status, outcome.detail ?? '');
    return { ...(await this.putOff(message, outcome, action)), id, isNew };
  }

  private async release(
    { claim, begun }: Held<Value>,
    outcome: Outcome,
    status: 'retrying' | 'parked' | 'repair',
    detail: string,
  ) {
    if (!claim) return;
    const notAsked =
      outcome.kind === 'not-asked' ||
      outcome.kind === 'not-begun' ||
      outcome.kind === 'refused' ||
      (outcome.kind === 'unavailable' && outcome.notAsked === true);
    await this.ports.ledger?.release(claim, {
      status,
      detail,
      now: this.ports.now(),
      keyUnused: notAsked && begun.askedAt === undefined,
    });
  }

  /** A round that ends in failure counts against the message only if the same moment was fine for others: an outage of many releases is not its fault. */
  private async rounds({ message, claim }: Held<Value>, { kind }: Outcome): Promise<number | undefined> {
    const { ledger, canary } = this.ports;
    if (
      (kind !== 'unavailable' && kind !== 'internal') ||
      !claim ||
      !ledger?.countRound ||
      !endsRound(message, this.settings.policy)
    )
      return undefined;
    // A release is known by when it was sent, a round without one by when it ended.
    const round = isLastReceive(message, this.settings.policy) ? claim : { ...claim, sentAt: claim.now };
    return (await canary()) === 'green' ? ledger.countRound(round) : undefined;
  }

  private finished(message: Message, outcome: Outcome, id: string): Handled {
    return { message, outcome, action: FINISH, id };
  }

  private async sendToRepair(message: Message, outcome: Outcome, id: string | undefined): Promise<Handled> {
    const action = this.decide(outcome, message);
    if (action.kind === 'repair') await this.ports.sendToRepair(message, this.repairNote(message, action, id));
    return { message, outcome, action, id };
  }

  /** What was never begun, written down so that it is found by its id where it has one. */
  private async repairUnbegun(
    message: Message,
    outcome: Outcome,
    known: { readonly id: string; readonly fingerprint: string } | undefined,
  ): Promise<Handled> {
    const handled = await this.sendToRepair(message, outcome, known?.id);
    try {
      if (known) await this.note(message, known, 'repair', outcome.detail ?? '');
    } catch (error) {
      // It lies in repair and is finished with, whether the ledger can say so or not.
      this.ports.logger.error('the ledger is out of reach', { id: known?.id, error: error as Error });
    }
    return handled;
  }

  private async note(
    message: Message,
    { id, fingerprint }: { readonly id: string; readonly fingerprint: string },
    status: 'retrying' | 'parked' | 'repair',
    detail: string,
  ) {
    await this.ports.ledger?.note({ id, fingerprint, status, detail, sentAt: message.sentAt, now: this.ports.now() });
  }

  private async putOff(message: Message, outcome: Outcome, action: Action): Promise<Handled> {
    const elsewhere = action.kind === 'retry' && (await this.comesBack(message, outcome, action.seconds));
    return elsewhere || { message, outcome, action };
  }

  /**
   * Has a message come back. One that is too large to wait in the main queue waits in its source while nobody could have done it, and goes to repair otherwise, or its source would deliver it for ever.
   *
   * @returns nothing if it comes back
   */
  private async comesBack(message: Message, { kind, detail }: Outcome, seconds: number): Promise<Handled | undefined> {
    try {
      await this.ports.retry(message, seconds);
      return undefined;
    } catch (error) {
      if (!(error instanceof TooLargeError) || kind === 'not-begun' || kind === 'not-asked') throw error;
      if (kind !== 'handed-over' && (await this.ports.canary()) === 'red') throw error;
      const reading = await this.reading(message);
      const known = 'malformed' in reading ? reading.malformed.known : reading;
      const why = `${error.message}, where it would have waited (${kind}): ${detail ?? ''}`;
      return this.repairUnbegun(message, { kind: 'too-large', detail: why }, known);
    }
  }

  private async putOffAfter(error: unknown, message: Message): Promise<Handled> {
    const outcome: Outcome = { kind: 'internal', detail: shorten((error as Error).message ?? String(error)) };
    const action = this.decide(outcome, message);
    try {
      return await this.putOff(message, outcome, action);
    } catch {
      return { message, outcome, action, lost: true };
    }
  }

  private decide(outcome: Outcome, { receiveCount }: Message, rounds?: number): Action {
    return decide(outcome, { receiveCount, rounds }, this.settings.policy, this.ports.random());
  }

  private reading(message: Message): Read<Value> | Promise<Read<Value>> {
    const known = this.readings.get(message) ?? read(message, this.contract, this.ports.ledger !== undefined);
    this.readings.set(message, known);
    return known;
  }

  /** True for what was begun before: it was accepted then. */
  private async wasAdmitted(id: string): Promise<boolean> {
    const entry = await this.ports.ledger?.find(id);
    return entry !== undefined && entry.deliveries > 0;
  }

  private refusedAtAdmission(value: Value): (Outcome & { kind: 'refused' }) | undefined {
    try {
      this.definition.admit?.(value);
      return undefined;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { kind: 'refused', detail: error.message, path: error.path };
    }
  }

  /** True when the work can have all the time that it may take, or all that there ever was: what is begun too late fails for want of time, and that says nothing about its dependency. */
  private hasTime(): boolean {
    const { timeout, budget } = this.settings;
    return this.ports.remaining() - RESERVE_MS >= Math.min(timeout, budget - RESERVE_MS - 500);
  }

  private claim(message: Message, { value, id, fingerprint }: Readable<Value>): Claim {
    const now = this.ports.now();
    return {
      id,
      fingerprint,
      owner: this.ports.owner(message),
      sentAt: message.sentAt,
      sentAgain: sentAgainOf(message.attributes),
      now,
      until: new Date(now.getTime() + this.ports.remaining() + LEASE_MARGIN_MS),
      keep: this.definition.keep?.(value, message.sentAt),
    };
  }

  private repairNote(
    message: Message,
    { reason, detail, path }: Action & { kind: 'repair' },
    id: string | undefined,
  ): RepairNote {
    return {
      reason,
      detail,
      path,
      id,
      consumer: this.contract.name,
      sentAt: message.sentAt.toISOString(),
      messageId: message.id,
    };
  }
}
