import { consumer, defineConsumer, Internal, Refused, sqs, Unavailable } from 'spillway/runtime';
import * as z from 'zod/mini';
import { CircuitBreaker } from '../../../../functions/runtime/breaker/breaker';
import { DEFAULT_OPTIONS } from '../../../../functions/runtime/breaker/options';
import { initial } from '../../../../functions/runtime/breaker/state';
import { breakerView } from '../../../../functions/runtime/consumer';
import { Gate } from '../../../../functions/runtime/gate';
import { Handling } from '../../../../functions/runtime/handle';
import { handleBatch } from '../../../../functions/runtime/handle-batch';
import type { Ledger } from '../../../../functions/runtime/ledger/ledger';
import { MemoryLedger } from '../../../../functions/runtime/ledger/memory-ledger';
import type { Ports } from '../../../../functions/runtime/ports';
import { sendToRepair } from '../../../../functions/runtime/repair';
import { MemoryStore } from '../../operations/circuit-breaker/memory-store';
import { Tiers } from './queue';
import type { Logged, SourceUnderTest } from './sources';

export type Kind = 'good' | 'refused' | 'poison' | 'killer' | 'malformed';

const contractOf = ({ beside }: SourceUnderTest) =>
  defineConsumer({
    name: 'invoices',
    message: z.object({ number: z.string(), kind: z.string(), cents: z.int() }),
    id: 'number',
    ...(beside?.envelope && { envelope: beside.envelope }),
  });

const FUNCTION_SECONDS = 30;
/** Turns after which what comes back comes back for ever. */
const MOST_TURNS = 5000;
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const BREAKER = { ...DEFAULT_OPTIONS, onStoreFailure: 'closed', scope: 'consumer' } as const;

/** One sandbox at work on one event: when it is dead, nothing that it has begun goes on. */
class Process {
  dead = false;
  readonly death: Promise<undefined>;
  private die: () => void = () => {};

  constructor() {
    this.death = new Promise((resolve) => {
      this.die = () => resolve(undefined);
    });
  }

  kill(): Promise<never> {
    this.dead = true;
    this.die();
    return new Promise(() => {});
  }

  alive<T>(call: () => Promise<T>): Promise<T> {
    return this.dead ? new Promise(() => {}) : call();
  }
}

export interface WorldOptions {
  readonly maxReceiveCount?: number;
  /** Of a queue that keeps strict order. */
  readonly receivesPerRound?: number;
  readonly batchSize?: number;
  readonly random?: () => number;
}

/** A source, the queue and its tiers behind it, a ledger, a breaker and a bank, in memory, with a clock of their own. */
export class World {
  bankWorks = true;
  /** Asked at every call of SQS. */
  sqsWorks: () => boolean = () => true;
  /** Asked after every invocation that was answered: whether its answer is lost, so that its source delivers again. */
  losesAnswer: () => boolean = () => false;
  /** What the bank does with a message of its own accord. */
  onWork: (number: string, process: Process, book: () => void) => Promise<void> = async (_, __, book) => book();
  readonly clock = { now: Date.parse('2030-01-01T00:00:00Z') };
  readonly tiers: Tiers;
  readonly ledger = new MemoryLedger();
  /** Keys in the order in which they were booked: a bank books a key once. */
  readonly booked: string[] = [];
  /** What must never be, in sentences. */
  readonly wrong: string[] = [];
  calls = 0;
  readonly log: Logged[] = [];
  private readonly underWay = new Set<string>();
  private readonly random: () => number;
  private readonly breakers = new MemoryStore();
  private readonly breaker: CircuitBreaker;
  private readonly contract;
  private readonly settings;
  private count = 0;

  constructor(
    private readonly under: SourceUnderTest,
    private readonly options: WorldOptions = {},
  ) {
    const { maxReceiveCount = 5, batchSize = 10, random = () => 0.5 } = options;
    this.random = random;
    this.contract = contractOf(under);
    this.tiers = new Tiers(this.clock, { fifo: under.fifo, maxReceiveCount, batchSize });
    this.settings = { timeout: 5000, budget: FUNCTION_SECONDS * 1000 };
    this.breaker = new CircuitBreaker('bank', BREAKER, {
      ...{ store: this.breakers, now: () => this.clock.now, random, count: () => {}, log: () => {} },
    });
  }

  /** Opens the bank's breaker for every sandbox, or closes it. */
  setBreaker(state: 'open' | 'closed'): void {
    const before = this.breakers.records.get('bank') ?? initial('bank');
    this.breakers.records.set('bank', { ...before, state, version: before.version + 1, term: before.term + 1 });
    this.advance(10);
  }

  put(kind: Kind, number: string, key: string): void {
    const body = JSON.stringify({ number, kind, cents: kind === 'malformed' ? 'many' : 1 });
    this.clock.now += 1;
    if (this.under.beside) this.log.push({ id: String(this.next()), key, body, at: this.clock.now });
    else this.tiers.put(body, this.under.fifo ? key : undefined);
  }

  advance(seconds: number): void {
    this.clock.now += seconds * 1000;
  }

  /** An invocation for the source, if it has anything, and one for the main queue, at once. @returns whether there was anything to deliver */
  async deliver(): Promise<boolean> {
    return (await Promise.all([this.deliverSource(), this.deliverMain()])).includes(true);
  }

  /** Delivers until nothing is left but what is parked or in repair. */
  async settle(): Promise<void> {
    const { main } = this.tiers;
    for (let turn = 0; this.log.length > 0 || main.length > 0; turn += 1) {
      if (turn > MOST_TURNS) throw new Error(`${this.log.length} records, ${main.length} messages come back for ever`);
      if (await this.deliver()) this.advance(1);
      // What is visible may wait for another one of its group that is not.
      else if (main.length > 0)
        this.clock.now = Math.min(...main.map(({ visibleAt }) => visibleAt).filter((at) => at > this.clock.now));
    }
  }

  private async deliverSource(): Promise<boolean> {
    const { beside } = this.under;
    const records = this.log.slice(0, this.options.batchSize ?? 10);
    if (!beside || records.length === 0) return false;
    const answered = await this.invoke(beside.event(records)).catch((error: Error) => {
      if (error.name !== 'NotHandedOverError') throw error;
      return undefined;
    });
    if (answered && !this.losesAnswer()) this.log.splice(0, beside.finished(answered.answer, records));
    // A shard's batch comes again at once; what a dead process held is free after its time-out.
    else this.advance(FUNCTION_SECONDS + 10);
    return true;
  }

  private async deliverMain(): Promise<boolean> {
    const received = this.tiers.receive();
    if (received.length === 0) return false;
    const answered = await this.invoke(this.tiers.event(received));
    if (!answered || this.losesAnswer()) return true;
    const { batchItemFailures } = answered.answer as { batchItemFailures: { itemIdentifier: string }[] };
    const back = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const one of received) if (!back.has(one.id)) this.tiers.remove(one);
    return true;
  }

  /** What the handler does that Lambda calls, with the ports of this world. @returns nothing if its process died */
  private async invoke(event: unknown): Promise<{ readonly answer: unknown } | undefined> {
    const process = new Process();
    const client = { send: (command: unknown) => process.alive(() => this.sqs(command)) } as never;
    const { maxReceiveCount = 5 } = this.options;
    const tools = { sqs: client, queueUrl: this.tiers.url, maxReceiveCount };
    const source = this.under.beside?.source;
    const batch = sqs(tools).read(event) ?? source?.(tools).read(event);
    if (!batch) throw new Error('the event is of no source');
    const ports: Ports = {
      ...{ environment: {}, logger: SILENT, random: this.random, ledger: this.ledgerOf(process) },
      now: () => new Date(this.clock.now),
      remaining: () => FUNCTION_SECONDS * 1000,
      owner: () => `delivery-${this.next()}`,
      canary: async () => (this.bankWorks ? 'green' : 'red'),
      protect: (call) => this.breaker.call(call, breakerView),
      retry: (message, seconds) => batch.retry(message, seconds),
      sendToRepair: (message, note) => sendToRepair(client, 'repair', message, note),
    };
    const policy = {
      ...{ backoff: { base: 2, cap: 300 }, maxRounds: 3, maxReceiveCount: batch.maxReceiveCount },
      receivesPerRound: this.options.receivesPerRound,
    };
    const { definition } = consumer(this.contract, { work: (message) => this.work(message, process) });
    const settings = { ...this.settings, policy };
    const handling = new Handling(this.contract, definition as never, settings, ports, new Gate());
    return Promise.race([process.death, handleBatch(batch, handling, () => {})]);
  }

  private async work({ number, kind }: { number: string; kind: string }, process: Process): Promise<unknown> {
    this.calls += 1;
    if (this.underWay.has(number)) this.wrong.push(`${number} is worked on twice at once`);
    if ((await this.ledger.find(number))?.status === 'done') this.wrong.push(`${number} is worked on and done`);
    this.underWay.add(number);
    try {
      await this.pause();
      if (kind === 'killer') return await this.die(number, process);
      if (!this.bankWorks) throw new Unavailable('503');
      if (kind === 'refused') throw new Refused('no such account');
      if (kind === 'poison') throw new Internal('a bug');
      await this.onWork(number, process, () => {
        if (!process.dead && !this.booked.includes(number)) this.booked.push(number);
      });
      return { transfer: number };
    } finally {
      this.underWay.delete(number);
    }
  }

  /** Ends the process in the middle of its work: whatever else it was at work on is free as well. */
  die(number: string, process: Process): Promise<never> {
    this.underWay.delete(number);
    return process.kill();
  }

  private async sqs(command: unknown): Promise<unknown> {
    await this.pause();
    if (!this.sqsWorks()) throw new Error('SQS is out of reach');
    this.tiers.take(command);
    return {};
  }

  /** Whoever is at work beside this one gets ahead, or doesn't. */
  private async pause(): Promise<void> {
    for (let turns = Math.floor(this.random() * 4); turns > 0; turns -= 1) await undefined;
  }

  /** The ledger as a process reaches it: one that is dead writes nothing more. */
  private ledgerOf(process: Process): Ledger {
    const { ledger } = this;
    const call = <T>(work: () => Promise<T>) =>
      process.alive(async () => {
        await this.pause();
        return process.alive(work);
      });
    return {
      begin: (claim) => call(() => ledger.begin(claim)),
      finish: (claim, result, now) => call(() => ledger.finish(claim, result, now)),
      release: (claim, release) => call(() => ledger.release(claim, release)),
      note: (note) => call(() => ledger.note(note)),
      find: (id) => call(() => ledger.find(id)),
      countRound: (claim) => call(() => ledger.countRound(claim)),
      countCrash: (claim) => call(() => ledger.countCrash(claim)),
    };
  }

  private next(): number {
    this.count += 1;
    return this.count;
  }
}
