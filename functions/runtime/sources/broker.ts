import type { Message } from '../message';
import { handOver } from './hand-over';
import type { Batch, SourceTools } from './source';

/** Thrown when a message could be neither handled nor handed over; the broker delivers the batch again. */
export class NotHandedOverError extends Error {
  override readonly name = 'NotHandedOverError';

  constructor(failures: number, count: number) {
    super(`${failures} of ${count} messages could be neither handled nor handed over`);
  }
}

/**
 * A broker's messages. Amazon MQ's mapping knows no partial batch, and a broker gives a batch up that fails a few times: so a message that comes back goes on to the main queue of SQS, where
 * it is retried, parked and repaired for itself.
 */
export const brokerBatch = (messages: readonly Message[], { sqs, queueUrl }: SourceTools): Batch => ({
  messages,
  ordered: false,
  maxReceiveCount: Number.POSITIVE_INFINITY,
  async retry(message, seconds) {
    // What isn't JSON has been on its way to repair, in pieces if need be, and SQS is what failed: as text some of it would be lost.
    if (!isJson(message.body)) throw new Error('repair is out of reach');
    await handOver(sqs, queueUrl, message, seconds);
  },
  respond(_, lost) {
    if (lost.length > 0) throw new NotHandedOverError(lost.length, messages.length);
  },
});

/** A broker's message as one of ours. The receive count is always the first: retries are the business of the queue that it is handed over to. */
export function brokerMessage(source: string, id: string, data: Uint8Array, sentAt = new Date()): Message {
  const body = Buffer.from(data).toString('utf8');
  return { id, body, bytes: data, attributes: {}, sentAt, receiveCount: 1, source };
}

/** What can't be read as a message is one all the same, with whatever came as its body, so that repair gets it and its neighbours are handled. */
export const oddMessage = (source: string, place: string, value: unknown): Message =>
  brokerMessage(source, place, Buffer.from(JSON.stringify(value) ?? 'undefined'));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
