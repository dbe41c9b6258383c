import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { written } from '../review/written';

const ROOT = join(__dirname, '../..');
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
}, 60_000);
afterAll(() => emulator?.stop());

test('--live asks the account what the plan destroys, with the real clients', async () => {
  const options = {
    ...{ endpoint: emulator.endpoint, region: 'us-east-1' },
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  };
  const [sqs, sns] = [new SQSClient(options), new SNSClient(options)];
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
  for (const MessageBody of ['1', '2']) await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
  const { TopicArn: topic = '' } = await sns.send(new CreateTopicCommand({ Name: 'alarms' }));
  await sns.send(
    new SubscribeCommand({
      TopicArn: topic,
      Protocol: 'sqs',
      Endpoint: topic.replace('sns', 'sqs').replace('alarms', 'orders'),
    }),
  );

  const gone = (type: string, name: string, before: object) => ({
    ...{ address: `${type}.${name}`, mode: 'managed', type, name },
    change: { actions: ['delete'], before, after: null },
  });
  const account = topic.split(':')[4];
  const plan = written('{}');
  writeFileSync(
    plan,
    JSON.stringify({
      format_version: '1.2',
      resource_changes: [
        gone('aws_sqs_queue', 'orders', {
          ...{ name: 'orders', url: `https://sqs.us-east-1.amazonaws.com/${account}/orders` },
          arn: `arn:aws:sqs:us-east-1:${account}:orders`,
        }),
        gone('aws_sns_topic', 'alarms', { name: 'alarms', arn: topic }),
      ],
    }),
  );
  const { stdout, status } = spawnSync(process.execPath, ['bin/spillway.js', 'review', plan, '--live'], {
    ...{ cwd: ROOT, encoding: 'utf8' },
    env: {
      ...{ PATH: process.env.PATH, AWS_ENDPOINT_URL: emulator.endpoint, AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
    },
  });
  expect(status).toBe(0);
  const now = stdout
    .split('\n')
    .filter((line) => /^ +Now: /.test(line))
    .map((line) => line.trim());
  expect(now).toEqual([
    'Now: messages in it: 2 waiting, 0 in flight, 0 delayed',
    expect.stringMatching(/^Now: oldest of them: (?!not asked)/),
    expect.stringMatching(/^Now: messages sent to it in the last 14 days: (?!not asked)/),
    expect.stringMatching(/^Now: messages published to it in the last 14 days: (?!not asked)/),
    'Now: subscribers: 1 confirmed',
  ]);
}, 60_000);
