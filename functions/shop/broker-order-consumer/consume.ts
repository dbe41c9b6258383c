import { processBatch } from '../../runtime/batch';
import type { Handled } from '../order-consumer/process-order';
import type { BrokerMessage } from './messages';

/** Thrown when a message could be neither handled nor handed over; the broker delivers the batch again. */
export class NotHandedOverError extends AggregateError {
  constructor(failures: readonly unknown[], count: number) {
    super(failures, `${failures.length} of ${count} messages could be neither handled nor handed over`);
    this.name = 'NotHandedOverError';
  }
}

/** What becomes of one message. */
export interface Handling {
  handle(message: BrokerMessage): Promise<Handled>;
  /** Puts a message into the tiers, where it is handled later and retried for itself. */
  handOver(message: BrokerMessage): Promise<void>;
  done(message: BrokerMessage, handled: Handled): void;
  /** Our own side failed: a table out of reach, a throttle. */
  failed(message: BrokerMessage, error: unknown): void;
}

/**
 * Handles every message of a batch, whatever becomes of the others. The broker takes an error for the whole batch, and gives it up after a few, so a failure of our own side
 * costs its message alone, and only the way: it goes on to the tiers of SQS.
 *
 * @throws NotHandedOverError after all have been tried
 */
export async function consume(
  messages: readonly BrokerMessage[],
  { handle, handOver, done, failed }: Handling,
): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (message: BrokerMessage): Promise<void> => {
    try {
      done(message, await handle(message));
    } catch (error) {
      failed(message, error);
      await handOver(message);
    }
  };
  await processBatch(
    messages.map((message) => ({ ...message.record, message })),
    async ({ message }) => {
      await attempt(message);
      return true;
    },
    (_, error) => failures.push(error),
  );
  if (failures.length > 0) throw new NotHandedOverError(failures, messages.length);
}
