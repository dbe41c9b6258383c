import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startEmulator } from '../../local/emulator/emulator';
import { definitions } from '../../modules/broker';
import { Runbook, withAws } from '../scenarios/runbook';
import { describeBrokers } from './harness/describe-brokers';
import { missingForRabbitMq, RabbitMqProcess } from './harness/rabbitmq';

interface Message {
  readonly payload: string;
  readonly message_count: number;
  readonly properties: { readonly headers?: { readonly 'x-death'?: { readonly reason: string }[] } };
}

/** Amazon MQ's own policy of a cluster, as a broker has it from its first day. Source: Amazon MQ guide, "Broker defaults". */
const DEFAULT_POLICY = {
  pattern: '.*',
  'apply-to': 'all',
  priority: 1,
  definition: { 'max-length': 8_000_000, overflow: 'reject-publish' },
};

describeBrokers(
  "one RabbitMQ with Amazon MQ's default policy and the module's definitions",
  () => {
    let folder: string;
    let rabbit: RabbitMqProcess;
    const queue = (name: string) => `queues/%2f/${name}`;
    const take = (name: string, ackmode: 'reject_requeue_true' | 'reject_requeue_false') =>
      rabbit.ask<Message[]>('POST', `${queue(name)}/get`, { count: 1, ackmode, encoding: 'auto' });
    /** The first that comes; a dead letter is a moment on its way. */
    const arrived = async (name: string): Promise<Message> => {
      for (let tries = 0; tries < 50; tries += 1) {
        const [message] = await take(name, 'reject_requeue_true');
        if (message) return message;
        await sleep(100);
      }
      throw new Error(`nothing in ${name}`);
    };
    const send = (name: string, payload: string) =>
      rabbit.ask('POST', 'exchanges/%2f/amq.default/publish', {
        ...{ routing_key: name, payload, payload_encoding: 'string', properties: { delivery_mode: 2 } },
      });

    // Debian's RabbitMQ is 3.10; that a policy can name quorum queues alone is new in 3.12, so here it names queues.
    const defined = (...queues: Parameters<typeof definitions>[0]) =>
      JSON.stringify(definitions(queues)).replaceAll('"quorum_queues"', '"queues"');
    const define = async () => {
      const text = defined({ name: 'orders', deliveryLimit: 2 }, { name: 'orders.eu' });
      await rabbit.ask('POST', 'definitions', JSON.parse(text));
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'spillway-rabbitmq-'));
      rabbit = new RabbitMqProcess(folder);
      await rabbit.start();
      await rabbit.ask('PUT', 'policies/%2f/AWS-DEFAULT-POLICY-CLUSTER-MULTI-AZ', DEFAULT_POLICY);
      await define();
    }, 120_000);

    afterAll(async () => {
      await rabbit.stop();
      rmSync(folder, { recursive: true, force: true });
    }, 30_000);

    test("each queue has its own policy, and not Amazon MQ's", async () => {
      for (const name of ['orders', 'orders.dead', 'orders.eu', 'orders.eu.dead']) {
        const look = () => rabbit.ask<{ type: string; policy?: string }>('GET', queue(name));
        let found = await look();
        for (let tries = 0; found.policy !== name && tries < 50; tries += 1) {
          await sleep(200);
          found = await look();
        }
        expect([name, found.type, found.policy]).toEqual([name, 'quorum', name]);
      }
    });

    test('a message that nobody can handle is delivered limit + 1 times, then a dead letter that says why; there it stays', async () => {
      await send('orders', 'poison');
      for (let delivery = 1; delivery <= 3; delivery += 1) {
        expect(await take('orders', 'reject_requeue_true')).toMatchObject([{ payload: 'poison' }]);
      }
      const dead = await arrived('orders.dead');
      expect(dead.properties.headers?.['x-death']).toMatchObject([{ reason: 'delivery_limit', queue: 'orders' }]);
      expect(await take('orders', 'reject_requeue_true')).toEqual([]);
      // RabbitMQ 4 would end it after 20 looks, if the policy of dead letters had no limit of its own.
      for (let looks = 0; looks < 25; looks += 1) expect((await arrived('orders.dead')).payload).toBe('poison');
    });

    test("what a consumer refuses for good is a dead letter at once, in its own queue's", async () => {
      await send('orders.eu', 'refused');
      await take('orders.eu', 'reject_requeue_false');
      expect(await arrived('orders.eu.dead')).toMatchObject({ payload: 'refused' });
    });

    test('the definitions can be put in again, and change nothing', async () => {
      await define();
      expect((await arrived('orders.dead')).payload).toBe('poison');
    });

    withAws(
      'broker-rabbitmq: definitions reach the broker as its administrator, twice over, and its queues are there',
      async () => {
        // Of Amazon MQ's API only what the page asks: where the console is.
        const mq = createServer((_, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ brokerInstances: [{ consoleURL: rabbit.console }] }));
        });
        await new Promise<void>((resolve) => mq.listen(0, '127.0.0.1', resolve));
        const url = `http://127.0.0.1:${(mq.address() as AddressInfo).port}`;
        const emulator = await startEmulator({ amazonMq: { url, authorityPath: '/dev/null' } });
        try {
          const { endpoint } = emulator;
          const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
          const secrets = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials });
          const SecretString = JSON.stringify(rabbit.login);
          await secrets.send(new CreateSecretCommand({ Name: 'prod-rabbit/administrator', SecretString }));
          const runbook = new Runbook('broker-rabbitmq', { endpoint, output: () => 'b-1' });
          const where = await runbook.follow('aws mq describe-broker');
          expect(where).toMatchObject({ status: 0, stderr: '', stdout: `${rabbit.console}\n` });

          // `terraform output` reads a state, and here is none.
          writeFileSync(join(folder, 'definitions.json'), defined({ name: 'walk', deliveryLimit: 5 }));
          const here = (line: string) => line.replace('definitions.json', join(folder, 'definitions.json'));
          const said = { broker: 'prod-rabbit', user: 'administrator', console: where.stdout.trim() };
          for (const _ of ['once', 'again'])
            expect(await runbook.follow('aws secretsmanager', said, here)).toMatchObject({ status: 0 });
          expect(await rabbit.ask('GET', queue('walk'))).toMatchObject({ type: 'quorum' });
          expect(runbook.left()).toEqual([]);
        } finally {
          await emulator.stop();
          mq.close();
        }
      },
      60_000,
    );
  },
  missingForRabbitMq(),
);
