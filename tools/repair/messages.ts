import { randomUUID } from 'node:crypto';
import type { Message, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { printable } from '../night/printable';

/** What the consumer writes on a message that it sends to repair: functions/shop/order-consumer/repair.ts. */
const NOTE = 'Spillway.';
const SHOWN_CHARACTERS = 400;
/** Milliseconds that the repair tier keeps a message: 14 days, the most that SQS can. */
const KEPT_MS = 1_209_600_000;

/** What the consumer's note says under a name. */
export const noted = ({ MessageAttributes }: Message, name: string) =>
  MessageAttributes?.[`${NOTE}${name}`]?.StringValue;

/** Why it is in repair, as far as it says. */
export const reasonOf = (message: Message): string => noted(message, 'Reason') ?? 'no reason given';

/** One message in a few lines: what is wrong with it, and what it says. */
export function say(message: Message): string {
  const { MessageId, Body = '', Attributes } = message;
  const more = Body.length > SHOWN_CHARACTERS ? ` … (${Body.length} characters)` : '';
  const sent = Number(Attributes?.SentTimestamp);
  const kept = sent ? `; SQS deletes it ${new Date(sent + KEPT_MS).toISOString()}` : '';
  return [
    `${MessageId}  order ${noted(message, 'OrderId') ?? 'unknown'}  ${reasonOf(message)}`,
    `  ${[noted(message, 'Path'), noted(message, 'Detail')].filter(Boolean).join(': ') || 'no detail'}`,
    `  first seen ${noted(message, 'FirstSeen') ?? 'unknown'}${kept}`,
    `  ${JSON.stringify(Body.slice(0, SHOWN_CHARACTERS))}${more}`,
  ]
    .map(printable)
    .join('\n');
}

/**
 * The message as the main queue gets it: the body and the sender's own attributes, without the note. In a FIFO queue it keeps its group, and is a new message to
 * deduplication.
 */
export function mended(message: Message, body: string): Omit<SendMessageCommandInput, 'QueueUrl'> {
  const own = Object.entries(message.MessageAttributes ?? {}).filter(([name]) => !name.startsWith(NOTE));
  const group = message.Attributes?.MessageGroupId;
  return {
    MessageBody: body,
    MessageAttributes: Object.fromEntries(own),
    ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: randomUUID() }),
  };
}
