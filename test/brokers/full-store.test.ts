import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Consumer, Producer, statistics, until } from './harness/client';
import { describeActiveMq } from './harness/describe-brokers';
import { BrokerPair } from './harness/pair';

const redelivery = (maximumRedeliveries: number) => ({
  redelivery: { maximumRedeliveries, initialDelay: 1000, multiplier: 1, maximumDelay: 1000, jitter: 0 },
});

describeActiveMq('a pair whose store is full', () => {
  let folder: string;
  let pair: BrokerPair;
  const open: { close(): Promise<void> }[] = [];
  const opened = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    open.push(client);
    return client;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'spillway-full-'));
    pair = await BrokerPair.create(folder, {
      region: 'eu-central-1',
      storeLimit: 24,
      queues: [{ queue: 'again', ...redelivery(1) }, { queue: 'once', ...redelivery(0) }, { queue: 'filler' }],
    });
    await pair.start();
  }, 60_000);

  afterAll(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
    await pair.killBoth();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  /** Ids of what lies in a queue, taken out of it. */
  const drained = async (queue: string, count: number) => {
    const consumer = opened(new Consumer({ ports: pair.amqpPorts, queue, credit: 100 }));
    await until(
      () => consumer.done.size >= count,
      20_000,
      () => `${consumer.done.size} of ${count} in ${queue}`,
    );
    return [...consumer.done].sort();
  };

  test('producers are held, dead letters still arrive, what waits for its redelivery comes when there is room: none is lost', async () => {
    const ports = pair.amqpPorts;
    for (const queue of ['again', 'once']) await opened(new Producer({ ports, queue, prefix: queue })).send(3);
    const filler = opened(new Producer({ ports, queue: 'filler', weight: 20_000, window: 20 }));
    filler.start();
    await filler.held(2000);

    const again = opened(new Consumer({ ports, queue: 'again', refuses: () => true }));
    const once = opened(new Consumer({ ports, queue: 'once', refuses: () => true }));
    await until(
      () => again.refused.size === 3 && once.refused.size === 3,
      10_000,
      () => `${again.refused.size} and ${once.refused.size} refused`,
    );
    // Full to its mark, and the dead letters have a place all the same.
    expect(await drained('DLQ.once', 3)).toEqual(['once-0', 'once-1', 'once-2']);
    // Longer than the redelivery's delay: the broker has tried to send them back, and found no room.
    await sleep(4000);
    expect([...again.refused.values()].map((times) => times.length)).toEqual([1, 1, 1]);

    const confirmed = filler.accepted.size;
    await filler.close();
    expect((await drained('filler', confirmed)).length).toBeGreaterThanOrEqual(confirmed);
    expect(await drained('DLQ.again', 3)).toEqual(['again-0', 'again-1', 'again-2']);
    expect([...again.refused.values()].map((times) => times.length)).toEqual([2, 2, 2]);
    for (const queue of ['again', 'once', 'filler']) expect((await statistics(ports, queue)).size).toBe(0);
  }, 120_000);
});
