import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { Deployer } from '../../local/deploy/deployer';
import { readStacks } from '../../local/deploy/synthesized';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { ProtectedConsumer } from '../../modules/protected-consumer';
import { bundled } from '../bundled';
import { processBehind } from '../process-behind';
import { describeBrokers } from './harness/describe-brokers';
import { cook, cookCanary } from './harness/kafka/contract';
import { KafkaProcess, KafkaTopic, missingForKafka } from './harness/kafka/kafka';

/** A kitchen that cooks an order once under its id, and can be made to suffer. */
class Kitchen {
  down = false;
  readonly kills = new Set<string>();
  readonly breaksOn = new Set<string>();
  /** Table → its orders, in the order in which they were cooked. */
  readonly cooked = new Map<string, string[]>();
  private readonly server: Server = createServer(async (request, response) => {
    const answer = (status: number) => response.writeHead(status).end('{}');
    if (request.method === 'GET') return answer(this.down ? 503 : 200);
    const { orderId, table } = (await json(request)) as { orderId: string; table: string };
    if (this.down || this.breaksOn.has(orderId)) return answer(503);
    const known = this.cooked.get(table) ?? [];
    if (!known.includes(orderId)) this.cooked.set(table, [...known, orderId]);
    if (this.kills.delete(orderId)) {
      const pid = processBehind(request.socket);
      if (pid === undefined || pid === process.pid) throw new Error('nobody is behind the call');
      return process.kill(pid, 'SIGKILL');
    }
    answer(201);
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

describeBrokers(
  'one Apache Kafka, read as Lambda reads it, with the bundled consumer',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'spillway-kafka-'));
    const kitchen = new Kitchen();
    const kafka = new KafkaProcess(folder);
    let topic: KafkaTopic;
    let emulator: Emulator;
    let deployer: Deployer;
    let sqs: SQSClient;
    let lambda: LambdaClient;
    let output: Readonly<Record<string, string>> = {};
    let reading = true;
    let poller: Promise<void>;
    /** Table → orders that Kafka has acknowledged, in the order in which they were put. */
    const accepted = new Map<string, string[]>();

    /** Lambda's poller: a batch is invoked until it succeeds, and committed then. */
    async function poll(): Promise<void> {
      while (reading) {
        const batch = await topic.poll();
        if (batch.length === 0) continue;
        const records: Record<string, object[]> = {};
        for (const record of batch) {
          const partition = `${record.topic}-${record.partition}`;
          records[partition] = [...(records[partition] ?? []), record];
        }
        const arn = 'arn:aws:kafka:us-east-1:000000000000:cluster/orders/1-2';
        const event = { eventSource: 'aws:kafka', eventSourceArn: arn, bootstrapServers: kafka.servers, records };
        while (reading) {
          const asked = new InvokeCommand({ FunctionName: output.handler, Payload: JSON.stringify(event) });
          const failed = await lambda.send(asked).then(
            ({ FunctionError }) => FunctionError !== undefined,
            () => true,
          );
          if (!failed) break;
          await sleep(300);
        }
        if (!reading) return;
        await topic.commit(Object.fromEntries(batch.map(({ partition, offset }) => [partition, offset + 1])));
      }
    }

    beforeAll(async () => {
      const archive = (name: string) => join(folder, `${name}.zip`);
      for (const [entry, name] of [
        ['handler.ts', 'cook'],
        ['canary.ts', 'canary'],
      ] as const) {
        bundled(join(__dirname, 'harness', 'kafka', entry), archive(name));
      }
      const environment = { KITCHEN_URL: await kitchen.listen() };
      const outdir = join(folder, 'out');
      const app = new App({ outdir });
      const stack = new TerraformStack(app, 'cook');
      new AwsProvider(stack, 'aws', { region: 'us-east-1' });
      const made = new ProtectedConsumer(stack, 'cook', {
        ...{ name: 'cook', contract: cook, bundle: archive('cook'), environment },
        canary: { contract: cookCanary, bundle: archive('canary'), environment },
        breaker: {
          releaseInterval: 1,
          dependency: { waitDurationInOpenState: 2, canaries: 1, canaryInterval: 1, watchDurationInHalfOpenState: 2 },
        },
        ...{ account: '000000000000', region: 'us-east-1' },
        // Waits that a test can sit through.
        queue: { fifo: true, visibilityTimeout: 30, maxReceiveCount: 10 },
        function: { timeout: 5 },
        ...{ workTimeoutMs: 1000, maxRounds: 2, deletionProtection: false },
      });
      const named = {
        ...{ main: made.queue.main.url, parked: made.queue.parked.url, repair: made.queue.repair.url },
        handler: made.handler.functionName,
      };
      for (const [name, value] of Object.entries(named)) new TerraformOutput(stack, name, { value, staticId: true });
      app.synth();
      emulator = await startEmulator();
      deployer = new Deployer(emulator.endpoint, {});
      await deployer.deploy(readStacks(outdir, ['*']));
      output = deployer.stacks.values().next().value?.outputs ?? {};
      const client = {
        ...{ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1 },
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      };
      sqs = new SQSClient(client);
      lambda = new LambdaClient(client);
      await kafka.start();
      topic = new KafkaTopic(kafka.servers, 'orders', 3);
      poller = poll();
    }, 240_000);

    afterAll(async () => {
      reading = false;
      topic?.close();
      kafka.stop();
      sqs?.destroy();
      lambda?.destroy();
      deployer?.close();
      await emulator?.stop();
      kitchen.close();
      await Promise.race([poller, sleep(2000)]);
      rmSync(folder, { recursive: true, force: true });
    }, 60_000);

    async function order(tables: readonly string[], ...orders: readonly string[]): Promise<void> {
      for (const one of orders) {
        for (const table of tables) {
          const orderId = `${table}/${one}`;
          await topic.put(table, JSON.stringify({ orderId, table }));
          accepted.set(table, [...(accepted.get(table) ?? []), orderId]);
        }
      }
    }

    async function depth(tier: 'main' | 'parked' | 'repair'): Promise<number> {
      const AttributeNames = ['ApproximateNumberOfMessages' as const, 'ApproximateNumberOfMessagesNotVisible' as const];
      const asked = new GetQueueAttributesCommand({ QueueUrl: output[tier], AttributeNames });
      const { Attributes = {} } = await sqs.send(asked);
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
    }

    async function until(what: string, holds: () => Promise<boolean> | boolean, seconds: number): Promise<void> {
      for (const began = Date.now(); !(await holds()); await sleep(200))
        if (Date.now() - began > seconds * 1000) throw new Error(`not in ${seconds} s: ${what}`);
    }

    /** Every order of these tables is cooked, once, in the order in which it was put. */
    async function cooked(tables: readonly string[], seconds: number): Promise<void> {
      const count = (orders: ReadonlyMap<string, string[]>) =>
        tables.reduce((sum, table) => sum + (orders.get(table)?.length ?? 0), 0);
      await until('all are cooked', () => count(kitchen.cooked) >= count(accepted), seconds);
      for (const table of tables) expect(kitchen.cooked.get(table)).toEqual(accepted.get(table));
    }

    const tables = (prefix: string) => [1, 2, 3, 4].map((number) => `${prefix}-${number}`);

    test('orders are cooked once, in the order of their key', async () => {
      await order(tables('calm'), 'soup', 'roast', 'ice');
      await cooked(tables('calm'), 60);
    }, 90_000);

    test('a record that is no order goes to repair, and takes none of its batch along', async () => {
      await topic.put('calm-1', 'no order');
      await order(['calm-1'], 'coffee');
      await cooked(['calm-1'], 60);
      await until('it is in repair', async () => (await depth('repair')) === 1, 30);
    }, 120_000);

    test('while the kitchen is down orders wait, and are cooked in order when it is back', async () => {
      kitchen.down = true;
      await order(tables('outage'), 'soup', 'roast', 'ice');
      await until('all of them wait', async () => (await depth('main')) === 12, 60);
      await sleep(3000);
      expect(tables('outage').flatMap((table) => kitchen.cooked.get(table) ?? [])).toEqual([]);
      kitchen.down = false;
      await cooked(tables('outage'), 150);
    }, 240_000);

    test('a process that is killed in mid-batch loses no order and cooks none twice', async () => {
      kitchen.kills.add('killed-2/roast');
      await order(tables('killed'), 'soup', 'roast', 'ice');
      await cooked(tables('killed'), 150);
      expect(kitchen.kills.size).toBe(0);
    }, 180_000);

    test('a reader that dies before its commit reads its batch again, and nothing is cooked twice', async () => {
      reading = false;
      topic.close();
      await Promise.race([poller, sleep(2000)]);
      reading = true;
      topic = new KafkaTopic(kafka.servers, 'orders', 3);
      await order(tables('reader'), 'soup', 'roast');
      // Read, handled, and never committed.
      const handled = await topic.poll();
      topic.close();
      expect(handled.length).toBeGreaterThan(0);
      topic = new KafkaTopic(kafka.servers, 'orders', 3);
      poller = poll();
      await cooked(tables('reader'), 90);
    }, 150_000);

    test('in the end every order that Kafka has acknowledged is cooked, in repair or parked', async () => {
      await until('nothing waits', async () => (await depth('main')) === 0, 60);
      await cooked([...accepted.keys()], 10);
      expect([await depth('parked'), await depth('repair')]).toEqual([0, 1]);
    }, 90_000);
  },
  missingForKafka(),
);
