import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Consumer, duplicates, Producer, statistics, until } from './client';
import { BrokerPair } from './pair';

export interface KillReport {
  readonly kills: number;
  /** Confirmed to the producer. */
  readonly accepted: number;
  readonly consumed: number;
  /** Dead letters at the end: kept, but not consumed. */
  readonly dead: number;
  /** Accepted, but neither consumed nor a dead letter when the store was empty. */
  readonly lost: string[];
  /** Deliveries beyond an order's first; the consumer dropped them. */
  readonly duplicates: number;
  /** For each kill: milliseconds until the producer had its next confirmation, from SIGKILL on. */
  readonly reconnectMs: number[];
}

/** Kills the active instance again and again while orders come in and are consumed; each time the killed one comes back as the standby. */
export async function killActive(kills: number, rate = 200): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-kill-'));
  const pair = await BrokerPair.create(folder, { region: 'eu-central-1' });
  try {
    await pair.start();
    const ports = pair.amqpPorts;
    const producer = new Producer({ ports, queue: 'orders', rate });
    const consumer = new Consumer({ ports, queue: 'orders' });
    producer.start();
    await until(
      () => consumer.done.size > 0,
      10_000,
      () => 'nothing consumed before the first kill',
    );
    const reconnectMs: number[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      // At another moment of the load each time.
      await sleep(200 + ((kill * 37) % 200));
      const killed = await pair.killActive();
      reconnectMs.push(await producer.confirmedAfter(Date.now()));
      killed.start();
      await killed.until('up');
    }
    await producer.stop();
    // Until the store is empty: what is lost then is known by its id, and nothing can be excused as stored.
    await until(
      () => [...producer.accepted.keys()].every((id) => consumer.done.has(id)),
      20_000,
      () => `${consumer.done.size} of ${producer.accepted.size} consumed`,
    ).catch(() => undefined);
    for (let tries = 0; tries < 100 && (await statistics(ports, 'orders')).size > 0; tries += 1) await sleep(100);
    const stored = (await statistics(ports, 'orders')).size;
    if (stored > 0) throw new Error(`${stored} orders are in the store and nobody gets them`);
    const graves = new Consumer({ ports, queue: 'DLQ.orders', answers: () => false, credit: 1000 });
    const dead = (await statistics(ports, 'DLQ.orders')).size;
    await until(
      () => graves.seen.size >= dead,
      10_000,
      () => `${graves.seen.size} of ${dead} dead letters`,
    );
    const kept = new Set([...consumer.done, ...graves.seen.keys()]);
    const lost = [...producer.accepted.keys()].filter((id) => !kept.has(id));
    await graves.close();
    await consumer.close();
    await producer.close();
    return {
      kills,
      accepted: producer.accepted.size,
      consumed: consumer.done.size,
      dead,
      lost,
      duplicates: duplicates([consumer]),
      reconnectMs,
    };
  } finally {
    await pair.killBoth();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The value below which that share (0 to 1) of the others lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
