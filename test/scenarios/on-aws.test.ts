import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand, GetFunctionConcurrencyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { started } from '../emulator/command';
import { laneWith, quick, type Shop, startShop } from './shop';

const folder = mkdtempSync(join(tmpdir(), 'spillway-on-aws-'));
const file = join(folder, 'outputs.json');
const NAMES = [
  ...['orders_queue_url', 'orders_table_name', 'event_source_mapping_uuid', 'breaker_hold_function_name'],
  ...['parked_queue_url', 'saga_queue_url', 'saga_state_machine_arn'],
];
/** Seconds instead of half a minute and a day. */
const soon = { intervalSeconds: 1, rate: 1, attempts: 60, capSeconds: 2 };
const lanes = ['breaker', 'saga'];
let shop: Shop;
let lambda: LambdaClient;
let watching: NodeJS.Timeout;

/** In dev the payment system is a function of the stack. Here it isn't, but is out for as long as a function of that name is stopped. */
async function tie(names: readonly string[]): Promise<void> {
  const Code = { ZipFile: zipSync({ 'index.js': strToU8('exports.handler = async () => {};') }) };
  const settings = {
    Role: 'arn:aws:iam::000000000000:role/test',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
  } as const;
  for (const FunctionName of names) await lambda.send(new CreateFunctionCommand({ FunctionName, ...settings, Code }));
  watching = setInterval(async () => {
    const all = await Promise.all(
      names.map((FunctionName) => lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))),
    );
    const stopped = all.some(({ ReservedConcurrentExecutions: reserved }) => reserved === 0);
    if (stopped !== (shop.environment.payment.fault().kind === 'failing'))
      shop.environment.payment.setFault({ kind: stopped ? 'failing' : 'up' });
  }, 500);
}

beforeAll(async () => {
  const saga = laneWith('saga');
  shop = await startShop([
    quick('circuit-breaker'),
    { ...saga, saga: { ...saga.saga, paymentTimeoutMs: 1000, retry: { ...soon, attempts: 2 }, lastingRetry: soon } },
  ]);
  const { endpoint } = shop.environment;
  lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  await tie(lanes.map((part) => `local-us-east-1-${part}-payment`));
  const outputsOf = (part: string) => {
    const { outputs = {} } = shop.environment.stacks.get(`local-us-east-1-${part}`) ?? {};
    const known = Object.entries(outputs).filter(([name]) => NAMES.includes(name));
    return { ...Object.fromEntries(known), payment_secret_name: 'none' };
  };
  const outputs = lanes.map((part) => [`local-us-east-1-${part}`, outputsOf(part)]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(outputs)));
}, 180_000);
afterAll(async () => {
  clearInterval(watching);
  await shop?.stop();
  rmSync(folder, { recursive: true });
}, 30_000);

/** Not by `command`: the payment system is a part of this process. */
async function experiment(number: string) {
  const { child, exited } = started(shop.environment.endpoint, 'on-aws', number, '--yes', '--outputs', file);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  // What hangs is ended, so that what it said is seen.
  const patience = setTimeout(() => child.kill('SIGKILL'), 240_000);
  await exited;
  clearTimeout(patience);
  return { code: child.exitCode, output };
}

test('experiment 4: an outage of payment opens the breaker, and its orders are deleted once they are paid', async () => {
  const { code, output } = await experiment('4');
  expect([code, output]).toEqual([0, expect.stringContaining('As expected.')]);
  expect(output).toMatch(
    /seen after \d+ s: Disabled[\s\S]+seen after \d+ s: payment open[\s\S]+seen after \d+ s: none left/,
  );
}, 300_000);

test('experiment 5: the breaker closes by itself, and all orders are paid', async () => {
  const { code, output } = await experiment('5');
  expect([code, output]).toEqual([0, expect.stringContaining('As expected.')]);
  expect(output).toMatch(
    /seen after \d+ s: payment closed[\s\S]+seen after \d+ s: 40 of 40[\s\S]+seen after \d+ s: 0 and 0/,
  );
}, 300_000);

test('experiment 7: a saga is taken back once its payment system answers again', async () => {
  const { code, output } = await experiment('7');
  expect([code, output]).toEqual([0, expect.stringContaining('As expected.')]);
  expect(output).toMatch(/seen after \d+ s: refund[\s\S]+allowed[\s\S]+seen after \d+ s: declined/);
}, 300_000);
