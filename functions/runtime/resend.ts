import type { MessageAttributeValue, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { isFifo } from './batch';

/** A message may have 10 attributes. Source: SQS guide, "Amazon SQS message metadata". */
const MAXIMUM_ATTRIBUTES = 10;

/**
 * The same message again, for another queue: body untouched, the sender's attributes as far as there is room beside `added`, and its group, in a FIFO queue with
 * the source's message id keeping a repeated hand-over from arriving twice; a standard queue takes no deduplication id.
 */
export function resend(record: SQSRecord, added: Readonly<Record<string, MessageAttributeValue>> = {}) {
  const attributes: Record<string, MessageAttributeValue> = { ...added };
  for (const [name, { dataType, stringValue, binaryValue }] of Object.entries(record.messageAttributes)) {
    if (name in attributes || Object.keys(attributes).length >= MAXIMUM_ATTRIBUTES) continue;
    attributes[name] = {
      DataType: dataType,
      ...(stringValue !== undefined && { StringValue: stringValue }),
      ...(binaryValue !== undefined && { BinaryValue: Buffer.from(binaryValue, 'base64') }),
    };
  }
  const group = record.attributes.MessageGroupId;
  return {
    MessageBody: record.body,
    MessageAttributes: attributes,
    ...(group !== undefined && { MessageGroupId: group }),
    ...(isFifo(record) && { MessageDeduplicationId: record.messageId }),
  } satisfies Omit<SendMessageCommandInput, 'QueueUrl'>;
}
