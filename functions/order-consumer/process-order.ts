import type { SQSRecord } from 'aws-lambda';
import { type Action, type Delivery, decide, poison, type RetryPolicy, roundsUsedUp } from '../domain/failure';
import { fingerprint, type Order, parseOrder } from '../domain/order';
import type { ProtectedOutcome } from '../domain/payment';
import type { OrderRecord } from '../orders/table';
import type { RepairNote } from './repair';

/** Everything outside that handling one order touches. */
export interface Surroundings {
  readonly policy: RetryPolicy;
  readonly orders: {
    begin(order: Order, firstSeen: Date, now: Date): Promise<OrderRecord>;
    finish(orderId: string, status: 'paid' | 'declined', detail: string, now: Date): Promise<void>;
    fail(orderId: string, status: 'retrying' | 'parked' | 'repair', detail: string, now: Date): Promise<void>;
  };
  /** Asks for the payment, with the order id as idempotency key. Never throws. */
  charge(order: Order): Promise<ProtectedOutcome>;
  /** True when payment works for a canary at this moment. */
  canaryIsGreen(): Promise<boolean>;
  sendToRepair(record: SQSRecord, note: RepairNote): Promise<void>;
  putOff(record: SQSRecord, visibilitySeconds: number): Promise<void>;
  now(): Date;
  random(): number;
}

/** What happened to a message, for the log and the metrics. */
export interface Handled {
  readonly kind: 'paid' | 'declined' | 'duplicate' | 'repair' | 'retry';
  readonly orderId?: string;
  readonly detail: string;
}

/**
 * Handles one message. The order of the writes is what keeps it safe when the process dies between any two of them: the delivery is
 * counted before the work, the payment carries the order id as its key, the books are closed after the payment, and the message is finished last.
 */
export async function processOrder(record: SQSRecord, surroundings: Surroundings): Promise<Handled> {
  const { orders, policy } = surroundings;
  const sent = new Date(Number(record.attributes.SentTimestamp));
  const parsed = parseOrder(record.body);
  if ('malformed' in parsed) {
    const { reason, path, orderId } = parsed.malformed;
    const firstSeen = sent.toISOString();
    await surroundings.sendToRepair(record, { reason: 'malformed', detail: reason, path, orderId, firstSeen });
    return { kind: 'repair', orderId, detail: reason };
  }

  const { order } = parsed;
  const known = await orders.begin(order, sent, surroundings.now());
  // The content is compared before the status: another order under a used id is no duplicate, and must not vanish as one.
  if (known.fingerprint !== fingerprint(order)) {
    const detail = `The id ${order.orderId} was used before, by an order with other content.`;
    await surroundings.sendToRepair(record, {
      reason: 'conflict',
      detail,
      orderId: order.orderId,
      firstSeen: sent.toISOString(),
    });
    return { kind: 'repair', orderId: order.orderId, detail };
  }
  if (known.status === 'paid' || known.status === 'declined') {
    return { kind: 'duplicate', orderId: order.orderId, detail: `already ${known.status}` };
  }

  const delivery: Delivery = {
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
    deliveries: known.deliveries,
  };
  const outcome = await surroundings.charge(order);
  const action = await sort(outcome, delivery, policy, surroundings);
  return carryOut(action, record, known, surroundings);
}

async function sort(
  outcome: ProtectedOutcome,
  delivery: Delivery,
  policy: RetryPolicy,
  { canaryIsGreen, random }: Surroundings,
): Promise<Action> {
  if (outcome.kind === 'unavailable' && roundsUsedUp(delivery, policy) && (await canaryIsGreen())) {
    return poison(outcome, delivery);
  }
  return decide(outcome, delivery, policy, random());
}

async function carryOut(
  action: Action,
  record: SQSRecord,
  { orderId, firstSeen }: OrderRecord,
  { orders, sendToRepair, putOff, now }: Surroundings,
): Promise<Handled> {
  switch (action.kind) {
    case 'done':
      await orders.finish(orderId, action.status, action.detail, now());
      return { kind: action.status, orderId, detail: action.detail };
    case 'repair':
      // Sent before it is noted: dying in between leaves a second copy in repair, the other way round would leave none.
      await sendToRepair(record, { reason: action.reason, detail: action.detail, orderId, firstSeen });
      await orders.fail(orderId, 'repair', action.detail, now());
      return { kind: 'repair', orderId, detail: action.detail };
    case 'retry':
      await orders.fail(orderId, action.status, action.detail, now());
      await putOff(record, action.visibilitySeconds);
      return { kind: 'retry', orderId, detail: action.detail };
  }
}
