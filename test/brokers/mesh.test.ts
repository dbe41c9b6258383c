import { setTimeout as sleep } from 'node:timers/promises';
import { linksOf, type Topology } from '../../modules/broker-network';
import { Consumer, duplicates, Producer, type QueueStatistics, statistics, until } from './harness/client';
import { describeActiveMq } from './harness/describe-brokers';
import { PairNetwork } from './harness/pair';

const REGIONS = ['ap-south-1', 'eu-central-1', 'us-east-1'] as const;
type Region = (typeof REGIONS)[number];
const BACKLOG = 5000;
const CREDIT = 20;
/** Every test has a queue of its own among these, for they share the brokers. */
const QUEUES = 'orders.>';

let network: PairNetwork;
const open: { close(): Promise<void> }[] = [];
const opened = <Client extends { close(): Promise<void> }>(client: Client): Client => {
  open.push(client);
  return client;
};
const ports = (region: string) => network.pair(region).amqpPorts;
const look = (queue: string) => Promise.all(REGIONS.map((region) => statistics(ports(region), queue)));
const sum = (all: readonly QueueStatistics[], field: 'size' | 'enqueueCount') =>
  all.reduce((total, one) => total + Number(one[field]), 0);

/** Resolves when nothing moves any more: twice the same, two seconds apart. */
async function settled(queue: string, timeoutMs = 30_000): Promise<readonly QueueStatistics[]> {
  const deadline = Date.now() + timeoutMs;
  let before = await look(queue);
  for (;;) {
    await sleep(2000);
    const now = await look(queue);
    if (sum(now, 'enqueueCount') === sum(before, 'enqueueCount') && sum(now, 'size') === sum(before, 'size'))
      return now;
    if (Date.now() > deadline) throw new Error(`orders go round although nobody consumes\n${network.bridges()}`);
    before = now;
  }
}

async function start(topology?: Topology): Promise<void> {
  network = await PairNetwork.create({ links: linksOf(REGIONS, topology), queues: [{ queue: QUEUES }] });
  await network.start();
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
}, 30_000);

describeActiveMq('three regions, a pair each, in a mesh', () => {
  beforeAll(() => start(), 90_000);
  afterAll(() => network.stop(), 30_000);

  test('a backlog of 5,000 follows the consumers from region to region: none stuck, none lost, no loop', async () => {
    const queue = 'orders.backlog';
    const producer = opened(new Producer({ ports: ports('ap-south-1'), queue }));
    await producer.send(BACKLOG);
    const done = new Set<string>();
    const consumers: Consumer[] = [];
    const visit = async (region: Region, wanted: number, timeoutMs = 30_000) => {
      const consumer = opened(new Consumer({ ports: ports(region), queue, delayMs: 1, credit: CREDIT }, done));
      consumers.push(consumer);
      await until(
        () => done.size >= wanted,
        timeoutMs,
        () => `${done.size} of ${wanted} done in ${region}\n${network.bridges()}`,
      );
      await consumer.close();
    };
    for (const region of ['us-east-1', 'eu-central-1', 'us-east-1'] as const) {
      await visit(region, done.size + 800);
      // Nobody consumes now. Nothing may move, and what is stored somewhere is exactly what has not been done.
      expect(sum(await settled(queue), 'size') + done.size).toBe(BACKLOG);
    }
    // All that has wandered off comes back in seconds: what must not go back at once is looked at again soon.
    await visit('ap-south-1', BACKLOG, 45_000);
    const end = await settled(queue);
    expect([...producer.accepted.keys()].filter((id) => !done.has(id))).toEqual([]);
    expect(sum(end, 'size')).toBe(0);
    // Only what a consumer had in hand when it left may come twice.
    expect(duplicates(consumers)).toBeLessThanOrEqual(consumers.length * CREDIT);
    // Each is stored once where it was sent, and for every visit it crosses at most two bridges: more would be a loop.
    expect(sum(end, 'enqueueCount')).toBeLessThanOrEqual(BACKLOG * (1 + 2 * consumers.length));
  }, 400_000);

  test.each(REGIONS)(
    '%s dies with orders in its store, and returns: each is done once, none is stuck',
    async (lost) => {
      const queue = `orders.lost-${lost}`;
      const others = REGIONS.filter((region) => region !== lost);
      const producer = opened(new Producer({ ports: ports(others[0] as string), queue }));
      const done = new Set<string>();
      const slow = opened(new Consumer({ ports: ports(lost), queue, delayMs: 50, credit: 5 }, done));
      await producer.send(1000);
      await until(
        () => done.size > 10,
        20_000,
        () => `${done.size} done in ${lost}\n${network.bridges()}`,
      );
      await network.pair(lost).killBoth();
      await slow.close();
      const rest = others.map((region) => opened(new Consumer({ ports: ports(region), queue }, done)));
      await producer.send(500);
      await network.pair(lost).start();
      const missing = () => [...producer.accepted.keys()].filter((id) => !done.has(id)).length;
      await until(
        () => missing() === 0,
        60_000,
        () => `${missing()} missing\n${network.bridges()}`,
      );
      expect(sum(await settled(queue), 'size')).toBe(0);
      // What a bridge had carried and not yet been thanked for when its end died may come again: its prefetch, on each of the two lines.
      expect(duplicates([slow, ...rest])).toBeLessThanOrEqual(2 * 1000 + 5);
    },
    200_000,
  );

  test('any one line is cut: orders go round by the third region, and the line is used again when it is back', async () => {
    for (const link of linksOf(REGIONS)) {
      const done = new Set<string>();
      const queue = `orders.${link.dials}-to-${link.answers}`;
      const consumer = opened(new Consumer({ ports: ports(link.answers), queue }, done));
      const producer = opened(new Producer({ ports: ports(link.dials), queue }));
      const arrive = async (count: number, timeoutMs: number) => {
        const wanted = done.size + count;
        await producer.send(count);
        await until(
          () => done.size >= wanted,
          timeoutMs,
          () => `${done.size} of ${wanted} arrived, ${link.dials} to ${link.answers}\n${network.bridges()}`,
        );
      };
      await arrive(50, 20_000);
      network.cut(link);
      // What is on its way over the dead line comes back when the bridge is given up: after the inactivity limit of 5 s, and a look at it.
      await arrive(100, 40_000);
      network.heal(link);
      await arrive(50, 20_000);
      expect([...producer.accepted.keys()].filter((id) => !done.has(id))).toEqual([]);
      await Promise.all([consumer.close(), producer.close()]);
    }
  }, 240_000);
});

describeActiveMq('three regions with one in the middle', () => {
  beforeAll(() => start({ kind: 'hub', hub: 'eu-central-1' }), 90_000);
  afterAll(() => network.stop(), 30_000);

  test('orders pass through the hub to whoever consumes, and follow when the consumer moves to the other end', async () => {
    const queue = 'orders.hub';
    const done = new Set<string>();
    const producer = opened(new Producer({ ports: ports('ap-south-1'), queue }));
    const far = opened(new Consumer({ ports: ports('us-east-1'), queue, delayMs: 2, credit: CREDIT }, done));
    await producer.send(1000);
    await until(
      () => done.size >= 200,
      30_000,
      () => `${done.size} of 200 through the hub\n${network.bridges()}`,
    );
    await far.close();
    expect(sum(await settled(queue), 'size') + done.size).toBe(1000);
    const near = opened(new Consumer({ ports: ports('ap-south-1'), queue }, done));
    await until(
      () => done.size === 1000,
      60_000,
      () => `${done.size} of 1000 after the move\n${network.bridges()}`,
    );
    expect(sum(await settled(queue), 'size')).toBe(0);
    expect(duplicates([far, near])).toBeLessThanOrEqual(CREDIT);
  }, 200_000);
});
