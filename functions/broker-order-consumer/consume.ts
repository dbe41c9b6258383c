import type { SQSRecord } from 'aws-lambda';
import { processBatch } from '../domain/batch';
import { type BrokerEvent, records } from './messages';

/** Thrown when a message could be neither handled nor handed over; the broker delivers the batch again. */
export class NotHandedOverError extends AggregateError {
  constructor(failures: readonly unknown[], count: number) {
    super(failures, `${failures.length} of ${count} messages could be neither handled nor handed over`);
    this.name = 'NotHandedOverError';
  }
}

/**
 * Handles every message of a batch, whatever becomes of the others.
 *
 * @param handle throws only when it could not even hand the message over
 * @throws NotHandedOverError after all have been tried
 */
export async function consume(
  event: BrokerEvent,
  now: Date,
  handle: (record: SQSRecord) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const all = records(event, now);
  await processBatch(
    all,
    async (record) => {
      await handle(record);
      return true;
    },
    (_, error) => failures.push(error),
  );
  if (failures.length > 0) throw new NotHandedOverError(failures, all.length);
}
