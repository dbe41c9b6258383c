import type { SQSRecord } from 'aws-lambda';
import type { Order } from '../../../../functions/shop/domain/order';
import { type ProtectedOutcome, sortAnswer } from '../../../../functions/shop/domain/payment';
import { type Handled, processOrder, type Surroundings } from '../../../../functions/shop/order-consumer/process-order';
import { type RepairNote, repairMessage } from '../../../../functions/shop/order-consumer/repair';
import { emptyBooks, type Fault, pay } from '../../../../functions/shop/payment-simulator/simulator';
import { MemoryOrders } from './memory-orders';

/** The process is gone: nothing after this line ran. */
export class Crash extends Error {}

export interface Message {
  readonly id: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  receives: number;
}

/** What is wrong with one order alone, however well payment works for others. `kills`: handling it ends the process. */
export type OrderFault = 'unavailable' | 'rejected' | 'declined' | 'kills';

/**
 * The shop with everything outside the consumer in memory: a queue that counts receives and parks, the repair tier, the orders table with its
 * conditions, and the payment system's own books. `crash` and `fail` are asked before and after every effect.
 */
export class ShopInMemory {
  readonly queue: Message[] = [];
  readonly parked: Message[] = [];
  readonly repair: { body: string; note: RepairNote }[] = [];
  readonly orders = new MemoryOrders();
  readonly books = emptyBooks();
  readonly handled: Handled[] = [];
  /** Seconds that each message was put off for. */
  readonly waits: number[] = [];
  fault: Fault = { kind: 'up' };
  readonly orderFaults = new Map<string, OrderFault>();
  /** The process dies here. */
  crash: () => boolean = () => false;
  /** A service of our own side refuses here. */
  fail: () => boolean = () => false;
  readonly policy = { backoff: { base: 1, cap: 4 }, maxReceiveCount: 3, maxRounds: 3 };
  private clock = Date.parse('2026-01-01T12:00:00Z');
  private sent = 0;

  send(order: Order | string): void {
    const body = typeof order === 'string' ? order : JSON.stringify(order);
    this.sent += 1;
    this.queue.push({ id: `message-${this.sent}`, body, sentAt: this.now(), receives: 0 });
  }

  /** SQS as it delivers one message: counts the receive, parks what has been received too often, deletes what was finished. */
  async deliver(): Promise<void> {
    const message = this.queue.shift();
    if (!message) return;
    if (message.receives >= this.policy.maxReceiveCount) {
      this.parked.push(message);
      return;
    }
    message.receives += 1;
    try {
      const handled = await processOrder(this.record(message), this.surroundings());
      this.handled.push(handled);
      if (handled.kind === 'retry') this.queue.push(message);
      else if (this.crash()) throw new Crash();
    } catch (error) {
      if (!(error instanceof Crash) && (error as Error).message !== 'throttled') throw error;
      this.queue.push(message);
    }
  }

  async settle(): Promise<void> {
    while (this.queue.length > 0) await this.deliver();
  }

  /** A redrive: what was parked is a new message with nothing received. */
  release(): void {
    for (const { body } of this.parked.splice(0)) this.send(body);
  }

  /** A person sends what is in repair again, as it is or mended. */
  sendAgain(mend: (body: string) => string = (body) => body): void {
    for (const { body } of this.repair.splice(0)) this.send(mend(body));
  }

  record({ id = 'message-1', body, sentAt = this.clock, receives }: Partial<Message> & { body: string }): SQSRecord {
    return {
      messageId: id,
      receiptHandle: 'receipt',
      body,
      attributes: {
        ApproximateReceiveCount: String(receives ?? 1),
        SentTimestamp: String(sentAt),
        SenderId: 'shop',
        ApproximateFirstReceiveTimestamp: String(sentAt),
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:orders',
      awsRegion: 'us-east-1',
    };
  }

  /** Later with each look. */
  private now(): number {
    this.clock += 10;
    return this.clock;
  }

  surroundings(): Surroundings {
    let dead = false;
    const die = () => {
      dead = true;
      throw new Crash();
    };
    const effect = async <T>(work: () => T | Promise<T>): Promise<T> => {
      if (dead || this.crash()) die();
      if (this.fail()) throw new Error('throttled');
      const result = await work();
      if (this.crash()) die();
      return result;
    };
    const { orders } = this;
    return {
      policy: this.policy,
      orders: {
        begin: (...order) => effect(() => orders.begin(...order)),
        noteRound: (...round) => effect(() => orders.noteRound(...round)),
        finish: (...end) => effect(() => orders.finish(...end)),
        fail: (...failure) => effect(() => orders.fail(...failure)),
      },
      charge: (order) => effect(() => (this.orderFaults.get(order.orderId) === 'kills' ? die() : this.charge(order))),
      canaryIsGreen: () =>
        effect(() => {
          const canary = { key: 'canary', orderId: 'canary', amount: 0, canary: true };
          return pay(this.books, canary, this.fault, Math.random).status === 200;
        }).catch((error) => {
          if (error instanceof Crash) throw error;
          return false;
        }),
      sendToRepair: (record, note) =>
        effect(() => void this.repair.push({ body: repairMessage(record, note).MessageBody, note })),
      putOff: (_, seconds) => effect(() => void this.waits.push(seconds)),
      now: () => new Date(this.now()),
      random: () => 0.5,
    };
  }

  private charge({ orderId, amount }: Order): ProtectedOutcome {
    const fault = this.orderFaults.get(orderId);
    if (fault === 'rejected') return sortAnswer(422, { error: 'unknown_till' });
    if (fault === 'declined') return sortAnswer(402, { error: 'card_declined' });
    if (fault === 'unavailable') return sortAnswer(500, {});
    const answer = pay(this.books, { key: orderId, orderId, amount, canary: false }, this.fault, Math.random);
    return sortAnswer(answer.status, answer.body);
  }
}
