import { TerraformVariable } from 'cdktf';
import {
  Broker,
  type BrokerProps,
  brokerWidgets,
  definitions,
  RabbitMqCluster,
  type RabbitMqClusterProps,
} from '../../../modules/broker';
import { synthesized } from '../synthesized';

const PLACE = {
  ...{ brokerName: 'orders', region: 'eu-central-1', account: '111111111111', subnetIds: ['subnet-1', 'subnet-2'] },
  ...{ securityGroupIds: ['sg-1'], maintenanceWindow: { dayOfWeek: 'SUNDAY', timeOfDay: '03:00' } as const },
};
const USERS = [{ username: 'orders', password: 'Twelve-chars-1', passwordVersion: 1, groups: ['applications'] }];

const REPLICA = {
  users: [...USERS, { username: 'replication', password: 'Twelve-chars-3', passwordVersion: 1, replicationUser: true }],
  replicaOf: { brokerArn: 'arn:aws:mq:us-east-1:111111111111:broker:orders:b-1' },
};

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

describe('alarms', () => {
  const stack = broker({
    watchedQueues: ['orders'],
    users: [...USERS, { username: 'network', password: 'Twelve-chars-2', passwordVersion: 1 }],
    configuration: {
      networkConnectors: [{ name: 'a', endpoints: ['ssl://x:61617'], userName: 'network' }],
      queues: [{ queue: 'orders', deadLetterPrefix: 'DEAD.' }],
    },
  });
  const named = (name: string) =>
    stack.all('aws_cloudwatch_metric_alarm').find(({ alarm_name }) => alarm_name === name) as {
      metric_query: { id: string; expression?: string; metric?: { metric_name: string; dimensions: object } }[];
      [field: string]: unknown;
    };

  test('on everything that an instance can run out of, on bridges, and on what becomes of a watched queue', () => {
    const names = stack.all('aws_cloudwatch_metric_alarm').map(({ alarm_name }) => alarm_name);
    expect(names.sort()).toEqual(
      [
        ...['store', 'scheduler', 'temp', 'heap', 'cpu'].flatMap((one) => [`orders-${one}-1`, `orders-${one}-2`]),
        ...['orders-bridges', 'orders-orders-consumers-gone', 'orders-orders-enqueued-not-dequeued'],
        ...['orders-orders-memory', 'orders-orders-dead-letters'],
      ].sort(),
    );
  });

  test('one dead letter rings, whichever instance reports it, and in the queue that the policy names', () => {
    const alarm = named('orders-orders-dead-letters');
    expect(alarm).toMatchObject({ evaluation_periods: 1, threshold: 0, comparison_operator: 'GreaterThanThreshold' });
    expect(alarm.metric_query.flatMap(({ metric }) => (metric ? [metric] : []))).toMatchObject(
      ['orders-1', 'orders-2'].map((Broker) => ({
        metric_name: 'QueueSize',
        dimensions: { Broker, Queue: 'DEAD.orders' },
      })),
    );
  });

  test('each alarm asks for the metrics that it uses and no other: CloudWatch bills them', () => {
    for (const alarm of stack.all('aws_cloudwatch_metric_alarm')) {
      const queries = alarm.metric_query as { id: string; expression?: string; return_data?: boolean }[];
      expect(queries.filter(({ return_data }) => return_data)).toHaveLength(1);
      const used = queries.map(({ expression = '' }) => expression).join(' ');
      if (queries.length === 1) continue;
      for (const { id, expression } of queries) if (!expression) expect(used).toContain(id);
    }
  });

  test('the dashboard shows what is connected now, bridges, and dead letters', () => {
    const made: Broker[] = [];
    synthesized((scope) => void made.push(new Broker(scope, 'broker', { ...PLACE, users: USERS })));
    const metrics = JSON.stringify(brokerWidgets(made, ['orders']));
    for (const shown of ['CurrentConnectionsCount', 'NetworkConnectorConnectionCount', 'DLQ.orders']) {
      expect(metrics).toContain(shown);
    }
    // Counts whoever has ever connected, so it says nothing about now.
    expect(metrics).not.toContain('EstablishedConnectionsCount');
  });
});

test('an engine upgrade makes a configuration of another name before the old one goes', () => {
  const of = (engineVersion: string) => broker({ engineVersion }).one('aws_mq_configuration', 'broker/configuration');
  expect(of('5.18')).toMatchObject({ name: 'orders-5.18', lifecycle: { create_before_destroy: true } });
  expect(of('5.19').name).toBe('orders-5.19');
});

test('Terraform may destroy a broker only where that is allowed on purpose', () => {
  expect(broker().all('aws_mq_broker')[0]).toMatchObject({ lifecycle: { prevent_destroy: true } });
  expect(broker({ deletionProtection: false }).all('aws_mq_broker')[0]).toMatchObject({
    lifecycle: { prevent_destroy: false },
  });
});

test.each<[Partial<BrokerProps>, RegExp]>([
  [{ brokerName: 'no blanks' }, /brokerName is "no blanks"/],
  [{ region: 'Frankfurt' }, /region is "Frankfurt"/],
  [{ account: '1' }, /account is "1"/],
  [{ kmsKeyArn: 'alias/brokers' }, /kmsKeyArn is "alias\/brokers"/],
  [
    { maintenanceWindow: { dayOfWeek: 'SUNDAY', timeOfDay: '3:00' } },
    /maintenanceWindow has the timeOfDay "3:00"; Amazon MQ takes hours and minutes/,
  ],
  [{ securityGroupIds: [] }, /securityGroupIds has 0 security groups; Amazon MQ takes 1 to 5/],
  [{ securityGroupIds: ['1', '2', '3', '4', '5', '6'] }, /securityGroupIds has 6 security groups/],
  [{ subnetIds: ['one'] }, /subnetIds has 1 subnets; ACTIVE_STANDBY_MULTI_AZ takes two/],
  [{ instanceType: 'mq.m7g.large' }, /instanceType is mq.m7g.large; Amazon MQ runs ActiveMQ on mq.m5/],
  [{ storageType: 'ebs' }, /storageType is ebs with ACTIVE_STANDBY_MULTI_AZ/],
  [{ users: [] }, /users has nobody/],
  [{ users: [{ username: 'orders', password: 'too-short', passwordVersion: 1 }] }, /password that is not 12 to 250/],
  [
    { configuration: { networkConnectors: [{ name: 'a', endpoints: ['ssl://x:1'], userName: 'nobody' }] } },
    /network connector as nobody, who is not among the users/,
  ],
  [{ configuration: { queues: [{ queue: 'a', redelivery: { initialDelay: 500 } }] } }, /initialDelay 1,000 ms or more/],
  [{ configuration: { memoryPercentOfHeap: 90 } }, /memoryPercentOfHeap 90/],
  [
    { configuration: { queues: [{ queue: 'a', deadLetterPrefix: 'DEAD-' }] } },
    /deadLetterPrefix "DEAD-"; .* ends with a dot/,
  ],
  [
    { configuration: { queues: [{ queue: 'DLQ.a', storeHighWaterMark: 90 }] } },
    /storeHighWaterMark below 100 for dead/,
  ],
  [
    { configuration: { queues: [{ queue: 'a', abortConsumerAfter: 500 }] } },
    /abortConsumerAfter takes 1,000 ms or more/,
  ],
  [{ configuration: { queues: [{ queue: 'a', memoryLimit: '64 MB' }] } }, /memoryLimit a number with kb, mb or gb/],
  [{ configuration: { queues: [{ queue: 'a', prefetch: 0 }] } }, /prefetch a whole number from 1/],
  [{ configuration: { queues: [{ queue: '*.a' }] } }, /policies for \*\.a and DLQ\.>, which can name the same queue/],
  [{ replicaOf: { brokerArn: 'arn:x' } }, /replicaOf needs .* a user with replicationUser/],
  [
    { ...REPLICA, region: 'us-east-1', instanceType: 'mq.t3.micro' },
    /replicaOf needs ACTIVE_STANDBY_MULTI_AZ on mq.m5.large/,
  ],
  [{ ...REPLICA, region: 'us-east-1', configuration: { networked: true } }, /no network of brokers/],
  [{ ...REPLICA, region: 'eu-central-1' }, /in eu-central-1; Amazon MQ replicates between us-east-1/],
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
  expect(broker({ ...REPLICA, region: 'us-west-2' }).all('aws_mq_broker')[0]).toMatchObject({
    data_replication_mode: 'CRDR',
    data_replication_primary_broker_arn: REPLICA.replicaOf.brokerArn,
  });
});

describe('RabbitMQ', () => {
  const cluster = (queues: RabbitMqClusterProps['queues'], props: Partial<RabbitMqClusterProps> = {}) =>
    synthesized(
      (stack) => new RabbitMqCluster(stack, 'cluster', { ...PLACE, administrator: USERS[0]!, queues, ...props }),
    );

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
    const [policy, deadPolicy] = made.policies ?? [];
    expect(policy).toMatchObject({
      pattern: '^orders\\.eu$',
      'apply-to': 'quorum_queues',
      definition: { 'delivery-limit': 3, 'dead-letter-strategy': 'at-least-once', overflow: 'reject-publish' },
    });
    // The policy of a queue must not catch its dead letters, or they would go round.
    expect(new RegExp(String(policy?.pattern)).test('orders.eu.dead')).toBe(false);
    expect(new RegExp(String(deadPolicy?.pattern)).test('orders.eu.dead')).toBe(true);
    expect(deadPolicy?.definition).not.toHaveProperty('dead-letter-exchange');
  });

  test('every policy ranks above those that Amazon MQ makes for every queue', () => {
    const made = definitions([{ name: 'orders' }]) as { policies: { priority: number }[] };
    expect(made.policies.map(({ priority }) => priority > 1)).toEqual([true, true]);
  });

  test('alarms measure by what the instance has, and every queue has one on its dead letters', () => {
    const alarms = cluster([{ name: 'orders' }]).all('aws_cloudwatch_metric_alarm');
    expect(alarms.map(({ alarm_name }) => alarm_name).sort()).toEqual(
      ['consumers', 'disk', 'memory', 'orders-dead-letters'].map((one) => `orders-${one}`),
    );
    expect(JSON.stringify(alarms)).toContain('100 * used / most');
  });

  test('from version 4 on: on mq.m7g alone, and without an alarm that could never ring', () => {
    const fourth = (props: Partial<RabbitMqClusterProps>) =>
      cluster([{ name: 'orders' }], { engineVersion: '4.2', ...props });
    const stack = fourth({});
    expect(stack.all('aws_mq_broker')[0]).toMatchObject({ engine_version: '4.2', host_instance_type: 'mq.m7g.large' });
    const names = stack.all('aws_cloudwatch_metric_alarm').map(({ alarm_name }) => alarm_name);
    expect(names.sort()).toEqual(['consumers', 'disk', 'memory'].map((one) => `orders-${one}`));
    expect(() => fourth({ instanceType: 'mq.m5.large' })).toThrow(/RabbitMQ 4.2 on mq.m7g only/);
    expect(fourth({ instanceType: 'mq.m7g.xlarge' }).all('aws_mq_broker')[0]).toMatchObject({
      host_instance_type: 'mq.m7g.xlarge',
    });
  });

  test('a delivery limit out of range does not synthesize', () => {
    expect(() => cluster([{ name: 'orders', deliveryLimit: 0 }])).toThrow(/delivery limit of 0/);
    expect(() => cluster([{ name: 'orders' }, { name: 'orders.dead' }])).toThrow(/different, also from each other's/);
    expect(() => cluster([{ name: 'orders', maximumLength: 0 }])).toThrow(/maximumLength of 0/);
  });
});
