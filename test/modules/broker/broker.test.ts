import { TerraformVariable } from 'cdktf';
import { Broker, type BrokerProps, definitions, RabbitMqCluster } from '../../../modules/broker';
import { synthesized } from '../synthesized';

const PLACE = {
  ...{ brokerName: 'orders', region: 'eu-central-1', account: '111111111111', subnetIds: ['subnet-1', 'subnet-2'] },
  ...{ securityGroupIds: ['sg-1'], maintenanceWindow: { dayOfWeek: 'SUNDAY', timeOfDay: '03:00' } as const },
};
const USERS = [{ username: 'orders', password: 'Twelve-chars-1', passwordVersion: 1, groups: ['applications'] }];

const broker = (props: Partial<BrokerProps> = {}) =>
  synthesized((stack) => new Broker(stack, 'broker', { ...PLACE, users: USERS, ...props }));

test('a pair: private, two zones, one EFS, encrypted, logged, restarted in its window only', () => {
  expect(broker().all('aws_mq_broker')[0]).toMatchObject({
    deployment_mode: 'ACTIVE_STANDBY_MULTI_AZ',
    storage_type: 'efs',
    publicly_accessible: false,
    subnet_ids: ['subnet-1', 'subnet-2'],
    encryption_options: { use_aws_owned_key: false },
    logs: { audit: 'true', general: true },
    apply_immediately: false,
    maintenance_window_start_time: { day_of_week: 'SUNDAY', time_of_day: '03:00', time_zone: 'UTC' },
  });
});

test('the secret gets its value by a write-only argument, which neither plan nor state holds', () => {
  const stack = synthesized((scope) => {
    const password = new TerraformVariable(scope, 'password', { type: 'string', sensitive: true }).stringValue;
    new Broker(scope, 'broker', { ...PLACE, users: [{ username: 'orders', password, passwordVersion: 4 }] });
  });
  const version = stack.one('aws_secretsmanager_secret_version', 'secret-orders-value');
  expect(version).toMatchObject({
    secret_string_wo: '{"username":"orders","password":"${var.password}"}',
    secret_string_wo_version: 4,
  });
  expect(version).not.toHaveProperty('secret_string');
});

test('alarms on store, heap, bridges, consumers gone and orders that do not leave', () => {
  const stack = broker({
    watchedQueues: ['orders'],
    users: [...USERS, { username: 'network', password: 'Twelve-chars-2', passwordVersion: 1 }],
    configuration: { networkConnectors: [{ name: 'a', endpoints: ['ssl://x:61617'], userName: 'network' }] },
  });
  const names = stack.all('aws_cloudwatch_metric_alarm').map(({ alarm_name }) => alarm_name);
  expect(names.sort()).toEqual(
    [
      ...['orders-bridges', 'orders-cpu-1', 'orders-cpu-2', 'orders-heap-1', 'orders-heap-2'],
      ...['orders-orders-consumers-gone', 'orders-orders-enqueued-not-dequeued', 'orders-store-1', 'orders-store-2'],
    ].sort(),
  );
});

test.each<[Partial<BrokerProps>, RegExp]>([
  [{ brokerName: 'no blanks' }, /brokerName is "no blanks"/],
  [{ subnetIds: ['one'] }, /subnetIds has 1 subnets; ACTIVE_STANDBY_MULTI_AZ takes two/],
  [{ storageType: 'ebs' }, /storageType is ebs with ACTIVE_STANDBY_MULTI_AZ/],
  [{ users: [] }, /users has nobody/],
  [{ users: [{ username: 'orders', password: 'too-short', passwordVersion: 1 }] }, /password that is not 12 to 250/],
  [
    { configuration: { networkConnectors: [{ name: 'a', endpoints: ['ssl://x:1'], userName: 'nobody' }] } },
    /network connector as nobody, who is not among the users/,
  ],
  [{ configuration: { queues: [{ queue: 'a', redelivery: { initialDelay: 500 } }] } }, /initialDelay 1,000 ms or more/],
  [{ configuration: { memoryPercentOfHeap: 90 } }, /memoryPercentOfHeap 90/],
  [{ replicaOf: { brokerArn: 'arn:x' } }, /replicaOf needs .* a user with replicationUser/],
])('%j does not synthesize', (props, message) => {
  expect(() => broker(props)).toThrow(message);
});

test('a wrong password is not repeated in the message', () => {
  expect.assertions(1);
  try {
    broker({ users: [{ username: 'orders', password: 'sekret', passwordVersion: 1 }] });
  } catch (error) {
    expect(String(error)).not.toContain('sekret');
  }
});

test('a replica names its primary', () => {
  const users = [
    ...USERS,
    { username: 'replication', password: 'Twelve-chars-3', passwordVersion: 1, replicationUser: true },
  ];
  const stack = broker({ users, replicaOf: { brokerArn: 'arn:aws:mq:us-east-1:111111111111:broker:orders:b-1' } });
  expect(stack.all('aws_mq_broker')[0]).toMatchObject({
    data_replication_mode: 'CRDR',
    data_replication_primary_broker_arn: 'arn:aws:mq:us-east-1:111111111111:broker:orders:b-1',
  });
});

describe('RabbitMQ', () => {
  const cluster = (queues: { name: string; deliveryLimit?: number }[]) =>
    synthesized((stack) => new RabbitMqCluster(stack, 'cluster', { ...PLACE, administrator: USERS[0]!, queues }));

  test('three nodes, with the settings that Amazon MQ has', () => {
    const stack = cluster([{ name: 'orders' }]);
    expect(stack.all('aws_mq_broker')[0]).toMatchObject({
      engine_type: 'RabbitMQ',
      deployment_mode: 'CLUSTER_MULTI_AZ',
      publicly_accessible: false,
    });
    expect(stack.one('aws_mq_configuration', 'cluster/configuration').data).toBe('consumer_timeout = 1800000\n');
  });

  test('a queue is a quorum queue, and its policy says how often it delivers and where dead letters go', () => {
    const made = definitions([{ name: 'orders.eu', deliveryLimit: 3 }]) as Record<string, Record<string, unknown>[]>;
    expect(made.queues).toEqual(
      ['orders.eu', 'orders.eu.dead'].map((name) => ({
        ...{ name, vhost: '/', durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum' } },
      })),
    );
    const [policy] = made.policies ?? [];
    expect(policy).toMatchObject({
      pattern: '^orders\\.eu$',
      'apply-to': 'quorum_queues',
      definition: { 'delivery-limit': 3, 'dead-letter-strategy': 'at-least-once', overflow: 'reject-publish' },
    });
    // The policy of a queue must not catch its dead letters, or they would go round.
    expect(new RegExp(String(policy?.pattern)).test('orders.eu.dead')).toBe(false);
  });

  test('a delivery limit out of range does not synthesize', () => {
    expect(() => cluster([{ name: 'orders', deliveryLimit: 0 }])).toThrow(/delivery limit of 0/);
  });
});
