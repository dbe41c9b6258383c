import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '../message';
import { FORBIDDEN, toSqs } from '../note';
import { isFifo } from './sqs';

/** SQS delays a message no longer. Source: SQS API, SendMessage. */
export const MAXIMUM_DELAY_SECONDS = 900;

/**
 * Hands a message over to a queue, where it is retried, parked and repaired for itself: what brokers and streams can't do. A FIFO queue keeps its group and takes no delay of its own.
 */
export async function handOver(sqs: SQSClient, queueUrl: string, message: Message, seconds: number): Promise<void> {
  const ordered = isFifo(queueUrl);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: escaped(message.body),
      MessageAttributes: toSqs(message.attributes),
      ...(ordered
        ? { MessageGroupId: message.group ?? message.id, MessageDeduplicationId: message.id }
        : { DelaySeconds: Math.min(MAXIMUM_DELAY_SECONDS, Math.round(seconds)) }),
    }),
  );
}

/** JSON without the characters that SQS refuses: they can stand inside of a string only, and there an escape says the same. */
export const escaped = (json: string): string =>
  json.replace(FORBIDDEN, (character) =>
    [...Array(character.length)]
      .map((_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
