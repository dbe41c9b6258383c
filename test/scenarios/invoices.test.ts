import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { bankCanary, invoices } from '../../examples/invoices/contract';
import { DynamoDbLedger } from '../../functions/runtime/ledger/dynamodb-ledger';
import { NOTE } from '../../functions/runtime/note';
import { Deployer } from '../../local/deploy/deployer';
import { readStacks } from '../../local/deploy/synthesized';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { ProtectedConsumer } from '../../modules/protected-consumer';
import { bundled } from '../bundled';
import { processBehind } from '../process-behind';
import { until } from './shop';

const IBAN = 'DE89370400440532013000';

/** A bank that knows its idempotency keys, and can be made to suffer. */
class Bank {
  down = false;
  /** Invoice numbers that it refuses for good, that it never answers well, and whose callers it kills once. */
  readonly refuses = new Set<string>();
  readonly breaksOn = new Set<string>();
  readonly kills = new Set<string>();
  /** Invoice → keys that it was paid under; asked again under a key that it knows, the bank pays nothing. Two keys are paid twice. */
  readonly transfers = new Map<string, Set<string>>();
  canaries = 0;
  private readonly server: Server = createServer(async (request, response) => {
    const answer = (status: number, body: object = {}) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.method === 'GET' || request.method === 'HEAD') {
      this.canaries += 1;
      return answer(this.down ? 503 : 200);
    }
    const key = String(request.headers['idempotency-key']);
    const { invoiceNumber = '' } = (await json(request)) as { invoiceNumber?: string };
    if (this.down || this.breaksOn.has(invoiceNumber)) return answer(503);
    if (this.refuses.has(invoiceNumber)) return answer(422, { error: 'no such account' });
    this.transfers.set(invoiceNumber, (this.transfers.get(invoiceNumber) ?? new Set()).add(key));
    if (this.kills.delete(invoiceNumber)) {
      const pid = processBehind(request.socket);
      if (pid === undefined || pid === process.pid) throw new Error('nobody is behind the call');
      return process.kill(pid, 'SIGKILL');
    }
    answer(201, { transferId: `transfer of ${key}` });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const bank = new Bank();
let folder: string;
let emulator: Emulator;
let deployer: Deployer;
let outputs: Readonly<Record<string, string>>;
let sqs: SQSClient;
let lambda: LambdaClient;
let ledger: DynamoDbLedger;
const accepted = new Set<string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spillway-invoices-'));
  const archive = (name: string) => join(folder, `${name}.zip`);
  for (const [entry, name] of [
    ['handler', 'invoices'],
    ['canary', 'bank-canary'],
  ] as const) {
    bundled(`examples/invoices/${entry}.ts`, archive(name));
  }
  const environment = { BANK_URL: await bank.listen() };
  const outdir = join(folder, 'out');
  const app = new App({ outdir });
  const stack = new TerraformStack(app, 'invoices');
  new AwsProvider(stack, 'aws', { region: 'us-east-1' });
  const consumer = new ProtectedConsumer(stack, 'invoices', {
    name: 'invoices',
    contract: invoices,
    bundle: archive('invoices'),
    environment,
    canary: { contract: bankCanary, bundle: archive('bank-canary'), environment },
    breaker: {
      releaseInterval: 1,
      dependency: { waitDurationInOpenState: 2, canaries: 1, canaryInterval: 1, watchDurationInHalfOpenState: 2 },
    },
    account: '000000000000',
    region: 'us-east-1',
    // Waits that a test can sit through.
    queue: { visibilityTimeout: 30, maxReceiveCount: 3 },
    function: { timeout: 5 },
    workTimeoutMs: 1000,
    maxRounds: 2,
    deletionProtection: false,
  });
  for (const [name, value] of Object.entries({
    main: consumer.queue.main.url,
    parked: consumer.queue.parked.url,
    repair: consumer.queue.repair.url,
    redrive: consumer.redrive.handler.functionName,
    ledger: consumer.ledger?.tableName ?? '',
  }))
    new TerraformOutput(stack, name, { value, staticId: true });
  app.synth();
  emulator = await startEmulator();
  deployer = new Deployer(emulator.endpoint, {});
  await deployer.deploy(readStacks(outdir, ['*']));
  outputs = deployer.stacks.values().next().value?.outputs ?? {};
  const client = {
    ...{ endpoint: emulator.endpoint, region: 'us-east-1' },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  sqs = new SQSClient(client);
  lambda = new LambdaClient(client);
  ledger = new DynamoDbLedger(new DynamoDBClient(client), {
    ...{ tableName: outputs.ledger ?? '', scope: invoices.name, days: 400 },
  });
}, 120_000);

afterAll(async () => {
  sqs?.destroy();
  lambda?.destroy();
  deployer?.close();
  await emulator?.stop();
  bank.close();
  rmSync(folder, { recursive: true, force: true });
});

async function send(...bodies: (string | object)[]): Promise<void> {
  for (let from = 0; from < bodies.length; from += 10) {
    const Entries = bodies.slice(from, from + 10).map((body, index) => ({
      Id: String(index),
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: outputs.main, Entries }));
  }
}

const invoice = (invoiceNumber: string, cents = 4200) => ({ invoiceNumber, iban: IBAN, cents });

async function accept(...numbers: string[]): Promise<void> {
  for (const number of numbers) accepted.add(number);
  await send(...numbers.map((number) => invoice(number)));
}

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

const statuses = async (numbers: readonly string[]) =>
  Object.fromEntries(
    await Promise.all(numbers.map(async (number) => [number, (await ledger.find(number))?.status ?? 'unseen'])),
  ) as Record<string, string>;

const become = (numbers: readonly string[], status: string, seconds: number) =>
  until(
    `${numbers.length} are ${status}`,
    () => statuses(numbers),
    (seen) => Object.values(seen).every((one) => one === status),
    seconds,
  );

async function depth(tier: 'main' | 'parked' | 'repair'): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const, 'ApproximateNumberOfMessagesNotVisible' as const];
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: outputs[tier], AttributeNames }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

async function inRepair(): Promise<{ reason: string; path: string; id?: string; consumer: string }[]> {
  const notes = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        ...{ QueueUrl: outputs.repair, MaxNumberOfMessages: 10, VisibilityTimeout: 20, WaitTimeSeconds: 0 },
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return notes;
    for (const { MessageAttributes } of Messages)
      notes.push(JSON.parse(MessageAttributes?.[NOTE]?.StringValue ?? '{}'));
  }
}

async function redrive(): Promise<{ action: string }> {
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: outputs.redrive, Payload: JSON.stringify({ operation: 'redrive', rate: 100 }) }),
  );
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

test('invoices are paid once, however often they are delivered', async () => {
  const numbers = named('paid', 12);
  await accept(...numbers);
  await accept(...numbers.slice(0, 6));
  await become(numbers, 'done', 60);
  await until(
    'the copies are gone',
    () => depth('main'),
    (left) => left === 0,
    60,
  );
  expect(bank.transfers.size).toBe(12);
  expect(await ledger.find('paid-3')).toMatchObject({ result: { transferId: 'transfer of paid-3' } });
}, 120_000);

test('what is malformed, refused or another invoice under a used number goes to repair, with the reason, and can be found by its number', async () => {
  bank.refuses.add('refused-0');
  accepted.add('malformed-0').add('refused-0');
  await send('{"invoiceNumber":', { invoiceNumber: 'malformed-0', iban: IBAN, cents: 'ten' }, invoice('refused-0'));
  await send(invoice('paid-0', 99));
  await until(
    'four are in repair',
    () => depth('repair'),
    (count) => count === 4,
    60,
  );
  const notes = (await inRepair()).map(({ reason, path, id, consumer }) => [reason, path || '', id, consumer]);
  expect(notes.sort()).toEqual([
    ['conflict', '', 'paid-0', 'invoices'],
    ['malformed', '', undefined, 'invoices'],
    ['malformed', 'cents', 'malformed-0', 'invoices'],
    ['refused', '', 'refused-0', 'invoices'],
  ]);
  expect(await statuses(['malformed-0', 'refused-0', 'paid-0'])).toEqual({
    ...{ 'malformed-0': 'repair', 'refused-0': 'repair', 'paid-0': 'done' },
  });
}, 120_000);

test('while the bank is down invoices wait, and are all paid once when it is back', async () => {
  bank.down = true;
  const numbers = named('outage', 25);
  await accept(...numbers);
  const { canaries } = bank;
  await until(
    'the breaker asks for itself',
    async () => bank.canaries,
    (now) => now > canaries,
    60,
  );
  bank.down = false;
  await become(numbers, 'done', 150);
  for (const number of numbers) expect(bank.transfers.get(number)?.size).toBe(1);
}, 240_000);

test('a process that is killed after the bank has paid loses nothing and pays nothing twice', async () => {
  bank.kills.add('killed-0');
  await accept('killed-0');
  await become(['killed-0'], 'done', 120);
  expect(bank.transfers.get('killed-0')?.size).toBe(1);
}, 150_000);

test('an invoice that fails through two releases while others are paid goes to repair as poison', async () => {
  bank.breaksOn.add('poison-0');
  await accept('poison-0');
  for (let round = 0; round <= 2; round += 1) {
    await until(
      `round ${round} ends`,
      async () => [await depth('parked'), (await statuses(['poison-0']))['poison-0']] as const,
      ([parked, status]) => parked === 1 || status === 'repair',
      120,
    );
    if ((await statuses(['poison-0']))['poison-0'] === 'repair') break;
    expect((await redrive()).action).toBe('start');
    await until(
      'it is released',
      () => depth('parked'),
      (left) => left === 0,
      30,
    );
    // Others go through meanwhile: the bank works.
    await accept(`beside-${round}`);
    await become([`beside-${round}`], 'done', 60);
  }
  await become(['poison-0'], 'repair', 60);
  expect((await inRepair()).map(({ reason, id }) => [reason, id])).toContainEqual(['poison', 'poison-0']);
}, 400_000);

test('in the end every message that was accepted is done, in repair or parked, and nowhere twice', async () => {
  await until(
    'main is empty',
    () => depth('main'),
    (left) => left === 0,
    60,
  );
  const seen = Object.values(await statuses([...accepted]));
  // One more each: what has no number that can be read, and another invoice under a used one.
  expect(seen.filter((status) => status === 'repair').length + 2).toBe(await depth('repair'));
  expect(await depth('parked')).toBe(0);
  expect(new Set(seen)).toEqual(new Set(['done', 'repair']));
  expect([...bank.transfers.values()].every(({ size }) => size === 1)).toBe(true);
  expect(bank.transfers.size).toBe(seen.filter((status) => status === 'done').length);
}, 120_000);
