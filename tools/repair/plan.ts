import type { Message, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { difference } from './difference';
import { mended, noteOf } from './messages';

/** What repair has to know of a consumer's messages; the rest is the same for any. */
export interface MessageFormat {
  /** What makes it this message and no other, through every redelivery; nothing if it can't be read. */
  identityOf(body: string): Promise<string | undefined>;
  /** Why the consumer would send it to repair again for its form; nothing if it would not. */
  problemOf(body: string): Promise<string | undefined>;
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
export async function planSend(
  message: Message,
  body: string | undefined,
  newId: boolean,
  format: MessageFormat,
): Promise<SendPlan> {
  const before = message.Body ?? '';
  const after = body ?? before;
  const plan = { again: mended(message, after), changes: difference(before, after) };
  const problem = await format.problemOf(after);
  if (problem) return { ...plan, refused: `it is still malformed, so it stays in repair: ${problem}` };
  const was = (await format.identityOf(before)) ?? noteOf(message)?.id;
  const is = await format.identityOf(after);
  if (body === undefined || newId || was === is) return plan;
  return {
    ...plan,
    refused: was
      ? `the file is ${is}, but the message is ${was}, which would be gone. If ${was} is to go on as ${is}, add --new-id`
      : `the message has no id that can be read, so nothing says that it is ${is}. If it is, add --new-id`,
  };
}
