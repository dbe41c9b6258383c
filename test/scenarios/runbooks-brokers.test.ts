import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import type { BrokerToOperate } from '../../functions/operations/broker-operations/contract';
import { sendToRepair } from '../../functions/runtime/repair';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { ROOT, Runbook, SPILLWAY, withAws } from './runbook';
import { until } from './shop';

const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
let emulator: Emulator;
let lambda: LambdaClient;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
let mq: Server;
/** What Amazon MQ says of each broker; of others it knows nothing. */
const described: Record<string, object | undefined> = {};
/** What Amazon MQ was asked to do. */
const asked: string[] = [];
const outputs: Record<string, string> = {};
const page = (name: string) =>
  new Runbook(name, { endpoint: emulator.endpoint, output: (output) => outputs[output] as string });

/** Amazon MQ with a broker that is replicated to another region: ActiveMQ itself replicates nothing. */
const amazonMq = () =>
  createServer(async (request, response) => {
    const [, , , broker = '', action] = request.url?.split('/') ?? [];
    let body = '';
    for await (const chunk of request) body += chunk;
    if (action) asked.push(`${action} ${broker} ${body}`);
    const answer = action ? {} : described[broker];
    response.writeHead(answer ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });

beforeAll(async () => {
  mq = amazonMq();
  await new Promise<void>((resolve) => mq.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(mq.address() as AddressInfo).port}`;
  emulator = await startEmulator({ amazonMq: { url, authorityPath: '/dev/null' } });
  const { endpoint } = emulator;
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  lambda = new LambdaClient(settings);
  sqs = new SQSClient(settings);
  dynamodb = new DynamoDBClient(settings);
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await emulator?.stop();
  mq?.close();
}, 30_000);

async function make(FunctionName: string, ZipFile: Uint8Array, Variables: Record<string, string> = {}): Promise<void> {
  const Role = 'arn:aws:iam::000000000000:role/test';
  const settings = { Role, Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 30 } as const;
  await lambda.send(
    new CreateFunctionCommand({ FunctionName, ...settings, Environment: { Variables }, Code: { ZipFile } }),
  );
}
const code = (text: string) => zipSync({ 'index.js': strToU8(text) });

withAws(
  'broker-down: a primary whose region is lost is seen, and its replica takes over when a person has allowed it',
  async () => {
    const [PRIMARY, REPLICA] = ['prod-eu-central-1-broker', 'prod-eu-west-1-broker'];
    described['b-2'] = {
      ...{ brokerState: 'RUNNING', engineVersion: '5.18.6', hostInstanceType: 'mq.m5.large' },
      ...{ deploymentMode: 'ACTIVE_STANDBY_MULTI_AZ', users: [], logs: { general: true, audit: true } },
      configurations: { current: { id: 'c-1', revision: 7 } },
      dataReplicationMode: 'CRDR',
      dataReplicationMetadata: {
        dataReplicationRole: 'REPLICA',
        dataReplicationCounterpart: { brokerId: 'b-1', region: 'us-east-1' },
      },
    };
    const toOperate = (name: string, brokerId: string): BrokerToOperate => ({
      ...{ name, brokerId, region: 'us-east-1', endpoints: ['ssl://one:61617', 'ssl://two:61617'] },
      wants: {
        ...{ configurationId: 'c-1', configurationRevision: '7', engineVersion: '5.18', instanceType: 'mq.m5.large' },
        ...{ deploymentMode: 'ACTIVE_STANDBY_MULTI_AZ', users: [], logs: { general: true, audit: true } },
      },
      reachFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${brokerId}-reach`,
    });
    const TableName = 'prod-brokers-ledger';
    await dynamodb.send(
      new CreateTableCommand({
        ...{ TableName, BillingMode: 'PAY_PER_REQUEST' },
        KeySchema: [
          { AttributeName: 'network', KeyType: 'HASH' },
          { AttributeName: 'record', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: ['network', 'record'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      }),
    );
    await make('b-1-reach', code('exports.handler = async () => ({ answers: [false, false] });'));
    await make('b-2-reach', code('exports.handler = async () => ({ answers: [false, false] });'));
    await make('prod-brokers-operations', readFileSync(join(ROOT, 'dist', 'functions', 'broker-operations.zip')), {
      ...{ NETWORK: 'prod-brokers', LEDGER_TABLE: TableName, FAILOVER_AFTER_SECONDS: '1' },
      BROKERS: JSON.stringify([toOperate(PRIMARY, 'b-1'), toOperate(REPLICA, 'b-2')]),
    });
    const round = async () => {
      const Payload = JSON.stringify({ operation: 'broker-operations' });
      const command = new InvokeCommand({ FunctionName: 'prod-brokers-operations', Payload });
      return JSON.parse((await lambda.send(command)).Payload?.transformToString() ?? '');
    };

    const runbook = page('broker-down');
    const here = (line: string) => line.replaceAll(/\w+\.json/g, (name) => join(folder, name));
    const look = async () => {
      // A look writes nothing down: since when it is gone is known from the rounds of the schedule.
      await round();
      expect(await runbook.follow('echo', {}, here)).toMatchObject({ status: 0, stderr: '' });
      const answer = await runbook.follow('aws lambda invoke', { env: 'prod' }, here);
      expect(answer).toMatchObject({ status: 0, stderr: '' });
      return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    };
    await until('it asks for a failover', look, ({ action }) => action.kind === 'ask' && action.action === 'failover');
    expect(asked).toEqual([]);
    const said = { env: 'prod', 'the replica': REPLICA, you: 'Ada', 'an id of your own': 'failover-1' };
    expect(await runbook.follow('aws dynamodb put-item', said)).toMatchObject({ status: 0, stderr: '' });
    expect(await round()).toMatchObject({ action: { kind: 'promote', mode: 'FAILOVER' }, outcome: 'done' });
    expect(asked).toEqual(['promote b-2 {"mode":"FAILOVER"}']);

    // The region that is lost may be the one with the operations.
    const byHand = { "replica's": 'us-east-1', id: 'b-2' };
    expect(await runbook.follow('aws mq promote', byHand)).toMatchObject({ status: 0, stderr: '' });
    expect(asked.at(-1)).toBe('promote b-2 {"mode": "FAILOVER"}');
    expect(runbook.left()).toEqual([]);
  },
  120_000,
);

withAws(
  'broker-queue and broker-dead-letters: a mapping is found and switched, and a message in pieces put together',
  async () => {
    const repair = await sqs.send(new CreateQueueCommand({ QueueName: 'repair' }));
    const QueueUrl = repair.QueueUrl as string;
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const FunctionName = 'local-broker-consumer';
    await make(FunctionName, code('exports.handler = async () => {};'));
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
