import { setTimeout as sleep } from 'node:timers/promises';
import { type Link, linksOf } from '../../modules/broker-network';
import { Consumer, duplicates, Producer, statistics, until } from './harness/client';
import { describeActiveMq } from './harness/describe-brokers';
import { type BrokerPair, PairNetwork } from './harness/pair';

const [LINK] = linksOf(['eu-central-1', 'us-east-1']) as [Link];

/** The shortest sequence of four in which each of their 24 orders is somewhere, one instance right after the other (a superpermutation). */
const EVERY_ORDER = '123412314231243121342132413214321';

/** Both stores hold nothing more; an acknowledgement may take a moment. */
async function empty(queue: string, ...pairs: readonly BrokerPair[]): Promise<void> {
  const sizes = () => Promise.all(pairs.map(async ({ amqpPorts }) => (await statistics(amqpPorts, queue)).size));
  for (let tries = 0; tries < 50 && (await sizes()).some((size) => size > 0); tries += 1) await sleep(200);
  expect(await sizes()).toEqual(pairs.map(() => 0));
}

/** Everything accepted has been done, wherever it went; orders beyond what was accepted can only be sends whose confirmation was lost. */
async function allDone(producers: readonly Producer[], done: ReadonlySet<string>, timeoutMs = 60_000): Promise<void> {
  const accepted = producers.flatMap((producer) => [...producer.accepted.keys()]);
  const missing = () => accepted.filter((id) => !done.has(id));
  await until(
    () => missing().length === 0,
    timeoutMs,
    () => `${missing().length} of ${accepted.length} missing`,
  );
}

describeActiveMq('two regions, a pair each, in a network', () => {
  let network: PairNetwork;
  const open: { close(): Promise<void> }[] = [];
  const opened = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    open.push(client);
    return client;
  };

  // Every test has a queue of its own, for they share the brokers.
  beforeAll(async () => {
    network = await PairNetwork.create({ links: [LINK], queues: [{ queue: 'orders.>' }] });
    await network.start();
  }, 60_000);

  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  }, 30_000);

  afterAll(() => network.stop(), 30_000);

  test('whichever instance is the active one, the bridge finds it', async () => {
    const queue = 'orders.found';
    const us = network.pair('us-east-1');
    const first = await us.killActive();
    const second = await us.untilActive();
    expect(second).not.toBe(first);
    first.start();
    await network.pair('eu-central-1').killBoth();
    await network.pair('eu-central-1').start();
    const producer = opened(new Producer({ ports: network.pair('eu-central-1').amqpPorts, queue }));
    const consumer = opened(new Consumer({ ports: us.amqpPorts, queue }));
    await producer.send(100);
    await until(
      () => consumer.done.size === 100,
      20_000,
      () => `${consumer.done.size} crossed the bridge\n${network.bridges()}`,
    );
  }, 60_000);

  test('both instances of a pair die and return: what they held is delivered, and the bridge is back by itself', async () => {
    const queue = 'orders.both-dead';
    const eu = network.pair('eu-central-1');
    const us = network.pair('us-east-1');
    const producer = opened(new Producer({ ports: eu.amqpPorts, queue }));
    const consumer = opened(new Consumer({ ports: us.amqpPorts, queue, delayMs: 1 }));
    producer.start();
    await until(
      () => consumer.done.size > 100,
      20_000,
      () => `${consumer.done.size} crossed the bridge`,
    );
    await us.killBoth();
    const confirmed = producer.accepted.size;
    await until(
      () => producer.accepted.size > confirmed + 500,
      10_000,
      () => 'the other region stopped taking orders',
    );
    await us.start();
    const returned = Date.now();
    await producer.stop();
    await allDone([producer], consumer.done);
    expect(consumer.lastAt).toBeGreaterThan(returned);
  }, 120_000);

  test("a region's loss: producers go on against the other within 10 s, and what the dead one held arrives when it returns", async () => {
    const queue = 'orders.region-lost';
    const eu = network.pair('eu-central-1');
    const us = network.pair('us-east-1');
    // A slow consumer in the US draws orders over the bridge into the store of the region that is about to die.
    const slow = opened(new Consumer({ ports: us.amqpPorts, queue, delayMs: 50, credit: 5 }));
    const producer = opened(new Producer({ ports: [...us.amqpPorts, ...eu.amqpPorts], queue }));
    await producer.send(1500);
    const done = slow.done;
    producer.start();
    await us.killBoth();
    const killedAt = Date.now();
    const resumedMs = await producer.confirmedAfter(killedAt);
    expect(resumedMs).toBeLessThanOrEqual(10_000);
    await slow.close();
    const local = opened(new Consumer({ ports: eu.amqpPorts, queue }, done));
    await sleep(2000);
    await producer.stop();
    const heldBefore = [...producer.accepted.keys()].filter((id) => !done.has(id)).length;
    // The dead region's backlog is not available meanwhile: a network of brokers does not replicate.
    expect(heldBefore).toBeGreaterThan(500);
    await us.start();
    await allDone([producer], done);
    expect((await statistics(us.amqpPorts, queue)).size).toBe(0);
    // Only what was in flight may come twice, and counts once: the producer's window and the slow consumer's credit.
    expect(duplicates([slow, local])).toBeLessThanOrEqual(100 + 5);
  }, 120_000);

  test('the line between them is cut and healed: nothing is lost, and the bridge is back in seconds', async () => {
    const queue = 'orders.line-cut';
    const eu = network.pair('eu-central-1');
    const us = network.pair('us-east-1');
    const producer = opened(new Producer({ ports: eu.amqpPorts, queue, rate: 300 }));
    const consumer = opened(new Consumer({ ports: us.amqpPorts, queue }));
    producer.start();
    await until(
      () => consumer.done.size > 100,
      20_000,
      () => `${consumer.done.size} crossed the bridge`,
    );
    network.cut(LINK);
    await sleep(500);
    const before = consumer.done.size;
    // Longer than the inactivity limit of 5 s takes to notice, so that both sides give the bridge up and dial in vain.
    await sleep(13_000);
    expect(consumer.done.size - before).toBeLessThanOrEqual(50);
    expect(producer.accepted.size - before).toBeGreaterThan(1000);
    network.heal(LINK);
    const healed = Date.now();
    await until(
      () => consumer.done.size > before + 500,
      20_000,
      () => `${consumer.done.size} after healing`,
    );
    expect(Date.now() - healed).toBeLessThanOrEqual(15_000);
    await producer.stop();
    await allDone([producer], consumer.done);
  }, 120_000);

  test('the four instances are restarted one after the other, in every order that there is: nothing is lost', async () => {
    const queue = 'orders.every-order';
    const eu = network.pair('eu-central-1');
    const us = network.pair('us-east-1');
    const producer = opened(new Producer({ ports: eu.amqpPorts, queue, rate: 200 }));
    const consumer = opened(new Consumer({ ports: us.amqpPorts, queue }));
    producer.start();
    const instances = [...eu.instances, ...us.instances];
    for (const place of EVERY_ORDER) {
      const instance = instances[Number(place) - 1];
      await instance?.kill();
      instance?.start();
      await instance?.until('up');
      await Promise.all([eu.untilActive(), us.untilActive()]);
    }
    await producer.stop();
    await allDone([producer], consumer.done);
    await empty(queue, eu, us);
  }, 240_000);

  const PARTS = ['the active one', 'the standby', 'both'] as const;
  test('any of one pair and any of the other die at once, and return: nothing is lost', async () => {
    const queue = 'orders.together';
    const eu = network.pair('eu-central-1');
    const us = network.pair('us-east-1');
    const producer = opened(new Producer({ ports: eu.amqpPorts, queue, rate: 200 }));
    const consumer = opened(new Consumer({ ports: us.amqpPorts, queue }));
    producer.start();
    const those = (pair: BrokerPair, part: (typeof PARTS)[number]) =>
      pair.instances.filter(({ active }) => part === 'both' || active === (part === 'the active one'));
    for (const here of PARTS) {
      for (const there of PARTS) {
        await Promise.all([eu.untilActive(), us.untilActive()]);
        const dying = [...those(eu, here), ...those(us, there)];
        await Promise.all(dying.map((instance) => instance.kill()));
        for (const instance of dying) instance.start();
        await Promise.all(dying.map((instance) => instance.until('up')));
      }
    }
    await producer.stop();
    await allDone([producer], consumer.done);
    await empty(queue, eu, us);
  }, 180_000);
});

test('the orders of restarting are all 24', () => {
  const found = new Set<string>();
  for (let at = 0; at + 4 <= EVERY_ORDER.length; at += 1) {
    const order = EVERY_ORDER.slice(at, at + 4);
    if (new Set(order).size === 4) found.add(order);
  }
  expect(found.size).toBe(24);
});
