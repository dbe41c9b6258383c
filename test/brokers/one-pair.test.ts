import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerProcess, freePort } from '../../local/brokers/broker-process';
import { aShop } from '../functions/shop/order-consumer/a-shop';
import { anOrder } from '../functions/shop/orders';
import { Consumer, duplicates, Producer, statistics, until } from './harness/client';
import { describeActiveMq } from './harness/describe-brokers';
import { BrokerPair } from './harness/pair';

describeActiveMq('one pair, with a policy of its own for each queue', () => {
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
        { queue: 'silent', abortConsumerAfter: 2000 },
        { queue: 'wide', memoryLimit: '1mb' },
        { queue: 'paid' },
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

  test('a dead letter that is refused comes back as one, for as long as it takes: it has nowhere further to go', async () => {
    const ports = pair.amqpPorts;
    const producer = opened(new Producer({ ports, queue: 'orders', prefix: 'grave' }));
    await producer.send(1);
    const refusing = opened(new Consumer({ ports, queue: 'orders', refuses: () => true }));
    await until(
      () => refusing.refused.get('grave-0')?.length === 4,
      30_000,
      () => `${refusing.refused.get('grave-0')?.length} deliveries`,
    );
    const graves = opened(new Consumer({ ports, queue: 'DLQ.orders', refuses: () => true }));
    await until(
      () => (graves.refused.get('grave-0')?.length ?? 0) >= 3,
      30_000,
      () => `${graves.refused.get('grave-0')?.length} looks`,
    );
    await graves.close();
    const taken = opened(new Consumer({ ports, queue: 'DLQ.orders' }));
    await until(
      () => taken.done.has('grave-0'),
      30_000,
      () => 'the dead letter is gone',
    );
  }, 120_000);

  test('a consumer that never answers is cut off, and what it held goes to others', async () => {
    const ports = pair.amqpPorts;
    const producer = opened(new Producer({ ports, queue: 'silent' }));
    await producer.send(20);
    const silent = opened(new Consumer({ ports, queue: 'silent', credit: 20, answers: () => false }));
    await until(
      () => silent.seen.size === 20,
      10_000,
      () => `${silent.seen.size} of 20 handed over`,
    );
    const since = Date.now();
    const other = opened(new Consumer({ ports, queue: 'silent' }));
    // It connects again, and gets hold of some each time; each time it loses them.
    await until(
      () => other.done.size === 20,
      30_000,
      () => `${other.done.size} of 20 went to the other`,
    );
    expect(Date.now() - since).toBeGreaterThan(1000);
  }, 60_000);

  test("more than fits into a queue's memory is accepted all the same, waits in the store, and arrives", async () => {
    const ports = pair.amqpPorts;
    const producer = opened(new Producer({ ports, queue: 'wide', weight: 20_000, window: 20 }));
    await producer.send(300);
    expect((await statistics(ports, 'wide')).size).toBe(300);
    const consumer = opened(new Consumer({ ports, queue: 'wide' }));
    await until(
      () => consumer.done.size === 300,
      30_000,
      () => `${consumer.done.size} of 300`,
    );
  }, 90_000);

  test("duplicates are dropped by the consumer's own books: whatever is delivered twice is paid once", async () => {
    const ports = pair.amqpPorts;
    const shop = aShop();
    const producer = opened(
      new Producer({ ports, queue: 'paid', prefix: 'order-paid', order: (orderId) => anOrder({ orderId }) }),
    );
    await producer.send(200);
    const handle = async (body: string) => {
      shop.line.send(body);
      await shop.line.settle();
    };
    // Dies with its work done and not a word of it said.
    const dying = opened(new Consumer({ ports, queue: 'paid', credit: 100, handle, answers: () => false }));
    await until(
      () => dying.seen.size === 100,
      20_000,
      () => `${dying.seen.size} of 100 handled`,
    );
    await dying.close();
    const living = opened(new Consumer({ ports, queue: 'paid', handle }));
    await until(
      () => living.done.size > 20,
      20_000,
      () => `${living.done.size} done`,
    );
    const killed = await pair.killActive();
    await until(
      () => living.done.size === 200,
      30_000,
      () => `${living.done.size} of 200 done`,
    );
    killed.start();
    await killed.until('up');
    expect(duplicates([dying, living])).toBeGreaterThanOrEqual(100);
    expect(shop.payment.charges.map(({ orderId }) => orderId).sort()).toHaveLength(200);
    expect(new Set(shop.payment.charges.map(({ orderId }) => orderId)).size).toBe(200);
    const { handled } = shop.line;
    const duplicate = handled.filter(({ outcome }) => outcome.kind === 'duplicate').length;
    expect(handled.length - duplicate).toBe(200);
  }, 120_000);

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
