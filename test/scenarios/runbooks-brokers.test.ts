import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { sendToRepair } from '../../functions/runtime/repair';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { ROOT, Runbook, SPILLWAY, withAws } from './runbook';
import { until } from './shop';

const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
let emulator: Emulator;
let lambda: LambdaClient;
let sqs: SQSClient;
const outputs: Record<string, string> = {};
const page = (name: string) =>
  new Runbook(name, { endpoint: emulator.endpoint, output: (output) => outputs[output] as string });

beforeAll(async () => {
  emulator = await startEmulator();
  const { endpoint } = emulator;
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  lambda = new LambdaClient(settings);
  sqs = new SQSClient(settings);
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await emulator?.stop();
}, 30_000);

withAws(
  'broker-queue and broker-dead-letters: a mapping is found and switched, and a message in pieces put together',
  async () => {
    const repair = await sqs.send(new CreateQueueCommand({ QueueName: 'repair' }));
    const QueueUrl = repair.QueueUrl as string;
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const FunctionName = 'local-broker-consumer';
    await lambda.send(
      new CreateFunctionCommand({
        ...{
          FunctionName,
          Role: 'arn:aws:iam::000000000000:role/test',
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
        },
        Code: { ZipFile: zipSync({ 'index.js': strToU8('exports.handler = async () => {};') }) },
      }),
    );
    const { UUID } = await lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: Attributes?.QueueArn, Enabled: false }),
    );
    const queue = page('broker-queue');
    const listed = await queue.follow('aws lambda list-event-source-mappings', { prefix: 'local' });
    expect(JSON.parse(listed.stdout).EventSourceMappings).toMatchObject([{ UUID, State: 'Disabled' }]);
    const state = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
    const is = (wanted: string) => until(wanted, state, (seen) => seen === wanted);
    expect(await queue.follow('aws lambda update-event-source-mapping', { uuid: UUID as string })).toMatchObject({
      ...{ status: 0, stderr: '' },
    });
    await is('Enabled');
    expect(queue.left()).toEqual([]);

    Object.assign(outputs, { dead_letters_mapping_uuid: UUID, repair_queue_url: QueueUrl });
    const dead = page('broker-dead-letters');
    const SWITCH = 'aws lambda update-event-source-mapping --uuid <dead_letters_mapping_uuid>';
    expect(await dead.follow(`${SWITCH} --no-enabled`)).toMatchObject({ status: 0, stderr: '' });
    await is('Disabled');
    const bytes = randomBytes(800_000);
    await sendToRepair(
      sqs,
      QueueUrl,
      { id: 'ID:broker-1', body: '', bytes, attributes: {}, sentAt: new Date(), receiveCount: 1, source: 'arn:aws:mq' },
      {
        reason: 'malformed',
        detail: 'no JSON',
        consumer: 'c',
        sentAt: '2026-01-01T00:00:00Z',
        messageId: 'ID:broker-1',
      },
    );
    const connection = ['--endpoint', emulator.endpoint, '--region', 'us-east-1'];
    const shown = spawnSync(process.execPath, ['bin/spillway.js', 'repair', '--queue', QueueUrl, ...connection], {
      ...{ cwd: ROOT, encoding: 'utf8' },
    });
    const at = (line: string) => line.replace(/piece-\d|message$/g, (name) => join(folder, name));
    for (const piece of ['1', '2']) {
      const id = new RegExp(`^(\\S+)  .*piece ${piece} of 2`, 'm').exec(shown.stdout)?.[1] as string;
      const nth = (line: string) => at(line.replace('piece-1', `piece-${piece}`));
      expect(await dead.follow(`${SPILLWAY} repair`, { id }, nth)).toMatchObject({ status: 0, stderr: '' });
      const note = await dead.follow("jq '", {}, nth);
      expect(JSON.parse(note.stdout)).toMatchObject({ encoding: 'base64', messageId: 'ID:broker-1' });
    }
    expect(await dead.follow('jq -jr', {}, at)).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(folder, 'message')).equals(bytes)).toBe(true);
    expect(await dead.follow(`${SWITCH} --enabled`)).toMatchObject({ status: 0, stderr: '' });
    expect(dead.left()).toEqual([]);
  },
  120_000,
);
