import { setTimeout as sleep } from 'node:timers/promises';
import { linksOf } from '../../modules/broker-network';
import { Consumer, Producer, statistics, until } from './harness/client';
import { PairNetwork } from './harness/pair';
import { describeBrokers } from './harness/setup';

const REGIONS = ['ap-south-1', 'eu-central-1', 'us-east-1'] as const;
const QUEUE = 'orders';
const BACKLOG = 5000;

describeBrokers('three regions, a pair each, in a mesh', () => {
  let network: PairNetwork;
  const open: { close(): Promise<void> }[] = [];
  const opened = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    open.push(client);
    return client;
  };
  const ports = (region: string) => network.pair(region).amqpPorts;
  const stored = async () => {
    const sizes = await Promise.all(REGIONS.map(async (region) => (await statistics(ports(region), QUEUE)).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  /** Consumes in one region until that many more are done, then leaves. */
  const visit = async (region: string, done: Set<string>, count: number) => {
    const consumer = opened(new Consumer({ ports: ports(region), queue: QUEUE, delayMs: 1, credit: 20 }, done));
    const wanted = Math.min(BACKLOG, done.size + count);
    await until(
      () => done.size >= wanted,
      60_000,
      () => `${done.size} of ${wanted} done in ${region}\n${network.bridges()}`,
    );
    await consumer.close();
    return consumer;
  };

  beforeEach(async () => {
    network = await PairNetwork.create({ links: linksOf(REGIONS) });
    await network.start();
  }, 90_000);

  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
    await network.stop();
  }, 30_000);

  test('a backlog of 5,000 follows the consumers from region to region: none stuck, none lost, no loop', async () => {
    const producer = opened(new Producer({ ports: ports('ap-south-1'), queue: QUEUE }));
    await producer.send(BACKLOG);
    expect(await stored()).toBe(BACKLOG);
    const done = new Set<string>();
    for (const region of ['us-east-1', 'eu-central-1', 'ap-south-1', 'us-east-1', 'ap-south-1']) {
      await visit(region, done, 800);
    }
    // Nobody consumes now: what is left must be exactly what nobody has done, wherever it is stored.
    await visit('eu-central-1', done, BACKLOG);
    expect([...producer.accepted.keys()].filter((id) => !done.has(id))).toEqual([]);
    await sleep(1500);
    expect(await stored()).toBe(0);
  }, 300_000);

  test.each(REGIONS)(
    '%s dies with orders in its store, and returns: each is done once, none is stuck',
    async (lost) => {
      const others = REGIONS.filter((region) => region !== lost);
      const producer = opened(new Producer({ ports: ports(others[0] as string), queue: QUEUE }));
      const done = new Set<string>();
      const slow = opened(new Consumer({ ports: ports(lost), queue: QUEUE, delayMs: 50, credit: 5 }, done));
      await producer.send(1000);
      await until(
        () => done.size > 10,
        20_000,
        () => `${done.size} done in ${lost}\n${network.bridges()}`,
      );
      await network.pair(lost).killBoth();
      await slow.close();
      const rest = others.map((region) => opened(new Consumer({ ports: ports(region), queue: QUEUE }, done)));
      await producer.send(500);
      await network.pair(lost).start();
      const missing = () => [...producer.accepted.keys()].filter((id) => !done.has(id)).length;
      await until(
        () => missing() === 0,
        60_000,
        () => `${missing()} missing\n${network.bridges()}`,
      );
      await until(
        () => rest.every(({ lastAt }) => Date.now() - lastAt > 500),
        20_000,
        () => 'orders go round and round',
      );
      expect(await stored()).toBe(0);
    },
    200_000,
  );
});
