import type { SQSRecord } from 'aws-lambda';
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
  now(): Date;
}

export interface Started {
  readonly kind: 'started' | 'duplicate' | 'repair';
  readonly orderId?: string;
  readonly detail: string;
}

/**
 * Starts one saga an order, however often its message is delivered: the order's id is the execution's name. Step Functions answers a repeated start as if it
 * were the first while the execution runs, and refuses it when it has ended or the input differs (for 90 days). What is refused is a duplicate if
 * it is the same order, and for a person if it is another order under a used id.
 */
export async function startSaga(record: SQSRecord, surroundings: Surroundings): Promise<Started> {
  const { begin, start, inputOf, sendToRepair, now } = surroundings;
  const sent = new Date(Number(record.attributes.SentTimestamp));
  const parsed = parseOrder(record.body);
  if ('malformed' in parsed) {
    const { reason, path, orderId } = parsed.malformed;
    await sendToRepair(record, { reason: 'malformed', detail: reason, path, orderId, firstSeen: sent.toISOString() });
    return { kind: 'repair', orderId, detail: reason };
  }
  const { order } = parsed;
  const { orderId } = order;
  const known = await begin(order, sent, now());
  if (known.fingerprint === fingerprint(order)) {
    if ((await start(orderId, executionInput(order))) === 'started') {
      return { kind: 'started', orderId, detail: 'saga started, or running already' };
    }
    const ran = parseOrder(await inputOf(orderId));
    if ('order' in ran && fingerprint(ran.order) === fingerprint(order)) {
      return { kind: 'duplicate', orderId, detail: 'its saga has ended' };
    }
  }
  const detail = `The id ${orderId} was used before, by an order with other content.`;
  await sendToRepair(record, { reason: 'conflict', detail, orderId, firstSeen: sent.toISOString() });
  return { kind: 'repair', orderId, detail };
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
