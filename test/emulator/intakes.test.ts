import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateStreamCommand, KinesisClient, PutRecordCommand, waitUntilStreamExists } from '@aws-sdk/client-kinesis';
import { CreateEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreatePipeCommand, PipesClient } from '@aws-sdk/client-pipes';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { intake } from '../../functions/operations/circuit-breaker/reconcile/intakes';
import { OnEmulator, until } from './on-emulator';

const on = OnEmulator.forThisFile();

const clients = () => ({
  lambda: on.client(LambdaClient),
  pipes: on.client(PipesClient),
  events: on.client(EventBridgeClient),
});

/** A queue that takes down what arrives. */
async function arrivals() {
  const queue = await on.queue();
  const seen: string[] = [];
  const look = async () => {
    seen.push(...(await on.receive(queue.url)).map(({ Body = '' }) => Body));
    return seen;
  };
  return { queue, seen, look };
}

/** Off: what is sent doesn't arrive. On again: it arrives, unless nobody keeps it. */
async function switches(
  named: Parameters<typeof intake>[0],
  send: (text: string) => Promise<unknown>,
  { seen, look }: Pick<Awaited<ReturnType<typeof arrivals>>, 'seen' | 'look'>,
) {
  const switched = intake(named, clients());
  const arrives = (text: string) =>
    until(`${text} arrives`, look, (all: readonly string[]) => all.some((body) => body.includes(text)));
  await send('before');
  await arrives('before');
  expect(await switched.isOn()).toBe(true);
  await switched.switch(false);
  await until(
    'it is off',
    () => switched.isOn(),
    (isOn) => isOn === false,
  );
  await wait(2000);
  await send('meanwhile');
  await wait(3000);
  await look();
  expect(seen.join()).not.toContain('meanwhile');
  await switched.switch(true);
  await until(
    'it is on',
    () => switched.isOn(),
    (isOn) => isOn === true,
  );
  await send('after');
  await arrives('after');
}

test('the mapping of a stream is switched, and reads on where it was', async () => {
  const StreamName = on.name('stream');
  const kinesis = on.client(KinesisClient);
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { StreamName });
  const to = await arrivals();
  const { name } = await on.deployFunction(`
    const { AWS_ENDPOINT_URL: url } = process.env;
    exports.handler = async ({ Records }) => {
      const MessageBody = Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64')).join(' ');
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };
      const body = JSON.stringify({ QueueUrl: ${JSON.stringify(to.queue.url)}, MessageBody });
      await fetch(url, { method: 'POST', headers, body });
    };`);
  const EventSourceArn = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
  const mapping = { EventSourceArn, FunctionName: name, StartingPosition: 'TRIM_HORIZON' } as const;
  const { UUID = '' } = await clients().lambda.send(new CreateEventSourceMappingCommand(mapping));
  const send = (text: string) =>
    kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: 'key', Data: Buffer.from(text) }));
  await switches({ mapping: UUID }, send, to);
  expect((await to.look()).join()).toContain('meanwhile');
}, 120_000);

test('a rule is switched', async () => {
  const events = clients().events;
  const Name = on.name('rule');
  const to = await arrivals();
  await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify({ source: ['shop'] }) }));
  await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'queue', Arn: to.queue.arn }] }));
  const send = (text: string) =>
    events.send(new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: text, Detail: '{}' }] }));
  await switches({ rule: Name, bus: 'default' }, send, to);
}, 120_000);

/** One that reads a table's changes and publishes them: the emulator makes none that read a queue. To the breaker a pipe is a name, whatever it reads. */
test('a pipe is switched, and reads on where it was', async () => {
  const dynamodb = on.client(DynamoDBClient);
  const { TableName, streamArn } = await on.tableWithStream(dynamodb);
  const to = await arrivals();
  const sns = on.client(SNSClient);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: on.name('topic') }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: to.queue.arn }));
  const Name = on.name('pipe');
  const RoleArn = 'arn:aws:iam::000000000000:role/pipe';
  const pipe = { Name, RoleArn, Source: streamArn, Target: TopicArn };
  await clients().pipes.send(new CreatePipeCommand(pipe));
  const send = (id: string) => dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
  await switches({ pipe: Name }, send, to);
  expect((await to.look()).join()).toContain('meanwhile');
}, 120_000);
