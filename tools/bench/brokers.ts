import { install } from '../../local/brokers/install';
import { killActive, percentile } from '../../test/brokers/harness/kill-active';

import { table } from './measure';

const KILLS = 50;

/** Kills the active instance of a real ActiveMQ pair under load, and says how long the producer waited and what was lost. */
export async function benchBrokers(): Promise<string> {
  await install();
  const { kills, accepted, consumed, dead, lost, duplicates, reconnectMs } = await killActive(KILLS);
  const seconds = (share: number) => `${(percentile(reconnectMs, share) / 1000).toFixed(2)} s`;
  return [
    `ActiveMQ 5.18.6, an active/standby pair on one store with the module's XML. The active one is killed (SIGKILL) ${kills} times while orders are sent and consumed; reconnect is the time until the producer's next confirmation. **The waiting instance looks at the store's lock every 500 ms, a setting of this harness that decides the result**: ActiveMQ's default is 10 s, and Amazon MQ manages its own, which a configuration can't set and nobody documents. Goal: p99 at most 10 s, 0 lost.`,
    table(
      ['kills', 'reconnect p50', 'p99', 'longest', 'accepted', 'lost', 'dead letters', 'duplicates dropped'],
      [[kills, seconds(0.5), seconds(0.99), seconds(1), accepted, lost.length, dead, duplicates].map(String)],
    ),
    `${consumed} orders were done: those whose confirmation a kill swallowed were sent again, and dropped by their id; lost is counted by id once the store was empty. This says nothing about Amazon MQ's own times: no EFS, no TLS, no DNS, no distance here.`,
  ].join('\n\n');
}
