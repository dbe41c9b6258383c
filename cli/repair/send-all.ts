import { type Message, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Contracts } from '../contracts';
import type { HeldMessages } from '../night/held-messages';
import { formatFor } from './format';
import { mended, reasonOf } from './messages';

/** What became of a repair tier that was sent again. */
export interface SentAgain {
  readonly sent: number;
  /** Why messages were left → how many. */
  readonly left: Readonly<Record<string, number>>;
  /** It was asked to stop before the queue was empty. */
  readonly stopped: boolean;
}

interface Surroundings {
  readonly held: HeldMessages;
  /** Where to. */
  readonly main: { readonly sqs: Pick<SQSClient, 'send'>; readonly queueUrl: string };
  /** Of the consumers whose messages these are, as far as they are known. */
  readonly contracts: Contracts;
  /** Only these; default: all. */
  readonly reason?: string;
  /** In the order in which they came, one after another. */
  readonly fifo: boolean;
  stopping(): boolean;
  progress(sent: number): void;
}

/**
 * Sends what is in repair to the main queue again, each message first sent and then deleted: dying in between leaves it in both, and the business id makes
 * one of them a duplicate. What the consumer would refuse for its form is left. The caller puts back what is still held.
 */
export async function sendAllAgain(surroundings: Surroundings): Promise<SentAgain> {
  const { held, main, contracts, reason, fifo, stopping, progress } = surroundings;
  const left: Record<string, number> = {};
  let sent = 0;
  const leave = (why: string) => {
    left[why] = (left[why] ?? 0) + 1;
  };
  const again = async (message: Message): Promise<void> => {
    if (reason !== undefined && reasonOf(message) !== reason) return leave(reasonOf(message));
    const body = message.Body ?? '';
    if (await formatFor(message, contracts)?.problemOf(body)) return leave('still malformed');
    await main.sqs.send(new SendMessageCommand({ QueueUrl: main.queueUrl, ...mended(message, body) }));
    await held.delete(message);
    sent += 1;
    progress(sent);
  };
  while (!stopping()) {
    const messages = await held.receive();
    if (messages.length === 0) return { sent, left, stopped: false };
    if (fifo) for (const message of messages) await again(message);
    else await all(messages.map(again));
  }
  return { sent, left, stopped: true };
}

/** All of them come to an end before the first failure counts: none is sent and then forgotten in mid-delete. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}
