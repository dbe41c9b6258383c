import { randomUUID } from 'node:crypto';
import type { Message, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import type { MessageAttribute } from '../../functions/runtime/message';
import { markSentAgain, type RepairNote, toSqs, unannotate } from '../../functions/runtime/note';
import { printable } from '../night/printable';

const SHOWN_CHARACTERS = 400;
/** Milliseconds that the repair tier keeps a message: 14 days, the most that SQS can. */
const KEPT_MS = 1_209_600_000;

const attributesOf = ({ MessageAttributes = {} }: Message): Readonly<Record<string, MessageAttribute>> =>
  Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { DataType = 'String', StringValue, BinaryValue }]) => [
      name,
      { type: DataType, value: StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64') },
    ]),
  );

/** What the consumer has noted on a message that it sent to repair. */
export const noteOf = (message: Message): RepairNote | undefined => unannotate(attributesOf(message)).note;

/** Why it is in repair, as far as it says. */
export const reasonOf = (message: Message): string => noteOf(message)?.reason ?? 'no reason given';

/** One message for a program. */
export const asData = (message: Message) => ({
  messageId: message.MessageId,
  sentAt: new Date(Number(message.Attributes?.SentTimestamp)).toISOString(),
  note: noteOf(message),
  body: message.Body,
});

/** One message in a few lines: what is wrong with it, and what it says. */
export function say(message: Message): string {
  const { MessageId, Body = '', Attributes } = message;
  const more = Body.length > SHOWN_CHARACTERS ? ` … (${Body.length} characters)` : '';
  const sent = Number(Attributes?.SentTimestamp);
  const kept = sent ? `; SQS deletes it ${new Date(sent + KEPT_MS).toISOString()}` : '';
  const { id, path, detail = '', sentAt, piece } = noteOf(message) ?? {};
  return [
    `${MessageId}  ${id ?? 'id unknown'}  ${reasonOf(message)}${piece ? `  piece ${piece}` : ''}`,
    `  ${[!detail.startsWith(`${path} `) && path, detail].filter(Boolean).join(': ') || 'no detail'}`,
    `  sent ${sentAt ?? 'unknown'}${kept}`,
    `  ${JSON.stringify(Body.slice(0, SHOWN_CHARACTERS))}${more}`,
  ]
    .map(printable)
    .join('\n');
}

/**
 * The message as the main queue gets it: the body and all of the sender's own attributes, marked as sent again by a person. In a FIFO queue it keeps its group, and is a new message to
 * deduplication.
 */
export function mended(message: Message, body: string): Omit<SendMessageCommandInput, 'QueueUrl'> {
  const group = message.Attributes?.MessageGroupId;
  return {
    MessageBody: body,
    MessageAttributes: toSqs(markSentAgain(attributesOf(message), randomUUID())),
    ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: randomUUID() }),
  };
}
