import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { deskPorts } from '../../functions/desk/aws/edges';
import { Desk } from '../../functions/desk/core/desk';
import { beginRelease } from '../../functions/desk/core/releases';
import { BreakerLane } from './breaker-lane';
import { ids, pagesOf, type Runbook, SPILLWAY, withAws } from './runbook';
import { anOrder, type Lane, laneWith, quick, type Shop, startShop, until } from './shop';

const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
const file = (name: string) => join(folder, name);
let shop: Shop;
let page: (name: string, lane: Lane) => Runbook;
let sqs: SQSClient;
let lambda: LambdaClient;
let dynamodb: DynamoDBClient;

/** Seconds instead of half a minute and a day. */
const soon = { intervalSeconds: 1, rate: 1, attempts: 1, capSeconds: 2 };

beforeAll(async () => {
  const saga = laneWith('saga');
  shop = await startShop([
    quick('circuit-breaker'),
    { ...saga, saga: { ...saga.saga, paymentTimeoutMs: 1000, retry: soon, lastingRetry: soon } },
  ]);
  page = pagesOf(shop);
  const { endpoint } = shop.environment;
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  sqs = new SQSClient(settings);
  lambda = new LambdaClient(settings);
  dynamodb = new DynamoDBClient(settings);
}, 180_000);
beforeEach(() => shop.environment.payment.setFault({ kind: 'up' }));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await shop?.stop();
}, 30_000);

withAws(
  'breaker-open and waiting: looked at, held, lifted, followed by the recovery',
  async () => {
    const lane = shop.lane('breaker');
    const breaker = new BreakerLane(shop, lane);
    const runbook = page('breaker-open', lane);
    const you = { you: 'Ada' };
    shop.environment.payment.setFault({ kind: 'failing' });
    await lane.place(...ids('waiting', 8));
    await breaker.state('open', 30);
    const status = () => runbook.follow(`${SPILLWAY} breaker status`);
    expect(await status()).toMatchObject({ status: 0, stdout: expect.stringMatching(/^payment: open since /) });

    const hold = (until: string) =>
      runbook.follow(`${SPILLWAY} breaker hold payment`, you, (line) => line.replace('1m', until));
    expect(await hold('2h')).toMatchObject({ status: 0 });
    expect(await hold('1m')).toMatchObject({ status: 1, stderr: expect.stringContaining('Ada') });
    shop.environment.payment.setFault({ kind: 'up' });
    expect(await runbook.follow(`${SPILLWAY} breaker lift payment`, you)).toMatchObject({ status: 0 });

    const waiting = page('waiting', lane);
    expect(await waiting.follow(`${SPILLWAY} breaker status`)).toMatchObject({ status: 0 });
    await breaker.state('closed', 90);
    await until(
      'all paid',
      () => breaker.unpaid(),
      (left) => left.length === 0,
      90,
    );
    expect(await waiting.follow('aws sqs set-queue-attributes')).toMatchObject({ status: 0, stderr: '' });

    const queue = { prefix: 'local-us-east-1-breaker' };
    const address = await runbook.follow('aws sqs get-queue-url', queue);
    expect(address).toMatchObject({ status: 0, stderr: '' });
    const { QueueUrl } = JSON.parse(address.stdout) as { QueueUrl: string };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'an event that nobody could handle' }));
    const failures = { 'its address': QueueUrl };
    const received = await runbook.follow('aws sqs receive-message', failures);
    const [{ ReceiptHandle, Body }] = JSON.parse(received.stdout).Messages;
    expect(Body).toBe('an event that nobody could handle');
    const message = { ...failures, 'its ReceiptHandle': ReceiptHandle };
    expect(await runbook.follow('aws sqs delete-message', message)).toMatchObject({ status: 0, stderr: '' });
    expect(runbook.left()).toEqual([]);
  },
  300_000,
);

const DESK = `${SPILLWAY} dead-letters --table <desk_table_name>`;

test('dead-letters: looked at, one mended and sent, a group changed and released, one discarded', async () => {
  const lane = shop.lane('breaker');
  const runbook = page('dead-letters', lane);
  const broken = (orderId: string, change: object) => JSON.stringify({ ...anOrder({ orderId }), ...change });
  const nameless = ids('nameless', 3);
  for (const id of nameless) await lane.post(broken(id, { customer: '' }));
  await lane.post(broken('euro-0000', { currency: 'EUR' }));
  const groupOf = (path: string, count: number) =>
    until(
      `${count} at ${path}`,
      async () => (await runbook.follow(`${DESK} groups`)).stdout,
      (said) => new RegExp(`malformed at ${path}\\n.+\\n  ${count} open`).test(said),
    ).then((said) => ({ group: new RegExp(`^(\\S+)  fix  .+malformed at ${path}`, 'm').exec(said)?.[1] as string }));
  const customer = await groupOf('customer', 3);
  const lettersOf = async (group: { group: string }) => {
    const { stdout } = await runbook.follow(`${DESK} list`, group);
    return [...stdout.matchAll(/^(\S+) {2}open {2}(\S+)/gm)].map(([, letter = '', id = '']) => ({ letter, id }));
  };

  const [first] = await lettersOf(customer);
  if (!first) throw new Error('the group has no letter');
  const body = file('body.json');
  writeFileSync(body, broken(first.id, { customer: 'Ada' }));
  const edited = await runbook.follow(`${DESK} edit`, first, (line) => `${line} --body ${body}`);
  expect(edited).toMatchObject({ status: 0, stderr: '' });
  expect(await runbook.follow(`${DESK} send`, first)).toMatchObject({ status: 0, stderr: '' });

  const patch = file('patch.json');
  writeFileSync(patch, '[{"op": "replace", "path": "/customer", "value": "Ada"}]');
  const patched = (line: string) => `${line} --patch ${patch}`;
  expect(await runbook.follow(`${DESK} release <group> --dry-run`, customer, patched)).toMatchObject({
    ...{ status: 0, stdout: expect.stringContaining('2 letters, 2 fit and would be sent') },
  });
  expect(await runbook.follow(`${DESK} release <group>`, customer, patched)).toMatchObject({
    ...{ status: 0, stdout: expect.stringContaining('(2 done, 0 came back, 0 waiting') },
  });
  const statuses = await lane.statuses(nameless);
  expect(Object.values(statuses)).toEqual(['paid', 'paid', 'paid']);

  const [euro] = await lettersOf(await groupOf('currency', 1));
  const why = { letter: euro?.letter as string, why: 'a test of the till' };
  expect(await runbook.follow(`${DESK} discard`, why)).toMatchObject({ status: 0, stderr: '' });
  expect(runbook.left()).toEqual([expect.stringMatching(/ take /), `${DESK} releases`, `${DESK} resume <release>`]);
}, 180_000);

test('dead-letters: a keeper and a worker that are out are made up for by hand', async () => {
  const lane = shop.lane('breaker');
  const runbook = page('dead-letters', lane);
  const worker = lane.output('desk_worker_function_name');
  const FunctionName = worker.replace('worker', 'keeper');
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
  for (const { UUID } of EventSourceMappings)
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: worker, ReservedConcurrentExecutions: 0 }));
  await lane.post(JSON.stringify({ ...anOrder({ orderId: 'left-0001' }), customer: '' }));
  await until(
    'in repair',
    () => lane.depth('repair'),
    (depth) => depth === 1,
  );
  expect(await runbook.follow(`${DESK} take`)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^1 taken from /),
  });

  const desk = new Desk(deskPorts({ dynamodb, lambda, sqs: () => sqs }, { table: lane.output('desk_table_name') }));
  const ada = { name: 'ada', role: 'operator' } as const;
  const group = (await desk.groups(ada)).find(({ counts }) => counts.open)?.id ?? '';
  await beginRelease(desk, ada, { group, patch: '[{"op": "replace", "path": "/customer", "value": "Ada"}]' });
  const begun = await runbook.follow(`${DESK} releases`);
  const release = /^(\S+) {2}running/m.exec(begun.stdout)?.[1] as string;
  expect(await runbook.follow(`${DESK} resume`, { release })).toMatchObject({
    ...{ status: 0, stderr: '', stdout: expect.stringContaining('(1 done, 0 came back, 0 waiting') },
  });
  expect(await lane.order('left-0001')).toMatchObject({ status: 'paid' });
}, 180_000);

withAws(
  'saga-parked: looked at, not to be resumed on the emulator, ended by hand',
  async () => {
    const lane = shop.lane('saga');
    const runbook = page('saga-parked', lane);
    shop.environment.payment.setFault({ kind: 'failing' });
    await lane.place('halfway-0001');
    const shown = await until(
      'parked',
      async () => (await runbook.follow(`${SPILLWAY} saga resume --saga <saga_state_machine_arn>`)).stdout,
      (said) => said.includes('1 in all'),
      90,
    );
    expect(shown).toMatch(/^halfway-0001 {2}parked \S+ at refund: /);
    const execution = { 'execution ARN': /^ {2}(arn:\S+)$/m.exec(shown)?.[1] as string };
    const one = (line: string) => line.replace('…', '');
    const resumed = await runbook.follow(`${SPILLWAY} saga resume <execution ARN>`, execution, one);
    expect(resumed).toMatchObject({ status: 1, stderr: expect.stringContaining('Unknown action: RedriveExecution') });
    const all = await runbook.follow(`${SPILLWAY} saga resume --saga <saga_state_machine_arn> --all`);
    expect(all.stdout).toContain('0 taken out of the parking queue; left in it: 1');

    const here = (line: string) =>
      line.replace('input.json', file('input.json')).replace('output.json', file('output.json'));
    expect(await runbook.follow(`${SPILLWAY} saga input`, execution, here)).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    const prefix = { prefix: 'local-us-east-1-saga' };
    const invoke = async (step: string) => {
      const answer = await runbook.follow('aws lambda invoke', prefix, (line) =>
        here(line).replace('saga-refund', `saga-${step}`),
      );
      expect(answer).toMatchObject({ status: 0, stderr: '' });
      return JSON.parse(answer.stdout) as { FunctionError?: string };
    };
    expect(await invoke('refund')).toHaveProperty('FunctionError');
    expect(readFileSync(file('output.json'), 'utf8')).toContain('payment');
    shop.environment.payment.setFault({ kind: 'up' });
    for (const step of ['refund', 'return-beans', 'apologize'])
      expect(await invoke(step)).not.toHaveProperty('FunctionError');
    expect(await lane.order('halfway-0001')).toMatchObject({ status: 'declined' });

    const { Messages } = JSON.parse((await runbook.follow('aws sqs receive-message')).stdout);
    expect(JSON.parse(Messages[0].Body)).toMatchObject({ execution: execution['execution ARN'] });
    const message = { 'its ReceiptHandle': Messages[0].ReceiptHandle };
    expect(await runbook.follow('aws sqs delete-message', message)).toMatchObject({ status: 0, stderr: '' });
    expect(await runbook.follow('aws sqs receive-message')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(runbook.left()).toEqual([]);
  },
  180_000,
);
