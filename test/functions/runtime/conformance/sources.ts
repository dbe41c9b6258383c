import { activemq, dynamodbStreams, kafka, kinesis, rabbitmq, type Source } from 'spillway/runtime';
import { aggregated } from '../sources/aggregated';

/** One record in a source's own log, or one message in a broker. */
export interface Logged {
  readonly id: string;
  readonly key: string;
  readonly body: string;
  readonly at: number;
}

/** What a source has to tell the suite: how its records look, and how Lambda goes on after an answer. */
export interface SourceUnderTest {
  readonly name: string;
  /** Whether the main queue is FIFO: then order is promised for each key. */
  readonly fifo: boolean;
  /** Nothing for SQS itself. */
  readonly beside?: {
    readonly source: Source;
    readonly event: (records: readonly Logged[]) => unknown;
    /** Records of the batch that are finished with, from the handler's answer. A throw finishes none. */
    readonly finished: (answer: unknown, records: readonly Logged[]) => number;
    /** Takes what was sent out of what the source puts around it. */
    readonly envelope?: (body: unknown) => unknown;
  };
}

const encoded = (text: string) => Buffer.from(text).toString('base64');

/** As in the example events of the Lambda guide. */
const kinesisEvent = (records: readonly Logged[]) => ({
  Records: records.map(({ id, key, body, at }) => ({
    eventID: `shardId-000000000006:${id}`,
    eventSource: 'aws:kinesis',
    eventSourceARN: 'arn:aws:kinesis:eu-central-1:123456789012:stream/invoices',
    kinesis: {
      partitionKey: key,
      sequenceNumber: id,
      data: encoded(body),
      approximateArrivalTimestamp: at / 1000,
    },
  })),
});

/** As a producer with the Kinesis Producer Library writes it: up to three records in one of the stream's; a single one is put as it is. */
const aggregatedEvent = (records: readonly Logged[]) => {
  const { Records } = kinesisEvent(records.filter((_, index) => index % 3 === 0));
  return {
    Records: Records.map((one, index) => {
      const packed = records.slice(3 * index, 3 * index + 3);
      if (packed.length === 1) return one;
      const produced = packed.map(({ key, body }) => ({ partitionKey: key, data: Buffer.from(body) }));
      const data = aggregated(produced).toString('base64');
      return { ...one, kinesis: { ...one.kinesis, partitionKey: 'a', data } };
    }),
  };
};

const imageOf = (fields: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]),
  );

const dynamodbEvent = (records: readonly Logged[]) => ({
  Records: records.map(({ id, key, body, at }) => ({
    eventID: `event-${id}`,
    eventName: 'MODIFY',
    eventSource: 'aws:dynamodb',
    eventSourceARN: 'arn:aws:dynamodb:eu-central-1:123456789012:table/invoices/stream/2030-01-01T00:00:00.000',
    dynamodb: {
      Keys: { account: { S: key } },
      NewImage: imageOf(JSON.parse(body) as Record<string, unknown>),
      SequenceNumber: id,
      ApproximateCreationDateTime: at / 1000,
    },
  })),
});

const kafkaEvent = (records: readonly Logged[]) => ({
  eventSource: 'aws:kafka',
  eventSourceArn: 'arn:aws:kafka:eu-central-1:123456789012:cluster/invoices/1',
  bootstrapServers: 'b-1:9098',
  records: {
    'invoices-0': records.map(({ id, key, body, at }) => ({
      topic: 'invoices',
      partition: 0,
      offset: Number(id),
      timestamp: at,
      timestampType: 'CREATE_TIME',
      key: encoded(key),
      value: encoded(body),
      headers: [{ trace: [116, 49] }],
    })),
  },
});

const activeMqEvent = (records: readonly Logged[]) => ({
  eventSource: 'aws:mq',
  eventSourceArn: 'arn:aws:mq:eu-central-1:123456789012:broker:invoices:b-1',
  messages: records.map(({ id, body, at }) => ({
    ...{ messageID: `ID:${id}`, messageType: 'jms/text-message', data: encoded(body), timestamp: at },
    destination: { physicalName: 'invoices' },
  })),
});

const rabbitMqEvent = (records: readonly Logged[]) => ({
  eventSource: 'aws:rmq',
  eventSourceArn: 'arn:aws:mq:eu-central-1:123456789012:broker:invoices:b-2',
  rmqMessagesByQueue: {
    'invoices::/': records.map(({ id, body }) => ({ basicProperties: { messageId: id }, data: encoded(body) })),
  },
});

/** Lambda goes on from the lowest sequence number that is named. */
const fromLowest = (answer: unknown, records: readonly Logged[]): number => {
  const named = (answer as { batchItemFailures: { itemIdentifier: string }[] }).batchItemFailures;
  const first = records.findIndex(({ id }) => named.some(({ itemIdentifier }) => itemIdentifier === id));
  return first < 0 ? records.length : first;
};
const all = (_: unknown, records: readonly Logged[]) => records.length;
const envelope = (body: unknown) => (body as { new?: unknown }).new;

const BESIDE = {
  Kinesis: { source: kinesis, event: kinesisEvent, finished: fromLowest },
  'Kinesis, aggregated': { source: kinesis, event: aggregatedEvent, finished: fromLowest },
  'DynamoDB streams': { source: dynamodbStreams, event: dynamodbEvent, finished: fromLowest, envelope },
  Kafka: { source: kafka, event: kafkaEvent, finished: all },
};

/** Every source of the kit. A new one is added here, and has to end all histories as the others do. */
export const SOURCES: readonly SourceUnderTest[] = [
  { name: 'SQS', fifo: false },
  { name: 'SQS FIFO', fifo: true },
  ...Object.entries(BESIDE).flatMap(([name, beside]) => [
    { name, fifo: false, beside },
    { name: `${name} through a FIFO queue`, fifo: true, beside },
  ]),
  { name: 'ActiveMQ', fifo: false, beside: { source: activemq, event: activeMqEvent, finished: all } },
  { name: 'RabbitMQ', fifo: false, beside: { source: rabbitmq, event: rabbitMqEvent, finished: all } },
];
