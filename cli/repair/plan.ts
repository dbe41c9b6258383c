import type { Message, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { difference } from './difference';
import type { MessageFormat } from './format';
import { mended, noteOf } from './messages';

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
 * @param format of its consumer; without it nobody can say whose a body is
 */
export async function planSend(
  message: Message,
  body: string | undefined,
  newId: boolean,
  format: MessageFormat | undefined,
): Promise<SendPlan> {
  const before = message.Body ?? '';
  const after = body ?? before;
  const plan = { again: mended(message, after), changes: difference(before, after) };
  if (!format) {
    const { consumer = 'its consumer' } = noteOf(message) ?? {};
    const why = `no contract of ${consumer} is known, so nothing says that the file is the same message. Name it with --contract, or add --new-id to send the file as it is`;
    return body === undefined || newId || plan.changes.length === 0 ? plan : { ...plan, refused: why };
  }
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
