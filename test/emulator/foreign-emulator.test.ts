import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { StartedEnvironment } from '../../local/environment';
import { startEnvironment } from '../../local/start-environment';
import { credentials, until } from './on-emulator';

/** `--endpoint`: an emulator that somebody else runs. Here it is MiniStack as it is published, without our overlay. */
const ROOT = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'spillway-foreign-'));
const stacks = ['local-us-east-1-protected'];
let ministack: ChildProcess;
let endpoint: string;

beforeAll(async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  endpoint = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH,
    ...{
      HOME: folder,
      TMPDIR: folder,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
    },
    ...{ IOT_MTLS_ENABLED: '0', SFTP_ENABLED: '0', DOCKER_HOST: 'unix:///nonexistent' },
  };
  const python = join(ROOT, '.spillway', 'python', 'bin', 'python');
  ministack = spawn(python, ['-m', 'ministack'], { env, detached: true, stdio: 'ignore' });
  await until('MiniStack answers', isThere, (there) => there);
  const synthesis = { PATH: process.env.PATH, CDKTF_OUTDIR: join(folder, 'out'), SPILLWAY_ENVIRONMENTS: 'local' };
  execFileSync(process.execPath, ['dist/main.js'], { cwd: ROOT, env: synthesis });
});

afterAll(() => {
  process.kill(-(ministack.pid ?? 0), 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function isThere(): Promise<boolean> {
  const health = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
  return health?.ok ?? false;
}

async function start(): Promise<{ environment: StartedEnvironment; said: string[] }> {
  const said: string[] = [];
  const onProgress = (message: string) => said.push(message);
  const synthesized = join(folder, 'out');
  return { environment: await startEnvironment({ stacks, synthesized, endpoint: `${endpoint}/`, onProgress }), said };
}

test('the shop works on it as far as it can, is told what is missing, and leaves it running', async () => {
  const { environment, said } = await start();
  expect(said[0]).toMatch(/is not the emulator that comes with this: .*message move tasks.*wasted seconds stay empty/);
  expect(said[1]).toBe(`Using the emulator at ${endpoint}`);
  expect(said[2]).toMatch(/^Deployed 1 stacks: \d+ created, 0 updated, 0 deleted, 0 unchanged$/);
  expect(await environment.invocations(0)).toEqual([]);

  const { orders_queue_url: QueueUrl } = environment.stacks.get('local-us-east-1-protected')?.outputs ?? {};
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  const MessageBody = JSON.stringify({
    ...{ orderId: 'order-0001', customer: 'Ada', amount: 480, currency: 'USD', placedAt: new Date().toISOString() },
    items: [{ coffee: 'latte', size: 'medium', quantity: 1 }],
  });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const paid = async () => environment.payment.report('protected').charges;
  await until('the order is paid', paid, (charges) => charges === 1, 30_000);

  await environment.stop();
  expect(await isThere()).toBe(true);
  await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  sqs.destroy();
});

test('what is deployed already is found again: only the payment system has moved', async () => {
  const { environment, said } = await start();
  await environment.stop();
  expect(said[2]).toMatch(/^Deployed 1 stacks: 0 created, [1-9]\d? updated, 0 deleted, \d+ unchanged$/);
});

test('an address where nothing answers is named', async () => {
  const nowhere = { stacks, synthesized: join(folder, 'out'), endpoint: 'http://127.0.0.1:1' };
  await expect(startEnvironment(nowhere)).rejects.toThrow(
    /^Nothing answers at http:\/\/127\.0\.0\.1:1 \(.*is the emulator running\?$/,
  );
});
