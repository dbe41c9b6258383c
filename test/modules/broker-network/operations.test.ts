import { Broker, type BrokerProps } from '../../../modules/broker';
import { BrokerOperations, type BrokerOperationsProps } from '../../../modules/broker-network';
import { allowed, synthesized } from '../synthesized';

const PLACE = {
  ...{ region: 'us-east-1', account: '111111111111', subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] },
  ...{ maintenanceWindow: { dayOfWeek: 'SUNDAY', timeOfDay: '03:00' }, engineVersion: '5.19' },
} satisfies Partial<BrokerProps>;
const user = { username: 'orders', password: 'Twelve-chars-1', passwordVersion: 1 };

const operations = (change: Partial<BrokerOperationsProps> = {}) =>
  synthesized((stack) => {
    const broker = new Broker(stack, 'broker', { ...PLACE, brokerName: 'a', users: [user] });
    new BrokerOperations(stack, 'operations', {
      ...{ networkName: 'brokers', account: '111111111111' },
      brokers: [{ broker, reachFunctionArn: 'arn:reach' }],
      ...change,
    });
  });
const alarm = (name: string, everyMinutes?: number) =>
  operations({ everyMinutes })
    .all('aws_cloudwatch_metric_alarm')
    .find(({ alarm_name }) => alarm_name === `brokers-operations-${name}`);

test.each([
  [1, 60, 5],
  [5, 300, 2],
  [60, 3600, 2],
  [480, 28_800, 2],
])(
  'a round every %i minutes: each of an alarm’s periods has one, and it takes two and more than a restart',
  (minutes, period, periods) => {
    expect(alarm('BrokersUnhealthy', minutes)).toMatchObject({ period, evaluation_periods: periods });
    // No longer than a day. Source: CloudWatch API, PutMetricAlarm.
    expect(period * periods).toBeLessThanOrEqual(86_400);
  },
);

test('no round is an alarm of its own, once; nobody waits for an approval while nobody looks', () => {
  expect(alarm('BrokersUnhealthy')).toMatchObject({ treat_missing_data: 'breaching' });
  expect(alarm('BrokersDrifted')).toMatchObject({ treat_missing_data: 'notBreaching' });
  expect(alarm('BrokersWaitingForApproval')).toMatchObject({ treat_missing_data: 'notBreaching' });
});

test('two networks of one region have alarms of their own', () => {
  expect(alarm('BrokersUnhealthy')).toMatchObject({ dimensions: { service: 'broker-operations', network: 'brokers' } });
});

test('the function knows what Terraform wants of each broker', () => {
  const { environment } = operations().one('aws_lambda_function', 'operations/handler/function') as {
    environment: { variables: Record<string, string> };
  };
  expect(JSON.parse(environment.variables.BROKERS ?? '')[0].wants).toMatchObject({
    ...{ engineVersion: '5.19', instanceType: 'mq.m5.large', deploymentMode: 'ACTIVE_STANDBY_MULTI_AZ' },
    ...{ users: ['orders'], logs: { general: true, audit: true } },
  });
});

test('it may promote a replica and its primary, where there are any, and restart all', () => {
  const actions = (grants: string[]) => [...new Set(grants.map((grant) => grant.split(' ')[0]))];
  const mq = (grants: string[]) => grants.filter((grant) => grant.startsWith('mq:'));
  expect(actions(mq(allowed(operations(), 'operations/handler/policy')))).toEqual([
    'mq:DescribeBroker',
    'mq:RebootBroker',
  ]);
  const replicated = synthesized((stack) => {
    const replicating = [user, { ...user, username: 'replication', replicationUser: true }];
    const primary = new Broker(stack, 'primary', { ...PLACE, brokerName: 'primary', users: replicating });
    const replica = new Broker(stack, 'replica', {
      ...{ ...PLACE, region: 'us-west-2', brokerName: 'replica', users: replicating },
      replicaOf: { brokerArn: primary.end.brokerArn },
    });
    const alone = new Broker(stack, 'alone', { ...PLACE, brokerName: 'alone', users: [user] });
    new BrokerOperations(stack, 'operations', {
      ...{ networkName: 'brokers', account: '111111111111' },
      brokers: [primary, replica, alone].map((broker) => ({ broker, reachFunctionArn: 'arn:reach' })),
    });
  });
  const promoted = allowed(replicated, 'operations/handler/policy').filter((grant) => grant.startsWith('mq:Promote'));
  expect(promoted).toEqual([
    expect.stringContaining('aws_mq_broker.primary_'),
    expect.stringContaining('aws_mq_broker.replica_'),
  ]);
});

test('its ledger is kept from deletion unless the environment says otherwise', () => {
  const ledger = (change: Partial<BrokerOperationsProps>) => operations(change).one('aws_dynamodb_table', 'ledger');
  expect(ledger({}).deletion_protection_enabled).toBe(true);
  expect(ledger({ deletionProtection: false }).deletion_protection_enabled).toBe(false);
});

test.each<[Partial<BrokerOperationsProps>, RegExp]>([
  [{ networkName: 'n'.repeat(44) }, /networkName is "n+"; it takes 1 to 43 letters/],
  [{ account: '1' }, /account is "1"/],
  [{ logRetentionDays: 42 }, /logRetentionDays is 42 days/],
  [{ kmsKeyArn: 'alias/brokers' }, /kmsKeyArn is "alias\/brokers"/],
  [{ everyMinutes: 0 }, /everyMinutes is 0; it takes whole numbers from 1 to 480/],
  [{ everyMinutes: 481 }, /everyMinutes is 481/],
  [{ failoverAfter: 30 }, /failoverAfter is 30 s/],
  [{ brokers: [] }, /brokers has 0 brokers; one to five/],
])('%j does not synthesize', (change, message) => {
  expect(() => operations(change)).toThrow(message);
});
