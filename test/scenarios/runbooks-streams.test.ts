import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStreamCommand, KinesisClient, PutRecordCommand, waitUntilStreamExists } from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { Runbook, withAws } from './runbook';
import { until } from './shop';

const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
const stream_name = 'the-clicks';
let emulator: Emulator;
let kinesis: KinesisClient;
let lambda: LambdaClient;
let sqs: SQSClient;

beforeAll(async () => {
  emulator = await startEmulator();
  const { endpoint } = emulator;
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  kinesis = new KinesisClient(settings);
  lambda = new LambdaClient(settings);
  sqs = new SQSClient(settings);
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await emulator?.stop();
}, 30_000);

async function queue(QueueName: string) {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return { url: QueueUrl, arn: Attributes?.QueueArn as string };
}

withAws(
  'stream: a record that Lambda gave up is fetched from the stream, put on it again, and done',
  async () => {
    const failed = await queue('the-reader-failed');
    const done = await queue('done');
    const body = `JSON.stringify({ QueueUrl: ${JSON.stringify(done.url)}, MessageBody: Records[0].kinesis.data })`;
    const headers = `{ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' }`;
    const work = `await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers: ${headers}, body: ${body} });`;
    const code = (text: string) =>
      zipSync({ 'index.js': strToU8(`exports.handler = async ({ Records }) => { ${text} };`) });
    const FunctionName = 'the-reader';
    await lambda.send(
      new CreateFunctionCommand({
        ...{
          FunctionName,
          Role: 'arn:aws:iam::000000000000:role/test',
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
        },
        Code: { ZipFile: code("throw new Error('broken');") },
      }),
    );
    await kinesis.send(new CreateStreamCommand({ StreamName: stream_name, ShardCount: 1 }));
    const there = { client: kinesis, maxWaitTime: 30, minDelay: 1, maxDelay: 1 };
    await waitUntilStreamExists(there, { StreamName: stream_name });
    await lambda.send(
      new CreateEventSourceMappingCommand({
        ...{ FunctionName, StartingPosition: 'TRIM_HORIZON', MaximumRetryAttempts: 0 },
        EventSourceArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${stream_name}`,
        DestinationConfig: { OnFailure: { Destination: failed.arn } },
      }),
    );
    const click = { StreamName: stream_name, PartitionKey: 'Ada', Data: Buffer.from('a click') };
    await kinesis.send(new PutRecordCommand(click));

    const runbook = new Runbook('stream', { endpoint: emulator.endpoint, output: () => stream_name });
    const from = { region: 'us-east-1', 'failed queue': failed.url };
    const here = (line: string) => line.replace(/given-up\.json|record$/g, (name) => join(folder, name));
    const follow = async (begins: string, said: Record<string, string>) => {
      const answer = await runbook.follow(begins, { ...from, ...said }, here);
      expect(answer).toMatchObject({ status: 0, stderr: '' });
      return answer.stdout ? JSON.parse(answer.stdout) : {};
    };
    const told = await until(
      'it is given up',
      () => follow('aws sqs receive-message', {}),
      ({ Messages }) => Messages,
    );
    const [{ Body, ReceiptHandle }] = told.Messages;
    const { shardId, startSequenceNumber, batchSize } = JSON.parse(Body).KinesisBatchInfo;
    const { ShardIterator } = await follow('aws kinesis get-shard-iterator', { shardId, startSequenceNumber });
    await follow('aws kinesis get-records', { ShardIterator, batchSize: String(batchSize) });
    const [record] = JSON.parse(readFileSync(join(folder, 'given-up.json'), 'utf8')).Records;

    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: code(work) }));
    await follow("jq -r '.Records", { n: '0' });
    await follow('aws kinesis put-record', { PartitionKey: record.PartitionKey });
    await follow('aws sqs delete-message', { ReceiptHandle });
    const receive = new ReceiveMessageCommand({ QueueUrl: done.url, WaitTimeSeconds: 1 });
    const { Messages } = await until(
      'it is done',
      () => sqs.send(receive),
      (seen) => Boolean(seen.Messages?.length),
    );
    expect(Buffer.from(Messages?.[0]?.Body ?? '', 'base64').toString()).toBe('a click');
    expect(runbook.left()).toEqual([]);
  },
  90_000,
);
