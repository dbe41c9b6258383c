import { randomUUID } from 'node:crypto';
import type { Message, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { parseOrder } from '../../functions/shop/domain/order';
import { printable } from '../night/printable';

/** What the consumer writes on a message that it sends to repair: functions/shop/order-consumer/repair.ts. */
const NOTE = 'Spillway.';
const SHOWN_CHARACTERS = 400;
/** Milliseconds that the repair tier keeps a message: 14 days, the most that SQS can. */
const KEPT_MS = 1_209_600_000;

const note = ({ MessageAttributes }: Message, name: string) => MessageAttributes?.[`${NOTE}${name}`]?.StringValue;

/** Why it is in repair, as far as it says. */
export const reasonOf = (message: Message): string => note(message, 'Reason') ?? 'no reason given';

/** One message in a few lines: what is wrong with it, and what it says. */
export function say(message: Message): string {
  const { MessageId, Body = '', Attributes } = message;
  const more = Body.length > SHOWN_CHARACTERS ? ` … (${Body.length} characters)` : '';
  const sent = Number(Attributes?.SentTimestamp);
  const kept = sent ? `; SQS deletes it ${new Date(sent + KEPT_MS).toISOString()}` : '';
  return [
    `${MessageId}  order ${note(message, 'OrderId') ?? 'unknown'}  ${reasonOf(message)}`,
    `  ${[note(message, 'Path'), note(message, 'Detail')].filter(Boolean).join(': ') || 'no detail'}`,
    `  first seen ${note(message, 'FirstSeen') ?? 'unknown'}${kept}`,
    `  ${JSON.stringify(Body.slice(0, SHOWN_CHARACTERS))}${more}`,
  ]
    .map(printable)
    .join('\n');
}

/**
 * The message as the main queue gets it: the mended body and the sender's own attributes, without the note. In a FIFO queue it keeps its group, and is a new
 * message to deduplication.
 *
 * @throws when the consumer would send it to repair again for its form
 */
export function mended(message: Message, body: string): Omit<SendMessageCommandInput, 'QueueUrl'> {
  const parsed = parseOrder(body);
  if ('malformed' in parsed) {
    const { path, reason } = parsed.malformed;
    throw new Error(`the order is still malformed, so it stays in repair: ${path ? `${path}: ` : ''}${reason}`);
  }
  const own = Object.entries(message.MessageAttributes ?? {}).filter(([name]) => !name.startsWith(NOTE));
  const group = message.Attributes?.MessageGroupId;
  return {
    MessageBody: body,
    MessageAttributes: Object.fromEntries(own),
    ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: randomUUID() }),
  };
}
