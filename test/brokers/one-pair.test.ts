import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerProcess, freePort } from './harness/broker-process';
import { Consumer, Producer, statistics, until } from './harness/client';
import { BrokerPair } from './harness/pair';
import { describeBrokers } from './harness/setup';

describeBrokers('one pair, with policies of its own for two queues', () => {
  let folder: string;
  let pair: BrokerPair;
  const open: { close(): Promise<void> }[] = [];
  const opened = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    open.push(client);
    return client;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'spillway-pair-'));
    pair = await BrokerPair.create(folder, {
      region: 'eu-central-1',
      queues: [
        {
          queue: 'orders',
          redelivery: { maximumRedeliveries: 3, initialDelay: 1000, multiplier: 2, maximumDelay: 5000, jitter: 0 },
        },
        { queue: 'slow', prefetch: 10, deadLetterPrefix: 'DEAD.' },
      ],
    });
    await pair.start();
  }, 60_000);

  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  }, 30_000);

  afterAll(async () => {
    await pair.killBoth();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test('a poison message is delivered again after growing waits, then a dead letter of its own queue; the others pass', async () => {
    const ports = pair.amqpPorts;
    const producer = opened(new Producer({ ports, queue: 'orders' }));
    await producer.send(100);
    const consumer = opened(new Consumer({ ports, queue: 'orders', refuses: (id) => id === 'order-50' }));
    await until(
      () => consumer.done.size === 99,
      20_000,
      () => `${consumer.done.size} of 99`,
    );
    await until(
      () => consumer.refused.get('order-50')?.length === 4,
      20_000,
      () => `${consumer.refused.get('order-50')?.length} deliveries`,
    );
    const at = consumer.refused.get('order-50') ?? [];
    const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    // 1, 2 and 4 s; a busy machine only makes them longer.
    expect(waits.map((wait, index) => wait >= 1000 * 2 ** index * 0.9)).toEqual([true, true, true]);
    const dead = opened(new Consumer({ ports, queue: 'DLQ.orders' }));
    await until(
      () => dead.done.size === 1,
      10_000,
      () => 'no dead letter',
    );
    expect([...dead.done]).toEqual(['order-50']);
    expect((await statistics(ports, 'orders')).size).toBe(0);
  }, 90_000);

  test('a slow consumer gets what it can do, and the rest goes to a fast one; a kill in between loses nothing', async () => {
    const ports = pair.amqpPorts;
    const slow = opened(new Consumer({ ports, queue: 'slow', delayMs: 200, credit: 5 }));
    const producer = opened(new Producer({ ports, queue: 'slow' }));
    await producer.send(500);
    const fast = opened(new Consumer({ ports, queue: 'slow' }, slow.done));
    await until(
      () => fast.seen.size > 200,
      20_000,
      () => `${fast.seen.size} by the fast one`,
    );
    const killed = await pair.killActive();
    await until(
      () => slow.done.size === 500,
      30_000,
      () => `${slow.done.size} of 500 done`,
    );
    expect(fast.seen.size).toBeGreaterThan(slow.seen.size * 5);
    killed.start();
    await killed.until('up');
    // An acknowledgement may still be on its way; a message left behind would stay.
    for (let tries = 0; tries < 50 && (await statistics(ports, 'slow')).size > 0; tries += 1) await sleep(200);
    expect((await statistics(ports, 'slow')).size).toBe(0);
  }, 90_000);

  test('ActiveMQ itself refuses what it does not know, so the generated XML has been checked by its schema', async () => {
    const wrong = new BrokerProcess(
      'wrong',
      folder,
      `<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd"><broker xmlns="http://activemq.apache.org/schema/core" nosuch="1" start="false"/></beans>`,
      await freePort(),
      await freePort(),
    );
    wrong.start();
    await expect(wrong.until('active')).rejects.toThrow(/nosuch/);
  }, 30_000);
});
