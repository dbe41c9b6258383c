import type { SQSRecord } from 'aws-lambda';
import { fingerprint, type Order } from '../../../functions/domain/order';
import { sortAnswer } from '../../../functions/domain/payment';
import type { Handled, Surroundings } from '../../../functions/order-consumer/process-order';
import { processOrder } from '../../../functions/order-consumer/process-order';
import { type RepairNote, repairMessage } from '../../../functions/order-consumer/repair';
import type { OrderRecord } from '../../../functions/orders/table';
import { emptyBooks, type Fault, pay } from '../../../functions/payment-simulator/simulator';

/** The process is gone: nothing after this line ran. */
export class Crash extends Error {}

export interface Message {
  readonly body: string;
  receives: number;
}

/**
 * The shop with everything outside the consumer in memory: a queue that counts receives and parks, the repair tier, the orders table with its
 * conditions, and the payment system's own books. `crash` is asked before and after every effect.
 */
export class ShopInMemory {
  readonly queue: Message[] = [];
  readonly parked: Message[] = [];
  readonly repair: { body: string; note: RepairNote }[] = [];
  readonly orders = new Map<string, OrderRecord>();
  readonly books = emptyBooks();
  readonly handled: Handled[] = [];
  fault: Fault = { kind: 'up' };
  crash: () => boolean = () => false;
  readonly policy = { backoff: { base: 1, cap: 4 }, maxReceiveCount: 3, maxRounds: 3 };

  send(order: Order | string): void {
    this.queue.push({ body: typeof order === 'string' ? order : JSON.stringify(order), receives: 0 });
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
      if (!(error instanceof Crash)) throw error;
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

  record(message: Message): SQSRecord {
    return {
      messageId: `message-${message.receives}`,
      receiptHandle: 'receipt',
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receives),
        SentTimestamp: '1767268800000',
        SenderId: 'shop',
        ApproximateFirstReceiveTimestamp: '1767268800000',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:orders',
      awsRegion: 'us-east-1',
    };
  }

  surroundings(): Surroundings {
    const effect = <T>(work: () => T): T => {
      if (this.crash()) throw new Crash();
      const result = work();
      if (this.crash()) throw new Crash();
      return result;
    };
    const ended = (orderId: string) => ['paid', 'declined'].includes(this.orders.get(orderId)?.status ?? '');
    const change = (orderId: string, values: Partial<OrderRecord>) => {
      const known = this.orders.get(orderId);
      if (known && !ended(orderId)) this.orders.set(orderId, { ...known, ...values });
    };
    return {
      policy: this.policy,
      orders: {
        begin: async (order, firstSeen, now) =>
          effect(() => {
            const known = this.orders.get(order.orderId);
            const restarted = known?.status === 'repair' ? undefined : known;
            const record: OrderRecord = {
              orderId: order.orderId,
              status: restarted?.status ?? 'accepted',
              order: restarted?.order ?? order,
              fingerprint: restarted?.fingerprint ?? fingerprint(order),
              deliveries: (restarted?.deliveries ?? 0) + 1,
              firstSeen: known?.firstSeen ?? firstSeen.toISOString(),
              updatedAt: now.toISOString(),
            };
            this.orders.set(order.orderId, record);
            return record;
          }),
        finish: async (orderId, status, detail) => effect(() => change(orderId, { status, paymentId: detail })),
        fail: async (orderId, status, lastError) => effect(() => change(orderId, { status, lastError })),
      },
      charge: async ({ orderId, amount }) =>
        effect(() => {
          const answer = pay(this.books, { key: orderId, orderId, amount, canary: false }, this.fault, Math.random);
          return sortAnswer(answer.status, answer.body);
        }),
      canaryIsGreen: async () =>
        effect(
          () =>
            pay(this.books, { key: 'canary', orderId: 'canary', amount: 0, canary: true }, this.fault, Math.random)
              .status === 200,
        ),
      sendToRepair: async (record, note) =>
        effect(() => void this.repair.push({ body: repairMessage(record, note).MessageBody, note })),
      putOff: async () => effect(() => undefined),
      now: () => new Date('2026-01-01T12:00:00Z'),
      random: () => 0.5,
    };
  }
}
