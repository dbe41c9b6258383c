import { createHash } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '../message';
import { FORBIDDEN, MAXIMUM_BYTES, size, toSqs } from '../note';
import { isFifo } from './sqs';

/** SQS delays a message no longer. Source: SQS API, SendMessage. */
export const MAXIMUM_DELAY_SECONDS = 900;

/** The attribute that says where a message was before it went on to the main queue, which makes another one of it: the source and its id there, for example `arn:aws:kafka:… orders-0-15`. */
export const ORIGIN = 'Spillway.Origin';

/** Thrown for a message that the main queue can't take: it has no place to wait in, however often it is tried. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';

  constructor(readonly bytes: number) {
    super(`the main queue takes no message of ${bytes} bytes`);
  }
}

/** What SQS says to a message above the queue's `MaximumMessageSize`; its error has no name of its own. Source: SQS, SendMessage, InvalidParameterValue. */
const TOO_LARGE = /must be shorter than \d+ bytes/;

/**
 * Hands a message over to a queue, where it is retried, parked and repaired for itself: what brokers and streams can't do. A FIFO queue keeps its group and takes no delay of its own. Where it came from goes
 * with it, so that whoever finds it in repair, days later, finds it in its source as well.
 *
 * @throws TooLargeError
 * @throws for what isn't JSON: it was on its way to repair, in pieces if need be, and SQS is what failed. As text some of it would be lost.
 */
export async function handOver(sqs: SQSClient, queueUrl: string, message: Message, seconds: number): Promise<void> {
  if (!isJson(message.body)) throw new Error('repair is out of reach');
  const body = escaped(message.body);
  const origin = `${message.source} ${message.id}`.replace(FORBIDDEN, '\u{FFFD}');
  const attributes = { ...message.attributes, [ORIGIN]: { type: 'String', value: origin } };
  const bytes = size(body, attributes);
  if (bytes > MAXIMUM_BYTES) throw new TooLargeError(bytes);
  const command = new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: body,
    MessageAttributes: toSqs(attributes),
    ...(isFifo(queueUrl)
      ? { MessageGroupId: fifoName(message.group ?? message.id), MessageDeduplicationId: fifoName(message.id) }
      : { DelaySeconds: Math.min(MAXIMUM_DELAY_SECONDS, Math.round(seconds)) }),
  });
  try {
    await sqs.send(command);
  } catch (error) {
    throw TOO_LARGE.test((error as Error).message) ? new TooLargeError(bytes) : error;
  }
}

/** A group or deduplication id as SQS takes it, the same for the same name: up to 128 visible ASCII characters. Source: SQS API, SendMessage. A stream's key may be anything. */
export const fifoName = (name: string): string =>
  /^[\x21-\x7e]{1,128}$/.test(name) ? name : createHash('sha256').update(name).digest('base64url');

/** JSON without the characters that SQS refuses: they can stand inside of a string only, and there an escape says the same. */
export const escaped = (json: string): string =>
  json.replace(FORBIDDEN, (character) =>
    [...Array(character.length)]
      .map((_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
