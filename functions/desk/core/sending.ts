import { markSentAgain } from '../../runtime/note';
import type { QueueSettings } from '../contract';
import type { Content, Letter } from './letter';
import { type DeskStore, StaleError } from './store';

/** Milliseconds until somebody else may go on with a sending: longer than any call to SQS takes with its repetitions. */
const LEASE_MS = 60_000;

/** The message certainly was not sent: nobody has to ask again. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/** What sending touches outside. */
export interface SendingPorts {
  readonly store: DeskStore;
  /** Sends a message. @returns SQS's id of it @throws NotSentError where it certainly was not sent; anything else may have been */
  send(
    queueUrl: string,
    content: Content,
    fifo: { readonly group: string; readonly deduplication: string } | undefined,
  ): Promise<string>;
  now(): Date;
  /** A name that no other sending has. */
  name(): string;
}

/** Something that can't be done as things are; what to do instead is in the sentence. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/**
 * Sends a letter to its main queue: lease → send → mark. When the process dies in between, whoever goes on with it sends it again under the same name, and the consumer's ledger makes one effect of both.
 *
 * @throws StaleError when somebody else has it, RefusedError when it can't be sent
 */
export async function sendAgain(
  seen: Letter,
  settings: QueueSettings | undefined,
  { by, release }: { readonly by: string; readonly release?: string | undefined },
  ports: SendingPorts,
): Promise<Letter> {
  const { store } = ports;
  if (!settings?.sendTo) {
    throw new RefusedError(
      `nothing says where letters of ${seen.cause.queue} are sent to again: attach the queue with --to`,
    );
  }
  const now = ports.now();
  if (seen.status === 'sending' && seen.sending && new Date(seen.sending.until) > now) throw new StaleError(seen);
  if (seen.status !== 'open' && seen.status !== 'sending') {
    throw new RefusedError(`letter ${seen.id} is ${seen.status}; only an open one is sent. ${reopening(seen)}`);
  }
  const lease = {
    // What was begun goes on under its name, whoever goes on with it.
    ...(seen.status === 'sending' && seen.sending
      ? seen.sending
      : { name: ports.name(), at: now.toISOString(), release }),
    until: new Date(now.getTime() + LEASE_MS).toISOString(),
  };
  const base = { by, at: now.toISOString() };
  const leased = await store.change(seen, { ...base, status: 'sending', what: 'sending', sending: lease });
  const content = await store.content(leased);
  let messageId: string;
  try {
    messageId = await ports.send(
      settings.sendTo,
      { body: content.body, attributes: markSentAgain(content.attributes, lease.name) },
      settings.sendTo.endsWith('.fifo')
        ? { group: leased.fifoGroup ?? leased.id, deduplication: lease.name }
        : undefined,
    );
  } catch (error) {
    if (!(error instanceof NotSentError)) throw error;
    await store.change(leased, { ...base, status: 'open', what: 'not sent', note: error.message });
    throw new RefusedError(`letter ${seen.id} was not sent: ${error.message}`);
  }
  const sent = { ...base, status: 'sent', what: 'sent', sending: { ...lease, messageId } } as const;
  return store.change(leased, sent);
}

const reopening = ({ status }: Letter): string =>
  status === 'set-aside' || status === 'discarded' ? 'Reopen it first' : 'What came back is a letter of its own';
