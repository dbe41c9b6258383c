import type { MessageAttributeValue, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';

/** The same message again: body, attributes, and in a FIFO queue its group, with its id keeping a repeated hand-over from arriving twice. */
export function parkedMessage(record: SQSRecord): Omit<SendMessageCommandInput, 'QueueUrl'> {
  const attributes: Record<string, MessageAttributeValue> = {};
  for (const [name, { dataType, stringValue, binaryValue }] of Object.entries(record.messageAttributes)) {
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
    ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: record.messageId }),
  };
}
