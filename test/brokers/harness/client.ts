import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import rhea, {
  type Connection,
  type ConnectionOptions,
  type EventContext,
  type Message,
  type Receiver,
  type Sender,
} from 'rhea';
import { PASSWORD } from './password';

/**
 * A connection to whichever of several hosts answers. Hosts are tried in turn by a counter of our own: the one that rhea passes counts successful
 * connections only, so that `hosts[n]` would knock at the same dead host for ever.
 */
function connect(ports: readonly number[]): Connection {
  let attempt = 0;
  const details = () => ({ host: '127.0.0.1', port: ports[attempt++ % ports.length] as number });
  const options = {
    ...details(),
    connection_details: details,
    username: 'orders',
    password: PASSWORD,
    reconnect: true,
    initial_reconnect_delay: 50,
    max_reconnect_delay: 250,
  };
  const connection = rhea.create_container().connect(options as unknown as ConnectionOptions);
  // Without a listener rhea throws; the reconnect itself is its own.
  for (const event of ['connection_error', 'disconnected', 'protocol_error', 'error']) connection.on(event, () => {});
  return connection;
}

async function close(connection: Connection): Promise<void> {
  (connection as unknown as { options: { reconnect: boolean } }).options.reconnect = false;
  const closed = new Promise((resolve) => {
    connection.once('connection_close', resolve);
    connection.once('disconnected', resolve);
  });
  connection.close();
  await Promise.race([closed, sleep(1000)]);
  (connection as unknown as { socket?: { destroy(): void } }).socket?.destroy();
}

export interface ProducerOptions {
  readonly ports: readonly number[];
  readonly queue: string;
  /** Messages a second; 0: as fast as they are confirmed. */
  readonly rate?: number;
  /** Messages on their way unconfirmed at a time. */
  readonly window?: number;
  readonly prefix?: string;
  /** Bytes that an order carries beside its id. */
  readonly weight?: number;
  /** What an order carries. Default: its id. */
  readonly order?: (id: string) => object;
}

/** Sends numbered orders, each persistent, and counts one as accepted only when the broker has confirmed it. */
export class Producer {
  /** Business key → when it was confirmed, in milliseconds. */
  readonly accepted = new Map<string, number>();
  lastAcceptedAt = 0;
  private readonly connection: Connection;
  private readonly sender: Sender;
  private readonly unsettled = new Map<number, string>();
  private readonly waiting: string[] = [];
  private next = 0;
  private remaining = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly prefix: string;
  private owed = 0;
  private last = performance.now();

  constructor(private readonly options: ProducerOptions) {
    this.prefix = options.prefix ?? 'order';
    this.connection = connect(options.ports);
    this.sender = this.connection.open_sender({ target: options.queue, autosettle: true });
    this.sender.on('accepted', ({ delivery }: EventContext) => {
      const id = delivery && this.unsettled.get(delivery.id);
      if (!delivery || id === undefined) return;
      this.unsettled.delete(delivery.id);
      this.lastAcceptedAt = Date.now();
      if (!this.accepted.has(id)) this.accepted.set(id, this.lastAcceptedAt);
      this.pump();
    });
    for (const refused of ['rejected', 'released', 'modified']) {
      this.sender.on(refused, ({ delivery }: EventContext) => this.again(delivery?.id));
    }
    // What was on its way may or may not have arrived: it is sent again, and whoever consumes it drops the duplicate.
    this.connection.on('disconnected', () => {
      for (const id of [...this.unsettled.keys()]) this.again(id);
    });
    this.sender.on('sendable', () => this.pump());
    this.timer = setInterval(() => this.pump(), 5);
  }

  /** Resolves when that many more are confirmed. */
  async send(count: number, timeoutMs = 60_000): Promise<void> {
    this.remaining += count;
    this.last = performance.now();
    const wanted = this.next + this.remaining;
    await until(
      () => this.accepted.size >= wanted,
      timeoutMs,
      () => `${this.accepted.size} of ${wanted} confirmed`,
    );
  }

  /** Milliseconds from `moment` to the first confirmation after it. */
  async confirmedAfter(moment: number, timeoutMs = 30_000): Promise<number> {
    await until(
      () => this.lastAcceptedAt > moment,
      timeoutMs,
      () => `no confirmation, ${this.accepted.size} before`,
    );
    return this.lastAcceptedAt - moment;
  }

  /** Resolves when nothing has been confirmed for that many milliseconds, although it tries. */
  async held(milliseconds: number, timeoutMs = 60_000): Promise<void> {
    await until(
      () => this.lastAcceptedAt > 0 && Date.now() - this.lastAcceptedAt > milliseconds,
      timeoutMs,
      () => `${this.accepted.size} confirmed, and still going on`,
    );
  }

  /** Goes on until `stop`. */
  start(): void {
    this.remaining = Number.POSITIVE_INFINITY;
    this.last = performance.now();
  }

  /** Resolves when everything sent is confirmed. */
  async stop(timeoutMs = 30_000): Promise<void> {
    this.remaining = 0;
    await until(
      () => this.accepted.size >= this.next,
      timeoutMs,
      () => `${this.accepted.size} of ${this.next} confirmed`,
    );
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await close(this.connection);
  }

  private again(deliveryId: number | undefined): void {
    const id = deliveryId === undefined ? undefined : this.unsettled.get(deliveryId);
    if (deliveryId === undefined || id === undefined) return;
    this.unsettled.delete(deliveryId);
    this.waiting.push(id);
  }

  private pump(): void {
    const { rate = 0, window = 100, weight = 0, order = (orderId: string) => ({ orderId }) } = this.options;
    const now = performance.now();
    this.owed = Math.min(window, this.owed + ((now - this.last) / 1000) * rate);
    this.last = now;
    while (this.connection.is_open() && this.sender.sendable() && this.unsettled.size < window) {
      let id = this.waiting.shift();
      if (id === undefined) {
        if (this.remaining <= 0 || (rate > 0 && this.owed < 1)) return;
        id = `${this.prefix}-${this.next++}`;
        this.remaining -= 1;
        this.owed -= 1;
      }
      const body = JSON.stringify({ ...order(id), ...(weight > 0 && { note: 'x'.repeat(weight) }) });
      const delivery = this.sender.send({ message_id: id, durable: true, body });
      this.unsettled.set(delivery.id, id);
    }
  }
}

export interface ConsumerOptions {
  readonly ports: readonly number[];
  readonly queue: string;
  /** Milliseconds that one message takes; one at a time. */
  readonly delayMs?: number;
  /** Messages handed over ahead of acknowledgements. */
  readonly credit?: number;
  /** True for a message that this consumer refuses. */
  readonly refuses?: (id: string) => boolean;
  /** False for a message that this consumer never says anything about. Default: it accepts what it doesn't refuse. */
  readonly answers?: (id: string) => boolean;
  /** What is done with a message before it is accepted. */
  readonly handle?: (body: string) => Promise<void>;
}

/** Consumes orders and does each once: what it has seen by its business key it acknowledges and drops. */
export class Consumer {
  /** Business key → deliveries. */
  readonly seen = new Map<string, number>();
  private readonly connection: Connection;
  private readonly receiver: Receiver;
  private chain = Promise.resolve();
  private closed = false;
  lastAt = 0;
  readonly refused = new Map<string, number[]>();

  constructor(
    private readonly options: ConsumerOptions,
    /** Shared by consumers of one application: an order is done once, wherever it arrives. */
    readonly done = new Set<string>(),
  ) {
    this.connection = connect(options.ports);
    this.receiver = this.connection.open_receiver({
      source: options.queue,
      autoaccept: false,
      credit_window: 0,
    });
    this.receiver.on('receiver_open', () => this.receiver.add_credit(options.credit ?? 50));
    this.receiver.on('message', (context: EventContext) => {
      // Handlers run at once for every message that credit lets in; a slow consumer has to be made one.
      this.chain = this.chain.then(() => this.consume(context));
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await close(this.connection);
    await this.chain;
  }

  private async consume({ message, delivery }: EventContext): Promise<void> {
    if (this.closed || !message || !delivery) return;
    if (this.options.delayMs) await sleep(this.options.delayMs);
    if (this.closed || !this.connection.is_open()) return;
    const body = textOf(message);
    const id = (JSON.parse(body) as { orderId: string }).orderId;
    this.lastAt = Date.now();
    await this.options.handle?.(body);
    if (this.options.answers?.(id) === false) {
      this.seen.set(id, (this.seen.get(id) ?? 0) + 1);
      return;
    }
    if (this.options.refuses?.(id)) {
      this.refused.set(id, [...(this.refused.get(id) ?? []), Date.now()]);
      // rhea 3.0.5 sends two neighbours that are settled in one turn of the event loop with the outcome of the first (session.js, `write_dispositions`): a
      // refusal behind an acceptance would be sent as accepted, and the message be gone. So a refusal has a turn of its own.
      await turn();
      delivery.reject({ condition: 'spillway:refused', description: 'poison' });
      await turn();
    } else {
      this.seen.set(id, (this.seen.get(id) ?? 0) + 1);
      this.done.add(id);
      delivery.accept();
    }
    this.receiver.add_credit(1);
  }
}

function textOf({ body }: Message): string {
  return typeof body === 'string' ? body : body?.content?.toString?.('utf8');
}

/** @throws Error with what `state` says, when the condition is not true in time. */
export async function until(condition: () => boolean, timeoutMs: number, state: () => string): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not in ${timeoutMs} ms: ${state()}`);
    await sleep(5);
  }
}

export interface QueueStatistics {
  readonly size: number;
  readonly consumerCount: number;
  readonly enqueueCount: number;
  readonly dequeueCount: number;
}

/** Deliveries beyond an order's first, over all consumers of one application: it drops them by the order's id. */
export function duplicates(consumers: readonly Consumer[]): number {
  const deliveries = consumers.flatMap(({ seen }) => [...seen]);
  const ids = new Set(deliveries.map(([id]) => id));
  return deliveries.reduce((sum, [, times]) => sum + times, 0) - ids.size;
}

/**
 * What the active instance of a pair has stored of a queue, asked of ActiveMQ's statistics plugin. The plugin is silent about a queue that it doesn't know, which
 * would look like a broker that doesn't answer: a sender opened first makes the queue known.
 *
 * @throws Error when no answer comes
 */
export async function statistics(
  ports: readonly number[],
  queue: string,
  timeoutMs = 10_000,
): Promise<QueueStatistics> {
  const connection = connect(ports);
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no statistics of ${queue} in ${timeoutMs} ms`)), timeoutMs);
      const receiver = connection.open_receiver({ source: { dynamic: true, address: '' } });
      receiver.on('message', ({ message }: EventContext) => {
        clearTimeout(timer);
        resolve(message?.body as QueueStatistics);
      });
      const opened = [
        new Promise((open) => receiver.once('receiver_open', open)),
        new Promise((open) => connection.open_sender(queue).once('sendable', open)),
      ];
      void Promise.all(opened).then(() => {
        const sender = connection.open_sender(`queue://ActiveMQ.Statistics.Destination.${queue}`);
        sender.once('sendable', () => sender.send({ reply_to: receiver.source.address, body: '' }));
      });
    });
  } finally {
    await close(connection);
  }
}
