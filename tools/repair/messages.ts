import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Message, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { parseOrder } from '../../functions/domain/order';

/** What the consumer writes on a message that it sends to repair: functions/order-consumer/repair.ts. */
const NOTE = 'Spillway.';
const SHOWN_CHARACTERS = 400;

/** One message in a few lines: what is wrong with it, and what it says. */
export function say(message: Message): string {
  const { MessageId, Body = '' } = message;
  const note = (name: string) => message.MessageAttributes?.[`${NOTE}${name}`]?.StringValue;
  const more = Body.length > SHOWN_CHARACTERS ? ` … (${Body.length} characters)` : '';
  return [
    `${MessageId}  order ${note('OrderId') ?? 'unknown'}  ${note('Reason') ?? 'no reason given'}`,
    `  ${[note('Path'), note('Detail')].filter(Boolean).join(': ') || 'no detail'}`,
    `  first seen ${note('FirstSeen') ?? 'unknown'}`,
    `  ${JSON.stringify(Body.slice(0, SHOWN_CHARACTERS))}${more}`,
  ].join('\n');
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

const USAGE = `npm run repair -- --queue REPAIR_QUEUE_URL                                          show what waits for a person
npm run repair -- --queue REPAIR_QUEUE_URL --message ID --to MAIN_QUEUE_URL [--body FILE]
                                                  send it again, with the mended body of FILE
npm run repair -- --queue REPAIR_QUEUE_URL --message ID --take FILE
                                                  take it out of the queue into a new FILE, for good
Region and credentials are the AWS SDK's (AWS_PROFILE, AWS_REGION).`;

export type Request =
  | { readonly usage: string }
  | { readonly queue: string; readonly action: 'show' }
  | {
      readonly queue: string;
      readonly action: 'send';
      readonly message: string;
      readonly to: string;
      readonly body?: string;
    }
  | { readonly queue: string; readonly action: 'take'; readonly message: string; readonly file: string };

export function parseArguments(args: readonly string[]): Request {
  const string = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { queue: string, message: string, to: string, body: string, take: string },
    });
    const { queue, message, to, body, take } = values;
    const refuse = (why: string): Request => ({ usage: `${why}\n${USAGE}` });
    if (!queue) return refuse('--queue is missing');
    if (!message) return to || body || take ? refuse('--message is missing') : { queue, action: 'show' };
    if ((to === undefined) === (take === undefined)) return refuse('--message takes either --to or --take');
    if (to === queue) return refuse('--to is the repair queue itself; the main queue is meant');
    if (take !== undefined) {
      return body ? refuse('--body goes with --to') : { queue, action: 'take', message, file: take };
    }
    return { queue, action: 'send', message, to: to as string, body };
  } catch (error) {
    return { usage: `${(error as Error).message}\n${USAGE}` };
  }
}
