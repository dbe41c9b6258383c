import type { AttributeValue, DynamoDBStreamEvent } from 'aws-lambda';
import { streamBatch } from './kinesis';
import type { Source } from './source';

/**
 * Changes of a DynamoDB table: a message each, `{"event": "INSERT" | "MODIFY" | "REMOVE", "keys": …, "new": …, "old": …}` with the images as plain JSON, as far as the stream has them. The changes of one item
 * are a group: their order is what the stream promises. Source: DynamoDB guide, "Change data capture for DynamoDB Streams"; Lambda guide, "Using AWS Lambda with Amazon DynamoDB", example event.
 */
export const dynamodbStreams: Source = (tools) => ({
  read(event) {
    if (!isDynamoDb(event)) return undefined;
    return streamBatch(
      tools,
      event.Records.map(({ eventID = '', eventName, eventSourceARN = '', dynamodb = {} }) => {
        const { Keys, NewImage, OldImage, SequenceNumber = '', ApproximateCreationDateTime = 0 } = dynamodb;
        const keys = plainItem(Keys) ?? {};
        const body = JSON.stringify({ event: eventName, keys, new: plainItem(NewImage), old: plainItem(OldImage) });
        const message = {
          id: eventID,
          body,
          bytes: Buffer.from(body),
          attributes: {},
          sentAt: new Date(ApproximateCreationDateTime * 1000),
          receiveCount: 1,
          group: JSON.stringify(Object.entries(keys).sort(([one], [other]) => (one < other ? -1 : 1))),
          source: eventSourceARN,
        };
        return { message, sequenceNumber: SequenceNumber };
      }),
    );
  },
});

type Item = Readonly<Record<string, AttributeValue>>;

const plainItem = (item: Item | undefined): Record<string, unknown> | undefined =>
  item && Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));

/** A value as JSON has it: sets as lists, bytes as base64, and a number that JavaScript would round as text. */
function plain(value: AttributeValue): unknown {
  if (value.N !== undefined) return plainNumber(value.N);
  if (value.NS) return value.NS.map(plainNumber);
  if (value.M) return plainItem(value.M);
  if (value.L) return value.L.map(plain);
  if (value.NULL) return null;
  return value.S ?? value.BOOL ?? value.SS ?? value.B ?? value.BS;
}

const plainNumber = (text: string): number | string => (String(Number(text)) === text ? Number(text) : text);

const isDynamoDb = (event: unknown): event is DynamoDBStreamEvent =>
  (event as { Records?: { eventSource?: unknown }[] } | null)?.Records?.[0]?.eventSource === 'aws:dynamodb';
