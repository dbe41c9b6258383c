import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeStreamSummaryCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Deployer } from '../../local/deploy/deployer';
import { parseStack } from '../../local/deploy/synthesized';
import { EventBus } from '../../modules/event-bus';
import { Stream } from '../../modules/stream';
import { TieredQueue } from '../../modules/tiered-queue';
import { Topic } from '../../modules/topic';
import { synthesized } from '../modules/synthesized';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
const queueUrl = (name: string) => `${on.endpoint}/000000000000/${name}`;

async function deploy(build: Parameters<typeof synthesized>[0]) {
  const { json } = synthesized(build);
  const deployer = new Deployer(on.endpoint, {});
  try {
    return await deployer.deploy([parseStack('services', '.', json)]);
  } finally {
    deployer.close();
  }
}

const received = async (name: string) => {
  const asked = new ReceiveMessageCommand({ QueueUrl: queueUrl(name), WaitTimeSeconds: 5, MaxNumberOfMessages: 10 });
  return ((await on.sqs.send(asked)).Messages ?? []).map(({ Body = '' }) => Body);
};

test('what the modules make of topics, buses and streams is deployed, and delivers', async () => {
  const build: Parameters<typeof synthesized>[0] = (scope) => {
    const queue = new TieredQueue(scope, 'queue', { queueName: 'kitchen' });
    const filter = { attributes: { size: ['large'] } };
    new Topic(scope, 'topic', { topicName: 'orders' }).subscribeQueue('kitchen', queue, { filter });
    const bus = new EventBus(scope, 'bus', { busName: 'orders', account: '000000000000', region: 'us-east-1' });
    bus.allowAccount('222222222222');
    bus.rule('placed', { pattern: { source: ['shop'] } }).toQueue('kitchen', queue, { inputPath: '$.detail' });
    new Stream(scope, 'clicks', { streamName: 'clicks', shards: 2 });
  };
  await deploy(build);
  expect(await deploy(build)).toMatchObject({ created: 0, deleted: 0 });

  const publish = (size: string) =>
    on.client(SNSClient).send(
      new PublishCommand({
        TopicArn: 'arn:aws:sns:us-east-1:000000000000:orders',
        Message: size,
        MessageAttributes: { size: { DataType: 'String', StringValue: size } },
      }),
    );
  await publish('small');
  await publish('large');
  expect(await received('kitchen')).toEqual(['large']);

  const event = { EventBusName: 'orders', Source: 'shop', DetailType: 'OrderPlaced', Detail: '{"size":"small"}' };
  await on.client(EventBridgeClient).send(new PutEventsCommand({ Entries: [event] }));
  expect((await received('kitchen')).map((body) => JSON.parse(body))).toEqual([{ size: 'small' }]);

  const { StreamDescriptionSummary } = await on
    .client(KinesisClient)
    .send(new DescribeStreamSummaryCommand({ StreamName: 'clicks' }));
  expect(StreamDescriptionSummary).toMatchObject({ OpenShardCount: 2, RetentionPeriodHours: 168 });
}, 60_000);
