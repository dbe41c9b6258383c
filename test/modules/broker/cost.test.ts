import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Broker, RabbitMqCluster } from '../../../modules/broker';
import { costs, monthly, SETUPS } from '../../../modules/broker/cost';
import { synthesized } from '../synthesized';

const readme = readFileSync(join(__dirname, '../../../modules/broker/README.md'), 'utf8');

test('the README says what the price table says (npx tsx tools/broker-cost.ts writes it)', () => {
  expect(readme.match(/<!-- costs -->\n([\s\S]*?)\n<!-- end -->/)?.[1]).toBe(costs());
});

test('a pair alone is $420.48: two instances, all month', () => {
  expect(SETUPS[0]?.items[0] && monthly(SETUPS[0].items[0])).toBeCloseTo(420.48, 2);
});

test('alarms cost what they cost: as many metrics as the modules make, for one queue', () => {
  const place = {
    ...{ brokerName: 'orders', region: 'eu-central-1', account: '111111111111', securityGroupIds: ['sg-1'] },
    ...{ subnetIds: ['subnet-1', 'subnet-2'], maintenanceWindow: { dayOfWeek: 'SUNDAY', timeOfDay: '03:00' } as const },
  };
  const user = { username: 'orders', password: 'Twelve-chars-1', passwordVersion: 1 };
  const metrics = (build: Parameters<typeof synthesized>[0]) =>
    synthesized(build)
      .all('aws_cloudwatch_metric_alarm')
      .flatMap(({ metric_query }) => metric_query as { metric?: object }[])
      .filter(({ metric }) => metric).length;
  const counted = (setup: number) =>
    SETUPS[setup]?.items.filter(({ price }) => price === 'alarm-metric').map(({ count }) => count);
  const pair = metrics((stack) => new Broker(stack, 'broker', { ...place, users: [user], watchedQueues: ['orders'] }));
  const dialling = metrics((stack) => {
    const networkConnectors = [{ name: 'a', endpoints: ['ssl://x:61617'], userName: 'orders' }];
    new Broker(stack, 'broker', {
      ...{ ...place, users: [user], watchedQueues: ['orders'], configuration: { networkConnectors } },
    });
  });
  expect(counted(0)).toEqual([pair]);
  expect(counted(1)).toEqual([2 * pair, dialling - pair]);
  expect(counted(2)).toEqual([
    metrics(
      (stack) => new RabbitMqCluster(stack, 'broker', { ...place, administrator: user, queues: [{ name: 'orders' }] }),
    ),
  ]);
});
