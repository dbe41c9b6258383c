import { setTimeout as sleep } from 'node:timers/promises';
import { type Link, linksOf } from '../../modules/broker-network';
import { Consumer, Producer, statistics, until } from './harness/client';
import { PairNetwork } from './harness/pair';
import { describeBrokers } from './harness/setup';

const [LINK] = linksOf(['eu-central-1', 'us-east-1']) as [Link];
const QUEUE = 'orders';

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

describeBrokers('two regions, a pair each, in a network', () => {
  let network: PairNetwork;
  const open: { close(): Promise<void> }[] = [];
  const opened = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    open.push(client);
    return client;
  };

  beforeEach(async () => {
    network = await PairNetwork.create({ links: [LINK] });
    await network.start();
  }, 60_000);

  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
    await network.stop();
  }, 30_000);

  test('whichever instance is the active one, the bridge finds it', async () => {
    const us = network.pair('us-east-1');
    const first = await us.killActive();
    const second = await us.untilActive();
    expect(second).not.toBe(first);
    first.start();
    await network.pair('eu-central-1').killBoth();
    await network.pair('eu-central-1').start();
    const producer = opened(new Producer({ ports: network.pair('eu-central-1').amqpPorts, queue: QUEUE }));
    const consumer = opened(new Consumer({ ports: us.amqpPorts, queue: QUEUE }));
    await producer.send(100);
    await until(
      () => consumer.done.size === 100,
      20_000,
      () => `${consumer.done.size} crossed the bridge\n${network.bridges()}`,
    );
  }, 60_000);

  test('both instances of a pair die and return: what they held is delivered, and the bridge is back by itself', async () => {
    const eu = network.pair('eu-central-1');
    const us = network.pair('us-east-1');
    const producer = opened(new Producer({ ports: eu.amqpPorts, queue: QUEUE }));
    const consumer = opened(new Consumer({ ports: us.amqpPorts, queue: QUEUE, delayMs: 1 }));
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
    const eu = network.pair('eu-central-1');
    const us = network.pair('us-east-1');
    // A slow consumer in the US draws orders over the bridge into the store of the region that is about to die.
    const slow = opened(new Consumer({ ports: us.amqpPorts, queue: QUEUE, delayMs: 50, credit: 5 }));
    const producer = opened(new Producer({ ports: [...us.amqpPorts, ...eu.amqpPorts], queue: QUEUE }));
    await producer.send(1500);
    const done = slow.done;
    producer.start();
    await us.killBoth();
    const killedAt = Date.now();
    const resumedMs = await producer.confirmedAfter(killedAt);
    expect(resumedMs).toBeLessThanOrEqual(10_000);
    await slow.close();
    const local = opened(new Consumer({ ports: eu.amqpPorts, queue: QUEUE }, done));
    await sleep(2000);
    await producer.stop();
    const heldBefore = [...producer.accepted.keys()].filter((id) => !done.has(id)).length;
    // The dead region's backlog is not available meanwhile: a network of brokers does not replicate.
    expect(heldBefore).toBeGreaterThan(500);
    await us.start();
    await allDone([producer], done);
    expect((await statistics(us.amqpPorts, QUEUE)).size).toBe(0);
    // Only what was in flight may come twice, and counts once: the producer's window and the slow consumer's credit.
    expect(local.duplicates).toBeLessThanOrEqual(100 + 5);
  }, 120_000);

  test('the line between them is cut and healed: nothing is lost, and the bridge is back in seconds', async () => {
    const eu = network.pair('eu-central-1');
    const us = network.pair('us-east-1');
    const producer = opened(new Producer({ ports: eu.amqpPorts, queue: QUEUE, rate: 300 }));
    const consumer = opened(new Consumer({ ports: us.amqpPorts, queue: QUEUE }));
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

  test('every order of restarting the four instances loses nothing', async () => {
    const eu = network.pair('eu-central-1');
    const us = network.pair('us-east-1');
    const producer = opened(new Producer({ ports: eu.amqpPorts, queue: QUEUE, rate: 200 }));
    const consumer = opened(new Consumer({ ports: us.amqpPorts, queue: QUEUE }));
    producer.start();
    for (const order of [
      [eu, us],
      [us, eu],
    ]) {
      // Active first, then what was the standby; and the standby first, so that no failover is needed.
      for (const pair of order) {
        const first = await pair.killActive();
        await pair.untilActive();
        first.start();
        await first.until('up');
        const standby = pair.instances.find((instance) => !instance.active);
        await standby?.kill();
        standby?.start();
        await standby?.until('up');
      }
    }
    for (const order of [
      [eu, us],
      [us, eu],
    ]) {
      await Promise.all(order.map((pair) => pair.killBoth()));
      for (const pair of order) await pair.start();
    }
    await producer.stop();
    await allDone([producer], consumer.done);
  }, 150_000);
});
