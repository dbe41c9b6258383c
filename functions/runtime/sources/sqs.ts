import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { Message, MessageAttribute } from '../message';
import type { Source } from './source';

/** A message group alone says nothing: messages of a standard queue have one as well where tenants share it fairly. Source: SQS guide, "Fair queues". */
export const isFifo = (queue: string): boolean => queue.endsWith('.fifo');

/** Queues of SQS, standard and FIFO: what comes back is put off by its visibility, and parked by SQS itself. */
export const sqs: Source = ({ sqs: client, queueUrl, maxReceiveCount }) => ({
  read(event) {
    if (!isSqs(event)) return undefined;
    const messages = event.Records.map(messageOf);
    return {
      messages,
      ordered: messages[0] !== undefined && isFifo(messages[0].source),
      maxReceiveCount,
      async retry(message, seconds) {
        const ReceiptHandle = event.Records[messages.indexOf(message)]?.receiptHandle;
        await client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: seconds }),
        );
      },
      // An empty or unknown identifier would fail the whole batch, so only received ones go in.
      respond: (back): SQSBatchResponse => ({ batchItemFailures: back.map(({ id }) => ({ itemIdentifier: id })) }),
    };
  },
});

const isSqs = (event: unknown): event is SQSEvent =>
  (event as { Records?: { eventSource?: unknown }[] } | null)?.Records?.[0]?.eventSource === 'aws:sqs';

export const messageOf = (record: SQSRecord): Message => ({
  id: record.messageId,
  body: record.body,
  attributes: attributesOf(record.messageAttributes),
  sentAt: new Date(Number(record.attributes.SentTimestamp)),
  receiveCount: Number(record.attributes.ApproximateReceiveCount),
  group: record.attributes.MessageGroupId,
  source: record.eventSourceARN,
});

const attributesOf = (attributes: SQSMessageAttributes): Readonly<Record<string, MessageAttribute>> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
      name,
      { type: dataType, value: stringValue ?? binaryValue ?? '' },
    ]),
  );
