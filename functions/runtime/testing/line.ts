import type {
  MessageAttributeValue,
  SendMessageCommand,
  SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { ConsumerHandler } from '../consumer';
import type { Outcome } from '../decide';
import type { ConsumerLogger } from '../definition';
import { Gate } from '../gate';
import { type Handled, Handling } from '../handle';
import { handleBatch } from '../handle-batch';
import type { Ledger } from '../ledger/ledger';
import { MemoryLedger } from '../ledger/memory-ledger';
import type { Message, MessageAttribute } from '../message';
import { annotate, markSentAgain, type RepairNote, unannotate } from '../note';
import type { CanaryColour, Ports } from '../ports';
import { pieces } from '../repair';
import type { Batch } from '../sources/source';

export interface LineOptions {
  /** What the definition's `work` finds in its environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Receives until a message is parked. Default 5. */
  readonly maxReceiveCount?: number;
  /** Releases through which a message may fail while the canary is green. Default 3. */
  readonly maxRounds?: number;
  /** Whether the dependency works. Default: there is no canary. */
  readonly canary?: () => boolean | Promise<boolean>;
  /** Messages of one group keep their order, as in a FIFO queue. Default false. */
  readonly fifo?: boolean;
  /** Seconds. Default 180. */
  readonly visibilityTimeout?: number;
  /** Seconds until Lambda ends the function. Default 30. */
  readonly functionTimeout?: number;
  /** Milliseconds that `work` may take, of real time. Default 5000. */
  readonly workTimeout?: number;
  /** Messages of one invocation. Default 10. */
  readonly batchSize?: number;
  /** Numbers from 0 up to, not including, 1. Default: the middle, so that a test sees the same waits every time. */
  readonly random?: () => number;
  /** When the test begins. Default: 2030-01-01. */
  readonly now?: Date;
  readonly ledger?: Ledger;
  readonly logger?: ConsumerLogger;
  /** Calls the dependency, as a circuit breaker would. Default: it is called. */
  readonly protect?: (call: () => Promise<Outcome>) => Promise<Outcome>;
}

/** A message that lies somewhere on the line. */
export interface Lying {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly group?: string | undefined;
  readonly sentAt: Date;
}

interface Kept extends Lying {
  visibleAt: number;
  receiveCount: number;
}

/** A message in repair, as its sender made it, and why it is there. */
export interface InRepair extends Lying {
  readonly note: RepairNote | undefined;
}

/** Thrown into the test when `settle` would never end. */
export class NeverSettlesError extends Error {
  override readonly name = 'NeverSettlesError';
}

const SILENT: ConsumerLogger = { info: () => {}, warn: () => {}, error: () => {} };
const DELIVERIES = 10_000;

/**
 * A queue, its tiers, a ledger and a clock in memory, with one's own handler behind them: what happens to it during an hour's outage is a unit test of milliseconds.
 *
 * ```ts
 * const line = new Line(handler, { environment: { MAIL_URL: 'http://mail' }, canary: () => mail.works });
 * line.send({ receiptId: 'r-1', … });
 * await line.settle();
 * expect(line.parked).toHaveLength(1);
 * ```
 */
export class Line {
  readonly ledger: Ledger;
  readonly repair: InRepair[] = [];
  /** What became of each delivery, in order. */
  readonly handled: Handled[] = [];
  private readonly main: Kept[] = [];
  private readonly parkedMessages: Kept[] = [];
  private clock: number;
  private count = 0;
  private killed: (() => void) | undefined;

  constructor(
    // biome-ignore lint/suspicious/noExplicitAny: a line takes any consumer, whatever its messages are.
    private readonly handler: Pick<ConsumerHandler<any, any, any>, 'contract' | 'definition'>,
    private readonly options: LineOptions = {},
  ) {
    const { ledger } = handler.definition;
    this.ledger = options.ledger ?? (ledger && ledger !== 'none' ? ledger : new MemoryLedger());
    this.clock = (options.now ?? new Date('2030-01-01T00:00:00Z')).getTime();
  }

  get now(): Date {
    return new Date(this.clock);
  }

  /** Messages in the main queue: visible, or put off. */
  get waiting(): readonly Lying[] {
    return this.main;
  }

  get parked(): readonly Lying[] {
    return this.parkedMessages;
  }

  /** Puts a message into the main queue. @param content a text is taken as the body itself, anything else as its JSON. @returns the message's id */
  send(content: unknown, { attributes = {}, group }: Partial<Pick<Lying, 'attributes' | 'group'>> = {}): string {
    const body = typeof content === 'string' ? content : JSON.stringify(content);
    return this.put(this.main, { body, attributes, group }).id;
  }

  /** What the ledger says of a business id. */
  async find(id: string) {
    return this.ledger.find(id);
  }

  advance(seconds: number): void {
    this.clock += seconds * 1000;
  }

  /** Ends the process in the middle of what it is doing, as a crash or a time-out does. Called from within `work`. */
  kill(): Promise<never> {
    this.killed?.();
    return new Promise(() => {});
  }

  /** Releases what is parked: each becomes a new message, as with a move of SQS. */
  release(): void {
    for (const { body, attributes, group } of this.parkedMessages.splice(0))
      this.put(this.main, { body, attributes, group });
  }

  /** Sends what lies in repair again, as it is or mended. */
  sendAgain(mend: (message: InRepair) => unknown = ({ body }) => body): void {
    for (const message of this.repair.splice(0)) {
      const attributes = markSentAgain(message.attributes, `sending-${this.next()}`);
      this.send(mend(message), { attributes, group: message.group });
    }
  }

  /** Delivers until everything is done, parked or in repair; the clock jumps to whatever is put off. @throws NeverSettlesError */
  async settle(): Promise<void> {
    for (let deliveries = 0; this.main.length > 0; deliveries += 1) {
      if (deliveries > DELIVERIES)
        throw new NeverSettlesError(`${this.main.length} messages still come back after ${DELIVERIES} invocations`);
      // What is visible may wait for another one of its group that is not.
      if (!(await this.deliver()))
        this.clock = Math.min(...this.main.map(({ visibleAt }) => visibleAt).filter((at) => at > this.clock));
    }
  }

  /** One invocation with what is visible now. @returns false if nothing is */
  async deliver(): Promise<boolean> {
    const { visibilityTimeout = 180, maxReceiveCount = 5, fifo = false } = this.options;
    const received = this.receive(maxReceiveCount);
    if (received.length === 0) return this.main.length === 0;
    const kept = new Map<Message, Kept>();
    for (const one of received) {
      one.receiveCount += 1;
      one.visibleAt = this.clock + visibilityTimeout * 1000;
      const { id, body, attributes, group, sentAt, receiveCount } = one;
      const source = `arn:aws:sqs:::${this.mainName}`;
      kept.set({ id, body, attributes, group, sentAt, receiveCount, source }, one);
    }
    const messages = [...kept.keys()];
    await this.invoke({
      messages,
      ordered: fifo,
      maxReceiveCount,
      retry: async (message, seconds) => {
        const one = kept.get(message);
        if (one) one.visibleAt = this.clock + seconds * 1000;
      },
      respond: (back) => {
        for (const message of messages) if (!back.includes(message)) remove(this.main, kept.get(message));
      },
    });
    return true;
  }

  /**
   * One invocation with an event of the definition's `source`, as its event source mapping makes it: what isn't finished with goes on to the main queue of this line.
   *
   * @returns the handler's answer to the mapping; nothing if its process died
   */
  async deliverFrom(event: unknown): Promise<unknown> {
    const { maxReceiveCount = 5 } = this.options;
    const sqs = { send: async (command: SendMessageCommand) => this.handedOver(command.input) };
    const tools = { sqs: sqs as unknown as SQSClient, queueUrl: this.mainName, maxReceiveCount };
    const batch = this.handler.definition.source?.(tools).read(event);
    if (!batch) throw new TypeError('this event is of no source that the definition names');
    return this.invoke(batch);
  }

  private get mainName(): string {
    return this.options.fifo ? 'main.fifo' : 'main';
  }

  private handedOver(input: SendMessageCommandInput): void {
    const { MessageBody: body = '', MessageAttributes: attributes, MessageGroupId: group, DelaySeconds = 0 } = input;
    this.put(this.main, { body, attributes: fromSqs(attributes), group }).visibleAt += DelaySeconds * 1000;
  }

  private async invoke(batch: Batch): Promise<unknown> {
    const { contract, definition } = this.handler;
    const { maxRounds = 3, functionTimeout = 30, workTimeout = 5000 } = this.options;
    let dead = false;
    const death = new Promise<undefined>((resolve) => {
      this.killed = () => {
        dead = true;
        resolve(undefined);
      };
    });
    const end = this.clock + functionTimeout * 1000;
    const policy = { backoff: { base: 2, cap: 300 }, maxReceiveCount: batch.maxReceiveCount, maxRounds };
    const settings = { policy, timeout: workTimeout, budget: end - this.clock };
    const handling = new Handling(
      contract,
      definition,
      settings,
      this.ports(batch, end, () => dead),
      new Gate(),
    );
    const work = handleBatch(batch, handling, (handled) => {
      if (!dead) this.handled.push(handled);
    });
    // The source hears of an invocation when it ends, and of one that died nothing.
    return (await Promise.race([work, death]))?.answer;
  }

  private ports(batch: Batch, end: number, dead: () => boolean): Ports {
    const { canary, protect, environment = {}, random = () => 0.5, logger = SILENT } = this.options;
    const alive = <T>(work: () => Promise<T>): Promise<T> => (dead() ? new Promise(() => {}) : work());
    const { ledger } = this;
    const living: Ledger = {
      begin: (claim) => alive(() => ledger.begin(claim)),
      finish: (claim, result, now) => alive(() => ledger.finish(claim, result, now)),
      release: (claim, release) => alive(() => ledger.release(claim, release)),
      note: (note) => alive(() => ledger.note(note)),
      find: (id) => alive(() => ledger.find(id)),
      ...(ledger.countRound && { countRound: (claim) => alive(async () => ledger.countRound?.(claim)) }),
      ...(ledger.countCrash && { countCrash: (claim) => alive(async () => (await ledger.countCrash?.(claim)) ?? 1) }),
    };
    let verdict: Promise<CanaryColour> | undefined;
    return {
      ledger: this.handler.definition.ledger === 'none' ? undefined : living,
      environment,
      logger,
      random,
      now: () => this.now,
      remaining: () => end - this.clock,
      owner: () => `delivery-${this.next()}`,
      protect: protect ?? ((call) => call()),
      canary: () => {
        if (!canary) return Promise.resolve('none');
        verdict ??= (async () => ((await canary()) ? 'green' : 'red') as CanaryColour)().catch(() => 'red' as const);
        return verdict;
      },
      retry: (message, seconds) => alive(() => batch.retry(message, seconds)),
      sendToRepair: (message, note) =>
        alive(async () => {
          for (const piece of pieces(message)) {
            const { attributes: own, group } = message;
            const { body, attributes } = annotate({ body: piece.body, attributes: own }, { ...note, ...piece.note });
            this.repair.push({
              ...this.made({ body, ...unannotate(attributes), group }),
              note: unannotate(attributes).note,
            });
          }
        }),
    };
  }

  private receive(maxReceiveCount: number): Kept[] {
    const { batchSize = 10, fifo = false } = this.options;
    const blocked = new Set<string | undefined>();
    const received: Kept[] = [];
    for (const one of [...this.main]) {
      if (received.length === batchSize) break;
      if (fifo && blocked.has(one.group)) continue;
      if (one.visibleAt > this.clock) {
        blocked.add(one.group);
      } else if (one.receiveCount >= maxReceiveCount) {
        remove(this.main, one);
        this.put(this.parkedMessages, one);
      } else received.push(one);
    }
    return received;
  }

  private put(queue: Kept[], from: Pick<Lying, 'body' | 'attributes' | 'group'>): Kept {
    const kept = { ...this.made(from), visibleAt: this.clock, receiveCount: 0 };
    queue.push(kept);
    return kept;
  }

  /** Milliseconds pass between two messages: no two are sent at one moment. */
  private made({ body, attributes, group }: Pick<Lying, 'body' | 'attributes' | 'group'>): Lying {
    this.clock += 1;
    return { id: `message-${this.next()}`, body, attributes, group, sentAt: this.now };
  }

  private next(): number {
    this.count += 1;
    return this.count;
  }
}

const fromSqs = (attributes: Readonly<Record<string, MessageAttributeValue>> = {}): Kept['attributes'] =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType: type = 'String', StringValue, BinaryValue }]) => [
      name,
      { type, value: StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64') },
    ]),
  );

function remove(queue: Kept[], one: Kept | undefined): void {
  const index = one ? queue.indexOf(one) : -1;
  if (index >= 0) queue.splice(index, 1);
}
