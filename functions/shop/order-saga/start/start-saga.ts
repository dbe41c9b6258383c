import type { SQSRecord } from 'aws-lambda';
import { backoffOf, type FailureKind, type ReceivePolicy } from '../../domain/failure';
import { fingerprint, type Order, parseOrder } from '../../domain/order';
import type { RepairNote } from '../../order-consumer/repair';
import type { OrderRecord } from '../../orders/table';

/** Everything outside that starting a saga touches. */
export interface Surroundings {
  begin(order: Order, firstSeen: Date, now: Date): Promise<OrderRecord>;
  /** Starts an execution by that name; `exists`: there is, or was, one of that name that this start is not a repetition of. */
  start(name: string, input: string): Promise<'started' | 'exists'>;
  /** The input of the execution of that name. */
  inputOf(name: string): Promise<string>;
  sendToRepair(record: SQSRecord, note: RepairNote): Promise<void>;
  readonly policy: ReceivePolicy;
  putOff(record: SQSRecord, visibilitySeconds: number): Promise<void>;
  now(): Date;
  random(): number;
}

export interface Started {
  readonly kind: 'started' | 'duplicate' | 'repair' | 'retry';
  /** Why, where the kind is `repair` or `retry`. */
  readonly failure?: FailureKind;
  readonly orderId?: string;
  readonly detail: string;
}

/**
 * Starts one saga an order, however often its message is delivered: the order's id is the execution's name. Step Functions answers a repeated start as if it
 * were the first while the execution runs, and refuses it when it has ended or the input differs (for 90 days). What is refused is a duplicate if
 * it is the same order, and for a person if it is another order under a used id.
 *
 * Whatever our own side throws (the table, Step Functions, the repair queue) puts the message off, as with any consumer of orders: a throttle must not bring all of them back at
 * one moment.
 *
 * @throws when it can't even be put off; it comes back when its visibility ends
 */
export async function startSaga(record: SQSRecord, surroundings: Surroundings): Promise<Started> {
  try {
    return await start(record, surroundings);
  } catch (error) {
    const { policy, putOff, random } = surroundings;
    const receiveCount = Number(record.attributes.ApproximateReceiveCount);
    await putOff(record, backoffOf({ receiveCount }, policy, random()));
    return { kind: 'retry', failure: 'own', detail: (error as Error).message };
  }
}

async function start(record: SQSRecord, surroundings: Surroundings): Promise<Started> {
  const { begin, inputOf, sendToRepair, now } = surroundings;
  const sent = new Date(Number(record.attributes.SentTimestamp));
  const parsed = parseOrder(record.body);
  if ('malformed' in parsed) {
    const { reason, path, orderId } = parsed.malformed;
    await sendToRepair(record, { reason: 'malformed', detail: reason, path, orderId, firstSeen: sent.toISOString() });
    return { kind: 'repair', failure: 'malformed', orderId, detail: reason };
  }
  const { order } = parsed;
  const { orderId } = order;
  const known = await begin(order, sent, now());
  if (known.fingerprint === fingerprint(order)) {
    if ((await surroundings.start(orderId, executionInput(order))) === 'started') {
      return { kind: 'started', orderId, detail: 'saga started, or running already' };
    }
    const ran = parseOrder(await inputOf(orderId));
    if ('order' in ran && fingerprint(ran.order) === fingerprint(order)) {
      return { kind: 'duplicate', orderId, detail: 'its saga has ended' };
    }
  }
  const detail = `The id ${orderId} was used before, by an order with other content.`;
  await sendToRepair(record, { reason: 'conflict', detail, orderId, firstSeen: sent.toISOString() });
  return { kind: 'repair', failure: 'conflict', orderId, detail };
}

/** The same order gives the same text, whatever order a sender's JSON library puts the fields in: another text would be another input. */
function executionInput(order: Order): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
  };
  return JSON.stringify(sorted(order));
}
