import { type Batch, dynamodbStreams, kafka, kinesis, type Message, type Source } from 'spillway/runtime';

/** What a source is given, with an SQS that takes down what it is sent, or answers as it is told. */
function tools({
  queueUrl = 'main',
  answer = async () => {},
}: {
  queueUrl?: string;
  answer?: () => Promise<void>;
} = {}) {
  const sent: Record<string, unknown>[] = [];
  const send = async ({ input }: { input: Record<string, unknown> }) => {
    await answer();
    sent.push(input);
  };
  return { sent, given: { sqs: { send } as never, queueUrl, maxReceiveCount: 3 } };
}
const batchOf = (source: Source, event: unknown, given = tools().given) => source(given).read(event) as Batch;
const encoded = (text: string) => Buffer.from(text).toString('base64');

const kinesisEvent = (...records: readonly [key: string, body: string][]) => ({
  Records: records.map(([partitionKey, body], index) => ({
    eventID: `shardId-000000000006:4959${index}`,
    eventSource: 'aws:kinesis',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/clicks',
    kinesis: {
      ...{ partitionKey, sequenceNumber: `4959${index}`, data: encoded(body) },
      approximateArrivalTimestamp: 1545084650.987,
    },
  })),
});
const kafkaRecord = {
  ...{ topic: 'clicks', partition: 0, offset: 15, timestamp: 1545084650987, timestampType: 'CREATE_TIME' },
  ...{ key: encoded('user-1'), value: encoded('{"page":"/"}'), headers: [{ trace: [116, 49] }] },
};
const kafkaEvent = (...records: object[]) => ({
  ...{ eventSource: 'aws:kafka', eventSourceArn: 'arn:aws:kafka:us-east-1:123456789012:cluster/clicks/1' },
  records: { 'clicks-0': records },
});

test('a record of Kinesis keeps its text, its bytes, its key and its time', () => {
  const [message] = batchOf(kinesis, kinesisEvent(['user-1', '{"page":"/"}'])).messages;
  expect(message).toMatchObject({
    ...{ id: 'shardId-000000000006:49590', body: '{"page":"/"}', group: 'user-1', receiveCount: 1 },
    sentAt: new Date(1545084650987),
  });
  expect(Buffer.from(message?.bytes ?? []).toString()).toBe(message?.body);
});

test('a change of a table is a message with its images as plain JSON', () => {
  const event = {
    Records: [
      {
        ...{ eventID: 'c4ca', eventName: 'MODIFY', eventSource: 'aws:dynamodb', eventSourceARN: 'arn:aws:dynamodb:…' },
        dynamodb: {
          Keys: { sort: { N: '2' }, id: { S: 'o-1' } },
          NewImage: {
            ...{ id: { S: 'o-1' }, cents: { N: '12345678901234567890' }, paid: { BOOL: true }, none: { NULL: true } },
            ...{ tags: { SS: ['a'] }, lines: { L: [{ M: { price: { N: '1.5' } } }] } },
          },
          SequenceNumber: '7',
          ApproximateCreationDateTime: 1545084650,
        },
      },
    ],
  };
  const [message] = batchOf(dynamodbStreams, event).messages;
  expect(JSON.parse(message?.body ?? '')).toEqual({
    ...{ event: 'MODIFY', keys: { sort: 2, id: 'o-1' } },
    new: {
      ...{ id: 'o-1', cents: '12345678901234567890', paid: true, none: null },
      ...{ tags: ['a'], lines: [{ price: 1.5 }] },
    },
  });
  expect(message?.group).toBe('[["id","o-1"],["sort",2]]');
});

test('a record of Kafka keeps its key, its headers and where it was on its way through SQS', async () => {
  const { sent, given } = tools();
  const batch = batchOf(kafka, kafkaEvent(kafkaRecord), given);
  const [message] = batch.messages;
  expect(message).toMatchObject({ id: 'clicks-0-15', group: `clicks/${encoded('user-1')}`, body: '{"page":"/"}' });
  await batch.retry(message as Message, 0);
  expect(sent[0]?.MessageAttributes).toEqual({
    'Kafka.Key': { DataType: 'Binary', BinaryValue: Buffer.from('user-1') },
    'Kafka.Headers': { DataType: 'String', StringValue: `[["trace","${encoded('t1')}"]]` },
    'Spillway.Origin': {
      DataType: 'String',
      StringValue: 'arn:aws:kafka:us-east-1:123456789012:cluster/clicks/1 clicks-0-15',
    },
  });
});

test('a tombstone and a record without a key are messages all the same, and wait for nobody', () => {
  const { key, ...keyless } = kafkaRecord;
  const { messages } = batchOf(
    kafka,
    kafkaEvent({ ...keyless, offset: 1 }, { ...keyless, offset: 2, value: undefined }),
  );
  expect(messages.map(({ group, body }) => [group, body])).toEqual([
    ['clicks-0-1', '{"page":"/"}'],
    ['clicks-0-2', ''],
  ]);
});

test('brokers that one runs oneself are a source as well', () => {
  const { eventSourceArn: _, ...event } = kafkaEvent(kafkaRecord);
  const read = batchOf(kafka, { ...event, eventSource: 'SelfManagedKafka', bootstrapServers: 'b-1:9096' });
  expect(read.messages[0]?.source).toBe('b-1:9096');
});

test.each([
  ['Kinesis', kinesis, kafkaEvent(kafkaRecord)],
  ['DynamoDB streams', dynamodbStreams, kinesisEvent(['a', '{}'])],
  ['Kafka', kafka, kinesisEvent(['a', '{}'])],
])('%s leaves an event of another service alone', (_, source, event) => {
  expect(source(tools().given).read(event)).toBeUndefined();
  for (const odd of [null, 'text', {}, { Records: [] }]) expect(source(tools().given).read(odd)).toBeUndefined();
});

test('the checkpoint of a shard is before the first record that could not be handed over', () => {
  const batch = batchOf(kinesis, kinesisEvent(['a', '{}'], ['b', '{}'], ['c', '{}']));
  const [, second, third] = batch.messages as Message[];
  expect(batch.respond([third as Message], [])).toEqual({ batchItemFailures: [] });
  const lost = [third as Message, second as Message];
  expect(batch.respond(lost, lost)).toEqual({ batchItemFailures: [{ itemIdentifier: '49591' }] });
});

test('what stands behind a record that stayed in the shard does not go past it', async () => {
  let reachable = false;
  const { sent, given } = tools({
    answer: async () => {
      if (!reachable) throw new Error('SQS is out of reach');
    },
  });
  const batch = batchOf(kinesis, kinesisEvent(['a', '{"n":1}'], ['a', '{"n":2}'], ['b', '{"n":3}']), given);
  const [first, second, other] = batch.messages as [Message, Message, Message];
  await expect(batch.retry(first, 0)).rejects.toThrow('out of reach');
  reachable = true;
  await expect(batch.retry(second, 0)).rejects.toThrow('one before it in its group could not be handed over');
  await batch.retry(other, 0);
  expect(sent.map(({ MessageBody }) => MessageBody)).toEqual(['{"n":3}']);
});

test('with a FIFO queue records go on first, each under its key, whatever characters that has', async () => {
  const { sent, given } = tools({ queueUrl: 'main.fifo' });
  const batch = batchOf(kinesis, kinesisEvent(['user-1', '{}'], ['ключ с пробелами', '{}']), given);
  expect(batch.goesOnFirst).toBe(true);
  for (const message of batch.messages) await batch.retry(message, 0);
  expect(sent).toMatchObject([
    { MessageGroupId: 'user-1', MessageDeduplicationId: 'shardId-000000000006:49590' },
    { MessageGroupId: expect.stringMatching(/^[\w-]{43}$/) },
  ]);
  expect(sent.some(({ DelaySeconds }) => DelaySeconds !== undefined)).toBe(false);
});

test('a record that the main queue is too small for is told apart from an SQS that fails', async () => {
  const large = `{"page":"${'x'.repeat(1_100_000)}"}`;
  const known = batchOf(kinesis, kinesisEvent(['a', large]));
  await expect(known.retry(known.messages[0] as Message, 0)).rejects.toThrow(
    'the main queue takes no message of 1100111 bytes',
  );
  const { given } = tools({
    answer: () =>
      Promise.reject(
        new Error('One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.'),
      ),
  });
  const refused = batchOf(kinesis, kinesisEvent(['a', '{}']), given);
  await expect(refused.retry(refused.messages[0] as Message, 0)).rejects.toThrow('takes no message of 102 bytes');
});
