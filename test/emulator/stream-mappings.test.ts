import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateStreamCommand, KinesisClient, PutRecordsCommand, waitUntilStreamExists } from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { OnEmulator, until } from './on-emulator';

/** What Lambda documents of streams and the overlay adds to the emulator: local/emulator/stream_mappings.py names the pages. */
const on = OnEmulator.forThisFile();

/** A function that notes the records of each batch in a queue, and then does with them what `work` says. */
async function noting(work: string) {
  const batches = await on.queue();
  const code = `
    const { AWS_ENDPOINT_URL: url } = process.env;
    const text = ({ kinesis, dynamodb }) => kinesis ? Buffer.from(kinesis.data, 'base64').toString() : dynamodb.Keys.id.S;
    const number = ({ kinesis, dynamodb }) => (kinesis ?? dynamodb).sequenceNumber ?? dynamodb.SequenceNumber;
    const named = (...records) => ({ batchItemFailures: records.map((one) => ({ itemIdentifier: number(one) })) });
    let calls = 0;
    exports.handler = async ({ Records }) => {
      calls += 1;
      const texts = Records.map(text);
      const body = JSON.stringify({ QueueUrl: ${JSON.stringify(batches.url)}, MessageBody: texts.join(' ') });
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };
      await fetch(url, { method: 'POST', headers, body });
      ${work}
    };`;
  const handler = await on.deployFunction(code);
  const seen: string[] = [];
  return {
    handler,
    batches: (count: number) =>
      until(
        `${count} batches`,
        async () => {
          const received = await on.receive(batches.url);
          seen.push(...received.map(({ Body = '' }) => Body));
          return seen;
        },
        () => seen.length >= count,
      ),
  };
}

async function stream() {
  const StreamName = on.name('stream');
  const client = on.client(KinesisClient);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  await waitUntilStreamExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { StreamName });
  return {
    arn: `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`,
    put: async (...texts: string[]) => {
      const Records = texts.map((text) => ({ PartitionKey: 'key', Data: Buffer.from(text) }));
      await client.send(new PutRecordsCommand({ StreamName, Records }));
    },
  };
}

const read = async (
  EventSourceArn: string,
  { name }: { readonly name: string },
  settings: Partial<CreateEventSourceMappingCommandInput> = {},
) => {
  const { UUID } = await on.client(LambdaClient).send(
    new CreateEventSourceMappingCommand({
      EventSourceArn,
      FunctionName: name,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...settings,
    }),
  );
  return UUID;
};

const toldTo = async (url: string) => {
  const [letter] = await until(
    'a letter',
    () => on.receive(url, 60, 1),
    ({ length }) => length > 0,
    30_000,
  );
  return JSON.parse(letter?.Body ?? '{}');
};

const once = 'if (calls === 1) return';

it('goes on from the lowest sequence number that is named', async () => {
  const { handler, batches } = await noting(`${once} named(Records[3], Records[1]);`);
  const { arn, put } = await stream();
  await put('a', 'b', 'c', 'd');
  await read(arn, handler);
  expect(await batches(2)).toEqual(['a b c d', 'b c d']);
  await put('e');
  expect(await batches(3)).toEqual(['a b c d', 'b c d', 'e']);
}, 30_000);

it.each([
  ['an empty name', "''"],
  ['a name of no record', "'1'"],
  ['no name', 'null'],
])(
  'tries a whole batch again for %s',
  async (_, name) => {
    const { handler, batches } = await noting(`${once} { batchItemFailures: [{ itemIdentifier: ${name} }] };`);
    const { arn, put } = await stream();
    await put('a', 'b');
    await read(arn, handler);
    expect(await batches(2)).toEqual(['a b', 'a b']);
  },
  30_000,
);

it('splits a batch until the record stands alone that its function dies of, and says where it is', async () => {
  const { handler, batches } = await noting("if (texts.includes('poison')) throw new Error('poison');");
  const { arn, put } = await stream();
  const failed = await on.queue();
  await put('a', 'b', 'poison', 'd');
  await read(arn, handler, {
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: failed.arn } },
  });
  // Splitting spends no retry: the record has its one when it stands alone.
  expect(await batches(6)).toEqual(['a b poison d', 'a b', 'poison d', 'poison', 'poison', 'd']);
  expect(await toldTo(failed.url)).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
    KinesisBatchInfo: { batchSize: 1, streamArn: arn, shardId: 'shardId-000000000000' },
  });
}, 30_000);

it('gives up what is older than it may be, and only that', async () => {
  const { handler, batches } = await noting("if (texts.includes('poison')) throw new Error('poison');");
  const { arn, put } = await stream();
  const failed = await on.queue();
  await put('poison');
  await read(arn, handler, {
    MaximumRecordAgeInSeconds: 2,
    DestinationConfig: { OnFailure: { Destination: failed.arn } },
  });
  expect(await toldTo(failed.url)).toMatchObject({ requestContext: { condition: 'RecordAgeExceeded' } });
  const before = (await batches(1)).length;
  await put('young');
  expect((await batches(before + 1)).at(-1)).toBe('young');
}, 30_000);

it('keeps its place while it is switched off', async () => {
  const { handler, batches } = await noting('');
  const { arn, put } = await stream();
  await put('a');
  const UUID = await read(arn, handler);
  await batches(1);
  const enable = (Enabled: boolean) =>
    on.client(LambdaClient).send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  await enable(false);
  await put('b');
  await expect(
    until(
      'a batch',
      async () => (await batches(1)).length,
      (count) => count > 1,
      1500,
    ),
  ).rejects.toThrow();
  await enable(true);
  expect(await batches(2)).toEqual(['a', 'b']);
}, 30_000);

it('goes on from what is named of a table’s changes', async () => {
  const client = on.client(DynamoDBClient);
  const { TableName, streamArn } = await on.tableWithStream(client);
  for (const id of ['a', 'b', 'c']) await client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
  const { handler, batches } = await noting(`${once} named(Records[1]);`);
  await read(streamArn, handler);
  expect(await batches(2)).toEqual(['a b c', 'b c']);
}, 30_000);
