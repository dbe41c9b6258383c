import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import type { Message } from '../message';
import { deaggregate } from './aggregate';
import { goingOn } from './going-on';
import type { Batch, Source, SourceTools } from './source';

/** What the records of both kinds of stream say of themselves. */
interface StreamRecord {
  readonly message: Message;
  readonly sequenceNumber: string;
}

/**
 * Records of a Kinesis stream: a message each, its partition key as its group. Its id names the shard and the sequence number. Of what the Kinesis Producer Library has aggregated, each record in it is a
 * message, with its own key, and its place in the aggregate at the end of its id. Source: Lambda guide, "Using Lambda with Kinesis Data Streams", example event.
 */
export const kinesis: Source = (tools) => ({
  read(event) {
    if (!isKinesis(event)) return undefined;
    return streamBatch(
      tools,
      event.Records.flatMap(({ eventID, eventSourceARN, kinesis: record }) => {
        const data = Buffer.from(record.data, 'base64');
        const streamRecord = (id: string, group: string, bytes: Buffer): StreamRecord => ({
          message: {
            id,
            body: bytes.toString('utf8'),
            bytes,
            attributes: {},
            sentAt: new Date(record.approximateArrivalTimestamp * 1000),
            receiveCount: 1,
            group,
            source: eventSourceARN,
          },
          sequenceNumber: record.sequenceNumber,
        });
        return (
          deaggregate(data)?.map((one, index) => streamRecord(`${eventID}.${index}`, one.partitionKey, one.data)) ??
          streamRecord(eventID, record.partitionKey, data)
        );
      }),
    );
  },
});

/**
 * A batch of a shard. What can't even be handed over makes the shard's records come again from there on: Lambda takes the lowest sequence number that is named as its checkpoint, and everything after it is
 * delivered again; of an aggregate Lambda knows one number, so all of it is. The mapping has to have `ReportBatchItemFailures`. Source: Lambda guide, "Configuring partial batch response with Kinesis Data Streams and Lambda".
 */
export function streamBatch(tools: SourceTools, records: readonly StreamRecord[]): Batch {
  const messages = records.map(({ message }) => message);
  return goingOn(messages, tools, {
    ordered: true,
    answer(lost): KinesisStreamBatchResponse {
      const first = records.find(({ message }) => lost.includes(message));
      return { batchItemFailures: first ? [{ itemIdentifier: first.sequenceNumber }] : [] };
    },
  });
}

const isKinesis = (event: unknown): event is KinesisStreamEvent =>
  (event as { Records?: { eventSource?: unknown }[] } | null)?.Records?.[0]?.eventSource === 'aws:kinesis';
