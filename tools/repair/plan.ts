import type { Message, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { difference } from './difference';
import { mended, noted } from './messages';

/** What repair has to know of a consumer's messages; the rest is the same for any. */
export interface MessageFormat {
  /** What makes it this message and no other, through every redelivery; nothing if it can't be read. */
  identityOf(body: string): string | undefined;
  /** Why the consumer would send it to repair again for its form; nothing if it would not. */
  problemOf(body: string): string | undefined;
  /** Every reason that the consumer notes on what it sends to repair. */
  readonly reasons: readonly string[];
}

/** What will be sent in a message's place, and how it differs. */
export interface SendPlan {
  readonly again: Omit<SendMessageCommandInput, 'QueueUrl'>;
  readonly changes: readonly string[];
  /** Why it is not done; everything else is to look at. */
  readonly refused?: string;
}

/**
 * Decides what takes a message's place. Another identity's body is refused unless it is meant: the message would be deleted, and what it stands for would be gone.
 *
 * @param body the mended one; default: as it is
 */
export function planSend(message: Message, body: string | undefined, newId: boolean, format: MessageFormat): SendPlan {
  const before = message.Body ?? '';
  const after = body ?? before;
  const plan = { again: mended(message, after), changes: difference(before, after) };
  const problem = format.problemOf(after);
  if (problem) return { ...plan, refused: `it is still malformed, so it stays in repair: ${problem}` };
  const was = format.identityOf(before) ?? noted(message, 'OrderId');
  const is = format.identityOf(after);
  if (body === undefined || newId || was === is) return plan;
  return {
    ...plan,
    refused: was
      ? `the file is ${is}, but the message is ${was}, which would be gone. If ${was} is to go on as ${is}, add --new-id`
      : `the message has no id that can be read, so nothing says that it is ${is}. If it is, add --new-id`,
  };
}
