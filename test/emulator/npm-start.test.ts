import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { NpmStart } from '../npm-start';
import { until } from './on-emulator';

/** What `npm start` says, what it leaves running (nothing), what it does when a source changes. */
const npmStart = new NpmStart();

const change = (file: string, edit: (text: string) => string) => {
  const path = join(npmStart.project.folder, file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, edit(before));
  return () => writeFileSync(path, before);
};

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};

const order = (id: string) => ({
  orderId: id,
  customer: 'Ada',
  items: [{ coffee: 'latte', size: 'medium', quantity: 1 }],
  amount: 480,
  currency: 'USD',
  placedAt: new Date().toISOString(),
});

async function placeOrder(pages: string, lane: string): Promise<void> {
  const response = await fetch(`${pages}/api/lanes/${lane}/orders`, {
    method: 'POST',
    headers: { origin: pages, 'content-type': 'application/json' },
    body: JSON.stringify(order(`order-${lane}-0001`)),
  });
  expect(response.status).toBe(200);
}

test('a changed source is deployed, a broken one is told about, a lane that is gone is deleted; npm told to end ends it all', async () => {
  const emulatorPort = await freePort();
  const start = npmStart.with('--port', '0', '--no-open', '--watch', '--emulator-port', String(emulatorPort));
  expect(await start.url('emulator')).toBe(`http://127.0.0.1:${emulatorPort}`);
  const pages = await start.url('operations');
  const lanes = async () => {
    const welcome = (await (await fetch(`${pages}/api/welcome`)).json()) as { lanes: { name: string }[] };
    return welcome.lanes.map(({ name }) => name);
  };
  expect(await lanes()).toEqual(['unprotected', 'protected', 'breaker', 'saga']);

  await start.says('Watching the sources');
  const mend = change('environments/local.ts', (text) => `${text}\nthis is no TypeScript`);
  await start.says(/the build failed:[\s\S]*local\.ts/);
  mend();
  await start.says(/: 0 created, 0 updated, 0 deleted/);

  change('environments/local.ts', (text) => text.replace(/ {4}\{\n {6}\.\.\.lane\('saga'\),[\s\S]*?\n {4}\},\n/, ''));
  const [, deleted] = await start.says(/Deployed 4 stacks: 0 created, 0 updated, (\d+) deleted/);
  expect(Number(deleted)).toBeGreaterThan(20);
  expect(await lanes()).toEqual(['unprotected', 'protected', 'breaker']);

  // A function's process lives on between invocations.
  await placeOrder(pages, 'protected');
  await until(
    'paid',
    async () => (await (await fetch(`${await start.url('payment')}/protected/report`)).json()) as { charges: number },
    ({ charges }) => charges === 1,
  );
  start.child.kill('SIGTERM');
  await start.exitCode();
  await npmStart.nothingIsLeft();
});

describe('however it ends, nothing is left running', () => {
  test('told to end while it builds: the build ends too, and does not meet the next one', async () => {
    rmSync(join(npmStart.project.folder, 'dist'), { recursive: true, force: true });
    const start = npmStart.with('--port', '0', '--no-open');
    await start.says('Building the functions');
    start.child.kill('SIGTERM');
    await start.exitCode();
    await npmStart.nothingIsLeft();
    expect(existsSync(join(npmStart.project.folder, 'dist', 'main.js'))).toBe(false);
    expect(start.output).not.toContain('failed');
  });

  test('Ctrl-C when it runs', async () => {
    const start = npmStart.with('--port', '0', '--no-open');
    await start.says('Ctrl-C stops everything');
    expect(start.output).not.toMatch(/warning/i);
    process.kill(-(start.child.pid ?? 0), 'SIGINT');
    await start.exitCode();
    await npmStart.nothingIsLeft();
  });

  test('killed outright, in the middle of an order', async () => {
    const start = npmStart.by(process.execPath, 'tools/start.mjs', '--port', '0', '--no-open');
    const pages = await start.url('operations');
    await start.says('Ctrl-C stops everything');
    await placeOrder(pages, 'unprotected');
    start.child.kill('SIGKILL');
    await npmStart.nothingIsLeft();
  });

  test('the emulator dies: it says so and ends as failed', async () => {
    const start = npmStart.by(process.execPath, 'tools/start.mjs', '--port', '0', '--no-open');
    await start.says('Ctrl-C stops everything');
    const emulator = npmStart
      .processes()
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('overlay.py'));
    process.kill(emulator ?? 0, 'SIGKILL');
    expect(await start.exitCode()).toBe(1);
    expect(start.output).toContain('The emulator ended by itself (SIGKILL).');
    await npmStart.nothingIsLeft();
  });
});

test('for Terraform: the emulator alone, with nothing in it, and the payment system where the stacks look for it', async () => {
  const emulatorPort = await freePort();
  const start = npmStart.with('--emulator-only', '--emulator-port', String(emulatorPort));
  const emulator = await start.url('emulator');
  expect(await start.url('payment')).toBe('http://127.0.0.1:4600');
  const queues = await fetch(`${emulator}/?Action=ListQueues`);
  expect(await queues.text()).not.toContain('<QueueUrl>');
  start.child.kill('SIGTERM');
  await start.exitCode();
  await npmStart.nothingIsLeft();
});

test.each(['--port', '--emulator-port'])('a taken %s is one line, before anything is built', async (option) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const start = npmStart.by(process.execPath, 'tools/start.mjs', '--port', '0', option, String(port));
  expect(await start.exitCode()).toBe(1);
  expect(start.output).toBe(
    `Port ${port} is taken by another program. Another one: npm start -- ${option} ${port + 1}\n`,
  );
  server.close();
});

test('brokers without Java are one line that says what to install, before anything is built', async () => {
  const { PATH } = process.env;
  process.env.PATH = '/nonexistent';
  const start = npmStart.by(process.execPath, 'tools/start.mjs', '--port', '0', '--brokers');
  process.env.PATH = PATH;
  expect(await start.exitCode()).toBe(1);
  expect(start.output).toMatch(/^Brokers need Java 17 \(java and javac\): install a JDK, .+\n$/);
});
