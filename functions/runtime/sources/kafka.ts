import type { MSKEvent, MSKRecord, SelfManagedKafkaEvent } from 'aws-lambda';
import type { Message, MessageAttribute } from '../message';
import { goingOn } from './going-on';
import type { Source } from './source';

/**
 * Records of Kafka topics, of MSK and of brokers that are run by oneself: a message each, its key as its group; without a key a record has no order to keep. Kafka's commit is one offset a partition, so what
 * can't even be handed over makes the whole batch come again: what was done in it is a duplicate then. Source: Lambda guide, "Using Lambda with Amazon MSK", "Using Lambda with self-managed Apache Kafka", example events.
 */
export const kafka: Source = (tools) => ({
  read(event) {
    if (!isKafka(event)) return undefined;
    const source = 'eventSourceArn' in event ? event.eventSourceArn : event.bootstrapServers;
    const messages = Object.values(event.records).flatMap((records) =>
      records.map((record) => messageOf(record, source)),
    );
    return goingOn(messages, tools, { ordered: true });
  },
});

/** Attributes that a record's own fields become on their way through SQS. */
const KEY = 'Kafka.Key';
const HEADERS = 'Kafka.Headers';

function messageOf({ topic, partition, offset, timestamp, key, value, headers }: MSKRecord, source: string): Message {
  const id = `${topic}-${partition}-${offset}`;
  // A record without a value is a tombstone; what a person sees of it in repair is an empty body.
  const bytes = Buffer.from(value ?? '', 'base64');
  const own = (headers ?? []).flatMap((header) => Object.entries(header));
  const attributes: Record<string, MessageAttribute> = {
    ...(key && { [KEY]: { type: 'Binary', value: key } }),
    // In one: SQS takes ten attributes, and neither every name nor every value that a header may have.
    ...(own.length > 0 && {
      [HEADERS]: {
        type: 'String',
        value: JSON.stringify(own.map(([name, content]) => [name, Buffer.from(content).toString('base64')])),
      },
    }),
  };
  const group = key ? `${topic}/${key}` : id;
  return {
    id,
    body: bytes.toString('utf8'),
    bytes,
    attributes,
    sentAt: new Date(timestamp),
    receiveCount: 1,
    group,
    source,
  };
}

const isKafka = (event: unknown): event is MSKEvent | SelfManagedKafkaEvent => {
  const source = (event as { eventSource?: unknown } | null)?.eventSource;
  return source === 'aws:kafka' || source === 'SelfManagedKafka';
};
