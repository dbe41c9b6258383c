import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lane, quick, type Shop, startShop, until } from '../scenarios/shop';
import { command, started } from './command';

const STACK = 'local-us-east-1-protected';
const NAMES = [
  ...['api_url', 'orders_queue_url', 'orders_table_name', 'repair_queue_url', 'parked_queue_url'],
  'redrive_function_name',
];
const folder = mkdtempSync(join(tmpdir(), 'spillway-on-aws-'));
const file = join(folder, 'outputs.json');
let shop: Shop;
let lane: Lane;

beforeAll(async () => {
  shop = await startShop([quick('dead-letters')]);
  lane = shop.lane('protected');
  writeFileSync(file, JSON.stringify({ [STACK]: Object.fromEntries(NAMES.map((name) => [name, lane.output(name)])) }));
}, 60_000);
afterAll(async () => {
  await shop?.stop();
  rmSync(folder, { recursive: true });
});

/** Not by `command`: the payment system is a part of this process. */
function experiment(...parameters: string[]) {
  const { child, exited } = started(shop.environment.endpoint, 'on-aws', ...parameters, '--outputs', file);
  const told = { output: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (told.output += chunk));
  return { child, told, ended: exited.then(() => ({ code: child.exitCode, output: told.output })) };
}
const orderIn = (output: string) => /on-aws-[0-9a-f]{8}/.exec(output)?.[0] ?? '';

test('without --yes nothing is sent', async () => {
  const { code, output } = await experiment('3').ended;
  expect([code, output]).toEqual([0, expect.stringContaining('Nothing was done. With --yes it is.')]);
  expect([await lane.depth('orders'), await lane.depth('repair')]).toEqual([0, 0]);
}, 60_000);

test('experiment 2: an order is paid, and is gone afterwards', async () => {
  const { code, output } = await experiment('2', '--yes').ended;
  expect([code, output]).toEqual([0, expect.stringContaining('As expected.')]);
  expect(output).toContain('passed over: the emulator asks for no signature');
  expect(output).toMatch(/seen after \d+ s: paid/);
  expect(await lane.order(orderIn(output))).toBeUndefined();
}, 60_000);

test('experiment 3: what can’t be understood is seen in repair, and taken away again', async () => {
  const { code, output } = await experiment('3', '--yes').ended;
  expect([code, output]).toEqual([0, expect.stringContaining('As expected.')]);
  expect(output).toMatch(/seen after \d+ s: there; /);
  expect(await lane.depth('repair')).toBe(0);
}, 90_000);

test('experiment 6: a parked order is released and paid, and nothing of it stays', async () => {
  const { code, output } = await experiment('6', '--yes').ended;
  expect([code, output]).toEqual([0, expect.stringContaining('As expected.')]);
  expect(output).toMatch(/start: .*canary green/);
  expect(await lane.depth('parked')).toBe(0);
  expect(await lane.order(orderIn(output))).toBeUndefined();
}, 120_000);

test('ended with Ctrl-C while it waits, it cleans up before it ends', async () => {
  shop.environment.payment.setFault({ kind: 'down' });
  const { child, told, ended } = experiment('2', '--yes');
  await until(
    'it waits for the order',
    async () => told.output,
    (output) => /3\. GET/.test(output),
  );
  child.kill('SIGINT');
  shop.environment.payment.setFault({ kind: 'up' });
  const { code, output } = await ended;
  expect([code, output]).toEqual([130, expect.stringContaining('Stopped.')]);
  expect(await lane.order(orderIn(output))).toBeUndefined();
}, 150_000);

test('an address where nobody listens is one sentence', () => {
  const { status, stderr } = command('http://127.0.0.1:9', 'on-aws', '3', '--yes', '--outputs', file);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^[^\n]*\n?$/)]);
}, 30_000);
