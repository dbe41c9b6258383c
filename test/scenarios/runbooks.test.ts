import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { allPaid, depthOf, ids, pagesOf, ROOT, type Runbook, SPILLWAY, withAws } from './runbook';
import { anOrder, type Lane, quick, type Shop, startShop, until } from './shop';

const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
let shop: Shop;
let page: (name: string, lane: Lane) => Runbook;
let sqs: SQSClient;
let kms: KMSClient;

beforeAll(async () => {
  shop = await startShop([
    { ...quick('dead-letters'), part: 'parking' },
    { ...quick('dead-letters'), part: 'mending' },
    { ...quick('dead-letters'), part: 'refusing' },
  ]);
  page = pagesOf(shop);
  const { endpoint } = shop.environment;
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  sqs = new SQSClient(settings);
  kms = new KMSClient(settings);
}, 180_000);
beforeEach(() => shop.environment.payment.setFault({ kind: 'up' }));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await shop?.stop();
}, 30_000);

withAws(
  'parked: looked at, stopped, saved, allowed again, released',
  async () => {
    const lane = shop.lane('parking');
    const runbook = page('parked', lane);
    shop.environment.payment.setFault({ kind: 'failing' });
    await lane.place(...ids('parked', 6));
    await depthOf(lane, 'parked', 6);
    expect(await runbook.follow(`${SPILLWAY} redrive --function <redrive_function_name> --dry-run`)).toMatchObject({
      ...{ status: 0, stderr: '' },
      stdout: expect.stringMatching(
        /^would hold back: 6 parked, and they stay: canary \d of 3 failed: payment answered 503/,
      ),
    });

    expect(await runbook.follow('aws lambda put-function-concurrency')).toMatchObject({ status: 0 });
    expect(await runbook.follow(`${SPILLWAY} redrive --function <redrive_function_name> --dry-run`)).toMatchObject({
      ...{ status: 1, stderr: expect.stringContaining('takes no run: it was stopped') },
    });
    const { stdout: allowed } = await runbook.follow('aws lambda get-function-concurrency');
    expect(JSON.parse(allowed)).toMatchObject({ ReservedConcurrentExecutions: 0 });

    interface Move {
      readonly Status: string;
      readonly TaskHandle?: string;
      readonly ApproximateNumberOfMessagesMoved: number;
      readonly ApproximateNumberOfMessagesToMove: number;
    }
    const moves = async () => {
      const answer = await runbook.follow('aws sqs list-message-move-tasks');
      expect(answer).toMatchObject({ status: 0, stderr: '' });
      return (JSON.parse(answer.stdout) as { Results: Move[] }).Results;
    };
    expect(await runbook.follow('aws sqs start-message-move-task')).toMatchObject({ status: 0, stderr: '' });
    const [move] = await until('as many as there were', moves, ([last]) =>
      last ? last.ApproximateNumberOfMessagesMoved >= last.ApproximateNumberOfMessagesToMove : false,
    );
    const handle = { 'its handle': move?.TaskHandle as string };
    expect(await runbook.follow('aws sqs cancel-message-move-task', handle)).toMatchObject({ status: 0, stderr: '' });
    await until('ended', moves, ([last]) => last?.Status === 'CANCELLED');
    await depthOf(lane, 'parked', 6);

    const three = (line: string) => line.replace(/ 0$/, ' 3');
    expect(await runbook.follow('aws lambda put-function-concurrency', {}, three)).toMatchObject({ status: 0 });
    shop.environment.payment.setFault({ kind: 'up' });
    const fast = (line: string) => `${line} --rate 20 --watch`;
    expect(await runbook.follow(`${SPILLWAY} redrive --function <redrive_function_name>`, {}, fast)).toMatchObject({
      ...{ status: 0, stdout: expect.stringMatching(/^released: /) },
    });
    await allPaid(lane);
    await depthOf(lane, 'parked', 0);
    expect(runbook.left()).toEqual([]);
  },
  300_000,
);

test('repair: looked at, mended, given a new id, taken out, all sent again', async () => {
  const lane = shop.lane('mending');
  const runbook = page('repair', lane);
  const file = (name: string) => join(folder, name);
  await lane.place('taken-0001');
  await allPaid(lane);
  const { customer: _, ...nameless } = anOrder({ orderId: 'nameless-0001' });
  await lane.post(JSON.stringify(nameless));
  await lane.post(JSON.stringify(anOrder({ orderId: 'taken-0001', customer: 'Grace' })));
  await lane.post('no JSON');
  await depthOf(lane, 'repair', 3);

  const look = () => runbook.follow(`${SPILLWAY} repair --queue <repair_queue_url>`);
  const shown = await look();
  expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('3 in all') });
  const idOf = (pattern: string) => ({ id: new RegExp(`^(\\S+)  ${pattern}`, 'm').exec(shown.stdout)?.[1] as string });
  const SEND = `${SPILLWAY} repair --queue <repair_queue_url> --message <id> --to`;
  const SAVE = `${SPILLWAY} repair --queue <repair_queue_url> --message <id> --save`;
  expect(await runbook.follow(SEND, idOf('nameless-0001'))).toMatchObject({
    ...{ status: 1, stderr: expect.stringContaining('still malformed') },
  });
  const copies: string[] = [];
  const mend = async (pattern: string, change: object, ending: string) => {
    const message = idOf(pattern);
    copies.push(`${message.id}.json`);
    const path = file(`${message.id}.body`);
    expect(await runbook.follow(SAVE, { ...message, file: path })).toMatchObject({ status: 0 });
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
    const sent = await runbook.follow(SEND, message, (line) => `${line} --body ${path} ${ending}`);
    expect(sent).toMatchObject({ status: 0, stderr: '' });
  };
  try {
    await mend('nameless-0001', { customer: 'Ada' }, '');
    await mend('taken-0001', { orderId: 'renamed-0001' }, '--new-id');
  } finally {
    for (const copy of copies) rmSync(join(ROOT, copy), { force: true });
  }
  const rest = /^(\S+) {2}.*malformed/m.exec((await look()).stdout)?.[1] as string;
  const TAKE = `${SPILLWAY} repair --queue <repair_queue_url> --message <id> --take`;
  expect(await runbook.follow(TAKE, { id: rest, file: file('taken') })).toMatchObject({ status: 0 });
  await until(
    'the mended are paid',
    () => lane.statuses(['nameless-0001', 'renamed-0001']),
    (seen) => Object.values(seen).every((status) => status === 'paid'),
  );
  expect(await runbook.follow(`${SPILLWAY} repair --queue <repair_queue_url> --all`)).toMatchObject({ status: 0 });
  expect(await look()).toMatchObject({ status: 0, stdout: 'Nothing waits for repair.\n' });
  expect(runbook.left()).toEqual([]);
}, 300_000);

withAws(
  'waiting: a mapping that was switched off by hand is found and switched on',
  async () => {
    const lane = shop.lane('refusing');
    const runbook = page('waiting', lane);
    const off = (line: string) => line.replace('--enabled', '--no-enabled');
    expect(await runbook.follow('aws lambda update-event-source-mapping', {}, off)).toMatchObject({ status: 0 });
    const state = async () => {
      const answer = await runbook.follow('aws lambda get-event-source-mapping');
      expect(answer).toMatchObject({ status: 0 });
      return (JSON.parse(answer.stdout) as { State: string }).State;
    };
    await until('switched off', state, (seen) => seen === 'Disabled');
    await lane.place('switched-0001');
    expect(await runbook.follow('aws lambda update-event-source-mapping')).toMatchObject({ status: 0 });
    await until('switched on', state, (seen) => seen === 'Enabled');
    await allPaid(lane);
  },
  120_000,
);

withAws(
  'intake-refused: an order that is too long is found in the log, and the next one is taken',
  async () => {
    const lane = shop.lane('refusing');
    const runbook = page('intake-refused', lane);
    const place = { region: 'us-east-1', prefix: 'local-us-east-1-refusing' };
    const look = async () => {
      const answer = await runbook.follow('aws logs filter-log-events', place);
      expect(answer).toMatchObject({ status: 0, stderr: '' });
      const { events } = JSON.parse(answer.stdout) as { events: { message: string }[] };
      return events.map(({ message }) => JSON.parse(message) as object);
    };
    expect((await lane.post(JSON.stringify(anOrder({ customer: 'A'.repeat(1024 * 1024) })))).status).toBe(400);
    await lane.place('refused-0001');
    expect(await look()).toEqual([
      expect.objectContaining({ status: '400', integrationError: expect.stringContaining('InvalidParameterValue') }),
    ]);
    await allPaid(lane);

    await sqs.send(new DeleteQueueCommand({ QueueUrl: lane.output('orders_queue_url') }));
    expect((await lane.post(JSON.stringify(anOrder({ orderId: 'refused-0002' })))).status).toBe(400);
    expect((await look()).at(-1)).toMatchObject({ integrationError: expect.stringContaining('NonExistentQueue') });

    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const key = { key: KeyMetadata?.KeyId as string };
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key.key, PendingWindowInDays: 7 }));
    expect(await runbook.follow('aws kms cancel-key-deletion', key)).toMatchObject({ status: 0, stderr: '' });
    expect(await runbook.follow('aws kms enable-key', key)).toMatchObject({ status: 0, stderr: '' });
    expect((await kms.send(new DescribeKeyCommand({ KeyId: key.key }))).KeyMetadata?.KeyState).toBe('Enabled');
    expect(runbook.left()).toEqual([]);
  },
  120_000,
);
