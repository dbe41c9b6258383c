import { killActive, percentile } from '../../test/brokers/harness/kill-active';
import { missing } from '../../test/brokers/harness/setup';
import { table } from './measure';

const KILLS = 50;

/** Kills the active instance of a real ActiveMQ pair under load, and says how long the producer waited and what was lost. */
export async function benchBrokers(): Promise<string> {
  const problem = missing();
  if (problem) throw new Error(problem);
  const { kills, accepted, consumed, stored, lost, duplicates, reconnectMs } = await killActive(KILLS);
  const seconds = (share: number) => `${(percentile(reconnectMs, share) / 1000).toFixed(2)} s`;
  return [
    `ActiveMQ 5.18.6, an active/standby pair on one store with the module's XML. The active one is killed (SIGKILL) ${kills} times while orders are sent and consumed; reconnect is the time until the producer's next confirmation. Goal: p99 at most 10 s, 0 lost.`,
    table(
      ['kills', 'reconnect p50', 'p99', 'longest', 'accepted', 'lost', 'left in the store', 'duplicates dropped'],
      [[kills, seconds(0.5), seconds(0.99), seconds(1), accepted, lost.length, stored, duplicates].map(String)],
    ),
    `${consumed} orders were done: those whose confirmation a kill swallowed were sent again, and dropped by their id. This says nothing about Amazon MQ's own times: no EFS, no TLS, no DNS, no distance here.`,
  ].join('\n\n');
}
