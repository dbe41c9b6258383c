import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App } from 'cdktf';
import { ENVIRONMENTS } from '../../environments';
import type { EnvironmentSettings } from '../../environments/settings';
import { ClickstreamStack } from '../../environments/stacks/clickstream';
import { NOTE } from '../../functions/runtime/note';
import type { StartedEnvironment } from '../../local/environment';
import { startEnvironment } from '../../local/start-environment';
import { processBehind } from '../process-behind';
import { until } from './shop';

/** An enrichment service that can be made to suffer, and kills once whoever asks for certain pages. */
class Enrichment {
  down = false;
  readonly kills = new Set<string>();
  private readonly hanging = new Set<ServerResponse>();
  private readonly server: Server = createServer((request, response) => {
    const page = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
    if (this.down) return void this.hanging.add(response);
    if (this.kills.delete(page)) {
      const pid = processBehind(request.socket);
      if (pid === undefined || pid === process.pid) throw new Error('nobody is behind the call');
      return process.kill(pid, 'SIGKILL');
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ section: `about ${page}` }));
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  up(): void {
    this.down = false;
    for (const response of this.hanging) response.destroy();
    this.hanging.clear();
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const enrichment = new Enrichment();
const folder = mkdtempSync(join(tmpdir(), 'spillway-clicks-'));
let environment: StartedEnvironment;
let kinesis: KinesisClient;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
let lambda: LambdaClient;
const output = (name: string) => environment.stacks.get('local-us-east-1-clickstream')?.outputs[name] ?? '';

beforeAll(async () => {
  const settings = ENVIRONMENTS.local as EnvironmentSettings;
  const { clickstream } = settings;
  if (!clickstream) throw new Error('local has no clickstream');
  const app = new App({ outdir: folder });
  // Waits that a test can sit through.
  const breaker = { ...clickstream.breaker, waitSeconds: 2, watchSeconds: 2, canaries: 1, canaryIntervalSeconds: 1 };
  const quick = { ...clickstream, breaker, functionTimeoutSeconds: 5, enrichmentTimeoutMs: 1000 };
  new ClickstreamStack(app, settings, 'us-east-1', quick);
  app.synth();
  const variables = { enrichment_url: await enrichment.listen() };
  environment = await startEnvironment({ stacks: ['local-*'], synthesized: folder, variables });
  const client = {
    ...{ endpoint: environment.endpoint, region: 'us-east-1' },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  kinesis = new KinesisClient(client);
  sqs = new SQSClient(client);
  dynamodb = new DynamoDBClient(client);
  lambda = new LambdaClient(client);
}, 120_000);

afterAll(async () => {
  for (const client of [kinesis, sqs, dynamodb, lambda]) client?.destroy();
  await environment?.stop();
  enrichment.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every click that was accepted, by its visit, in the order in which it was put. */
const accepted = new Map<string, string[]>();

async function put(...records: readonly { readonly visit: string; readonly data: string }[]): Promise<void> {
  const Records = records.map(({ visit, data }) => ({ PartitionKey: visit, Data: Buffer.from(data) }));
  await kinesis.send(new PutRecordsCommand({ StreamName: output('stream_name'), Records }));
}

const clickOf = (visit: string, page: string) => ({
  visit,
  data: JSON.stringify({ clickId: `${visit}/${page}`, visit, page, clickedAt: '2026-11-28T10:00:00.000Z' }),
});

/** Clicks of visits that take turns. */
async function visit(visits: readonly string[], pages: readonly string[]): Promise<void> {
  for (const one of visits) accepted.set(one, [...(accepted.get(one) ?? []), ...pages]);
  await put(...pages.flatMap((page) => visits.map((one) => clickOf(one, page))));
}

async function path(one: string): Promise<string[]> {
  const Key = { visit: { S: one } };
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: output('visits_table_name'), Key }));
  return (Item?.steps?.L ?? []).map(({ M }) => M?.page?.S ?? '');
}

const paths = async (visits: readonly string[]) =>
  Object.fromEntries(await Promise.all(visits.map(async (one) => [one, await path(one)])));

/** Waits until the visits have all of their clicks, and holds that they are in order and there once. */
async function complete(visits: readonly string[], seconds: number): Promise<void> {
  const wanted = Object.fromEntries(visits.map((one) => [one, accepted.get(one)]));
  const count = (found: Record<string, string[] | undefined>) =>
    Object.values(found).reduce((sum, pages = []) => sum + pages.length, 0);
  const found = await until(
    'every click is done',
    () => paths(visits),
    (now) => count(now) >= count(wanted),
    seconds,
  );
  expect(found).toEqual(wanted);
}

async function depth(tier: 'main' | 'parked' | 'repair'): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const, 'ApproximateNumberOfMessagesNotVisible' as const];
  const QueueUrl = output(`${tier}_queue_url`);
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

test('clicks are enriched once, in the order of their visit', async () => {
  const visits = named('calm', 5);
  await visit(visits, ['home', 'menu', 'basket']);
  await put(...visits.map((one) => clickOf(one, 'menu')));
  await complete(visits, 60);
}, 90_000);

test('a record that is no click goes to repair, and takes none of its batch along', async () => {
  const before = accepted.get('calm-0') ?? [];
  accepted.set('calm-0', [...before, 'receipt']);
  await put({ visit: 'calm-0', data: 'no click' }, clickOf('calm-0', 'receipt'));
  await complete(['calm-0'], 60);
  await until(
    'it is in repair',
    () => depth('repair'),
    (count) => count === 1,
    30,
  );
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      ...{ QueueUrl: output('repair_queue_url'), VisibilityTimeout: 0, WaitTimeSeconds: 2 },
      MessageAttributeNames: ['All'],
    }),
  );
  expect(JSON.parse(Messages[0]?.MessageAttributes?.[NOTE]?.StringValue ?? '{}')).toMatchObject({
    ...{ reason: 'malformed', consumer: 'enrich-clicks' },
  });
}, 120_000);

test('while enrichment is down clicks wait unread, and are done in order when it is back', async () => {
  enrichment.down = true;
  const visits = named('outage', 8);
  await visit(visits, ['home', 'menu']);
  const mapping = async () => {
    const UUID = output('event_source_mapping_uuid');
    return (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
  };
  await until('the queue is no longer read', mapping, (state) => state === 'Disabled', 90);
  // The stream goes on taking clicks, and they go on to the queue.
  await visit(visits, ['basket', 'receipt']);
  await until(
    'all of them wait',
    () => depth('main'),
    (count) => count === 32,
    60,
  );
  expect(await paths(visits)).toEqual(Object.fromEntries(visits.map((one) => [one, []])));
  enrichment.up();
  await complete(visits, 150);
}, 330_000);

test('a process that is killed in mid-batch loses no click, and its visits keep their order', async () => {
  const visits = named('killed', 4);
  enrichment.kills.add('menu');
  await visit(visits, ['home', 'menu', 'basket']);
  await complete(visits, 150);
  expect(enrichment.kills.size).toBe(0);
}, 180_000);

test('in the end every click that was accepted is done, in repair or parked', async () => {
  await until(
    'nothing waits',
    () => depth('main'),
    (count) => count === 0,
    60,
  );
  await complete([...accepted.keys()], 10);
  expect(await depth('parked')).toBe(0);
  expect(await depth('repair')).toBe(1);
}, 90_000);
