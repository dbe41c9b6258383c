import type { SQSRecord } from 'aws-lambda';
import {
  type Action,
  backoffOf,
  canaryDecides,
  type Delivery,
  decide,
  type FailureKind,
  isLastReceive,
  type Outcome,
  poison,
  type RetryPolicy,
} from '../domain/failure';
import { fingerprint, type Order, type OrderStatus, parseOrder } from '../domain/order';
import type { ProtectedOutcome } from '../domain/payment';
import type { OrderRecord } from '../orders/table';
import type { RepairNote } from './repair';

/** Everything outside that handling one order touches. */
export interface Surroundings {
  readonly policy: RetryPolicy;
  readonly orders: {
    begin(order: Order, sent: Date, now: Date): Promise<OrderRecord>;
    noteRound(orderId: string, sent: Date, now: Date): Promise<number | undefined>;
    finish(orderId: string, status: 'paid' | 'declined', detail: string, now: Date): Promise<void>;
    fail(
      orderId: string,
      status: 'retrying' | 'parked' | 'repair',
      detail: string,
      now: Date,
      excused?: boolean,
    ): Promise<OrderStatus | undefined>;
  };
  /** Asks for the payment, with the order id as idempotency key. Throws only what is our own side's failure. */
  charge(order: Order): Promise<ProtectedOutcome>;
  /** True when an order that is not this one could be paid and written down at this moment. Never throws. */
  canaryIsGreen(): Promise<boolean>;
  sendToRepair(record: SQSRecord, note: RepairNote): Promise<void>;
  putOff(record: SQSRecord, visibilitySeconds: number): Promise<void>;
  now(): Date;
  random(): number;
}

/** What happened to a message, for the log and the metrics. */
export interface Handled {
  readonly kind: 'paid' | 'declined' | 'duplicate' | 'repair' | 'retry';
  /** Why, where the kind is `repair` or `retry`. */
  readonly failure?: FailureKind;
  /** This was the first delivery of an order that can be read. */
  readonly accepted?: boolean;
  readonly orderId?: string;
  readonly detail: string;
}

/**
 * Handles one message. The order of the writes is what keeps it safe when the process dies between any two of them: the delivery is
 * counted before the work, the payment carries the order id as its key, the books are closed after the payment, and the message is finished last.
 *
 * Whatever our own side throws (the table, the secret, the repair queue) puts the message off like an outage does: it must not come back at once, all at once.
 *
 * @throws when it can't even be put off; it comes back when its visibility ends
 */
export async function processOrder(record: SQSRecord, surroundings: Surroundings): Promise<Handled> {
  try {
    return await handle(record, surroundings);
  } catch (error) {
    const { policy, putOff, random } = surroundings;
    await putOff(record, backoffOf(received(record), policy, random()));
    return { kind: 'retry', failure: 'own', detail: (error as Error).message };
  }
}

/**
 * Puts a message off that another one of its FIFO group stands before. It has been received like the others, so its receive counts rise untried, and SQS may park
 * it with them: the books say so. Hidden for longer than the one before, it would hold up the whole group.
 */
export async function waitBehind(record: SQSRecord, { orders, policy, ...around }: Surroundings): Promise<Handled> {
  const parsed = parseOrder(record.body);
  const delivery = received(record);
  const detail = 'waits for an order before it in its group';
  if ('order' in parsed) {
    const { orderId } = await orders.begin(parsed.order, sentAt(record), around.now());
    const status = isLastReceive(delivery, policy) ? 'parked' : 'retrying';
    await orders.fail(orderId, status, detail, around.now());
  }
  await around.putOff(record, backoffOf(delivery, policy, around.random()));
  return { kind: 'retry', failure: 'behind', detail };
}

const sentAt = ({ attributes }: SQSRecord) => new Date(Number(attributes.SentTimestamp));
const received = ({ attributes }: SQSRecord): Delivery => ({
  receiveCount: Number(attributes.ApproximateReceiveCount),
});

async function handle(record: SQSRecord, surroundings: Surroundings): Promise<Handled> {
  const { orders, policy, now, sendToRepair } = surroundings;
  const sent = sentAt(record);
  const parsed = parseOrder(record.body);
  if ('malformed' in parsed) {
    const { reason, path, orderId } = parsed.malformed;
    await sendToRepair(record, { reason: 'malformed', detail: reason, path, orderId, firstSeen: sent.toISOString() });
    return { kind: 'repair', failure: 'malformed', orderId, detail: reason };
  }

  const { order } = parsed;
  const { orderId } = order;
  const known = await orders.begin(order, sent, now());
  const accepted = known.deliveries === 1;
  // The content is compared before the status: another order under a used id is no duplicate, and must not vanish as one.
  if (known.fingerprint !== fingerprint(order)) {
    const detail = `The id ${orderId} was used before, by an order with other content.`;
    await sendToRepair(record, { reason: 'conflict', detail, orderId, firstSeen: sent.toISOString() });
    return { kind: 'repair', failure: 'conflict', orderId, detail };
  }
  // What came back from repair has been accepted again by now; what is still there was sent before it went there, and has its copy there.
  if (isEnd(known.status)) return { kind: 'duplicate', orderId, detail: `already ${known.status}` };

  const action = usedUp(known, sent, policy)
    ? poison(known.failedRounds, known.lastError ?? 'its process died')
    : await pay(order, record, surroundings);
  return { accepted, ...(await carryOut(action, record, known, surroundings)) };
}

const isEnd = (status: OrderStatus | undefined) => status === 'paid' || status === 'declined' || status === 'repair';

/** An order whose last round was counted and ended in no answer at all: it kills the process that handles it, so nothing is tried any more. */
const usedUp = ({ failedRounds, roundAt }: OrderRecord, sent: Date, { maxRounds }: RetryPolicy) =>
  failedRounds >= maxRounds && sent.toISOString() > roundAt;

/** The round that may end here is counted before the work, like the delivery, so that one which kills its process is counted; what excuses it takes it back. */
async function pay(order: Order, record: SQSRecord, surroundings: Surroundings): Promise<Action> {
  const { orders, policy, now, random, canaryIsGreen } = surroundings;
  const { receiveCount } = received(record);
  const last = isLastReceive({ receiveCount }, policy);
  const round = last ? await orders.noteRound(order.orderId, sentAt(record), now()) : undefined;
  const outcome: Outcome = await surroundings
    .charge(order)
    .catch((error: Error) => ({ kind: 'own', reason: `our own side failed: ${error.message}` }));
  const delivery = { receiveCount, round };
  const green = canaryDecides(outcome, delivery) && (await canaryIsGreen());
  return decide(outcome, delivery, policy, random(), green);
}

async function carryOut(
  action: Action,
  record: SQSRecord,
  { orderId, firstSeen }: OrderRecord,
  { orders, sendToRepair, putOff, now }: Surroundings,
): Promise<Handled> {
  const { detail } = action;
  switch (action.kind) {
    case 'done':
      await orders.finish(orderId, action.status, detail, now());
      return { kind: action.status, orderId, detail };
    case 'repair':
      // Sent before it is noted: dying in between leaves a second copy in repair, the other way round would leave none.
      await sendToRepair(record, { reason: action.reason, detail, orderId, firstSeen });
      await orders.fail(orderId, 'repair', detail, now());
      return { kind: 'repair', failure: action.reason, orderId, detail };
    case 'retry': {
      const stands = await orders.fail(orderId, action.status, detail, now(), action.excused);
      // Another delivery of the same order has ended it meanwhile: this one must not come back, and be parked beside the end.
      if (isEnd(stands)) return { kind: 'duplicate', orderId, detail: `already ${stands}` };
      await putOff(record, action.visibilitySeconds);
      return { kind: 'retry', failure: action.failure, orderId, detail };
    }
  }
}
