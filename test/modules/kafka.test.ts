import type { Construct } from 'constructs';
import {
  KafkaCluster,
  type KafkaClusterProps,
  KafkaConsumer,
  type KafkaConsumerProps,
  type KafkaSource,
  mskSource,
  retryTopics,
  type SelfManagedBrokersProps,
  ServerlessKafkaCluster,
  selfManagedBrokers,
} from '../../modules/kafka';
import { ExistingFunction } from '../../modules/lambda-function';
import { policiesOnInterfaces } from './interfaces';
import { allowed, synthesized } from './synthesized';

const account = '111111111111';
const secret = `arn:aws:secretsmanager:us-east-1:${account}:secret:AmazonMSK_orders-AbCdEf`;
const clusterArn = `arn:aws:kafka:us-east-1:${account}:cluster/orders/1-2`;
const ofCluster = (kind: string) => clusterArn.replace(':cluster/', `:${kind}/`);
const subnets = (count: number) => Array.from({ length: count }, (_, number) => `subnet-${number}`);

const cluster = (change: Partial<KafkaClusterProps> = {}) =>
  synthesized((scope) => {
    const required = { clusterName: 'orders', subnetIds: subnets(3), securityGroupIds: ['sg-1'] };
    new KafkaCluster(scope, 'kafka', { ...required, ...change });
  });

type Change = Partial<KafkaConsumerProps> & { readonly from?: (scope: Construct) => KafkaSource };
const stack = ({ from = () => mskSource(clusterArn), ...change }: Change = {}) =>
  synthesized((scope) => {
    const handler = new ExistingFunction(scope, 'function', {
      ...{ functionArn: `arn:aws:lambda:us-east-1:${account}:function:cook`, functionName: 'cook' },
      ...{ roleName: 'cook', policyName: 'spillway', timeout: 30 },
    });
    new KafkaConsumer(scope, 'consumer', {
      source: from(scope),
      topic: 'orders',
      handler,
      consumerName: 'cook',
      ...change,
    });
  });
const mapping = (change?: Change) => stack(change).one('aws_lambda_event_source_mapping', 'mapping');
const may = (change?: Change) => allowed(stack(change), 'function/policy').filter((line) => !line.startsWith('ec2:'));
const brokers: SelfManagedBrokersProps = { bootstrapServers: ['b-1.example.com:9096'], scramSecretArn: secret };

test('a cluster loses no acknowledged record with a broker, and takes nothing without TLS or a login', () => {
  const synth = cluster();
  expect((synth.one('aws_msk_configuration', 'configuration').server_properties as string).split('\n')).toEqual([
    'auto.create.topics.enable=false',
    'default.replication.factor=3',
    'min.insync.replicas=2',
    'unclean.leader.election.enable=false',
  ]);
  expect(synth.one('aws_msk_cluster', 'cluster')).toMatchObject({
    number_of_broker_nodes: 3,
    client_authentication: { sasl: { iam: true }, unauthenticated: false },
    encryption_info: { encryption_in_transit: { client_broker: 'TLS', in_cluster: true } },
  });
});

test('every broker’s disk has an alarm of its own', () => {
  const alarms = cluster({ brokers: 6 }).all('aws_cloudwatch_metric_alarm');
  const disks = alarms.filter(({ metric_name }) => metric_name === 'KafkaDataLogsDiskUsed');
  expect(disks.map(({ dimensions }) => (dimensions as Record<string, string>)['Broker ID'])).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
  ]);
});

test('passwords are named by their secrets and stand nowhere in the plan', () => {
  const synth = cluster({ authentication: { scramSecretArns: [secret] } });
  expect(synth.one('aws_msk_scram_secret_association', 'scram').secret_arn_list).toEqual([secret]);
  expect(synth.one('aws_msk_cluster', 'cluster').client_authentication).toEqual({
    ...{ sasl: { scram: true }, unauthenticated: false },
  });
});

test('a role reads one topic as one group, and nothing else of the cluster', () => {
  expect(may()).toEqual([
    `kafka-cluster:AlterGroup on ${ofCluster('group')}/cook`,
    `kafka-cluster:Connect on ${clusterArn}`,
    `kafka-cluster:DescribeClusterDynamicConfiguration on ${clusterArn}`,
    `kafka-cluster:DescribeGroup on ${ofCluster('group')}/cook`,
    `kafka-cluster:DescribeTopic on ${ofCluster('topic')}/orders`,
    `kafka-cluster:ReadData on ${ofCluster('topic')}/orders`,
    `kafka:DescribeClusterV2 on ${clusterArn}`,
    `kafka:GetBootstrapBrokers on ${clusterArn}`,
    expect.stringContaining('sqs:SendMessage on'),
  ]);
});

test('Lambda reaches the brokers as the role of a function, and the code of the function is kept from their network', () => {
  const vpc = { subnetIds: ['subnet-1'], securityGroupId: 'sg-1' };
  for (const from of [() => mskSource(clusterArn), () => selfManagedBrokers({ ...brokers, vpc })]) {
    const [policy] = policiesOnInterfaces(stack({ from }).json.resource);
    expect(policy?.allowed).toContain('ec2:CreateNetworkInterface');
    expect([policy?.denied, policy?.functions]).toEqual([policy?.allowed, ['cook']]);
  }
});

test('with a password Lambda reads the secret, and the role needs no right on topics', () => {
  const change = { from: () => mskSource(clusterArn, secret) };
  expect(mapping(change).source_access_configuration).toEqual([{ type: 'SASL_SCRAM_512_AUTH', uri: secret }]);
  const lines = may(change);
  expect(lines).toContain(`secretsmanager:GetSecretValue on ${secret}`);
  expect(lines.filter((line) => line.startsWith('kafka-cluster:'))).toEqual([]);
});

test('brokers that somebody else runs are reached in their network, by password and over TLS', () => {
  const vpc = { subnetIds: ['subnet-1'], securityGroupId: 'sg-1' };
  const found = mapping({
    from: () => selfManagedBrokers({ ...brokers, vpc, rootCertificateSecretArn: `${secret}-ca` }),
  });
  expect(found).toMatchObject({
    self_managed_event_source: { endpoints: { KAFKA_BOOTSTRAP_SERVERS: 'b-1.example.com:9096' } },
    self_managed_kafka_event_source_config: { consumer_group_id: 'cook' },
    source_access_configuration: [
      { type: 'SASL_SCRAM_512_AUTH', uri: secret },
      { type: 'SERVER_ROOT_CA_CERTIFICATE', uri: `${secret}-ca` },
      { type: 'VPC_SUBNET', uri: 'subnet:subnet-1' },
      { type: 'VPC_SECURITY_GROUP', uri: 'security_group:sg-1' },
    ],
  });
});

test('without pollers a batch is repeated until it succeeds; with them one failure fails alone', () => {
  expect(mapping()).not.toHaveProperty('function_response_types');
  expect(mapping({ pollers: { minimum: 1, maximum: 10 } })).toMatchObject({
    function_response_types: ['ReportBatchItemFailures'],
    ...{ bisect_batch_on_function_error: true, maximum_retry_attempts: 10_000 },
    provisioned_poller_config: { minimum_pollers: 1, maximum_pollers: 10 },
  });
});

test('a topic of the same cluster gets whole records, and the role may write to it', () => {
  const change = { failed: { topic: 'orders.dead-letters' } };
  expect(mapping(change).destination_config).toEqual({
    on_failure: { destination_arn: 'kafka://orders.dead-letters' },
  });
  expect(may(change)).toContain(`kafka-cluster:WriteData on ${ofCluster('topic')}/orders.dead-letters`);
  expect(stack(change).all('aws_sqs_queue')).toEqual([]);
});

test('a mapping that a breaker switches is left alone by the next apply', () => {
  expect(mapping({ switchedAtRunTime: true }).lifecycle).toEqual({ ignore_changes: ['enabled'] });
  expect(mapping()).not.toHaveProperty('lifecycle');
});

test('a serverless cluster is read by role', () => {
  const from = (scope: Construct) =>
    new ServerlessKafkaCluster(scope, 'kafka', { clusterName: 'orders', subnetIds: subnets(2) });
  const synth = stack({ from });
  expect(synth.one('aws_msk_serverless_cluster', 'cluster').client_authentication).toEqual({
    sasl: { iam: { enabled: true } },
  });
  expect(synth.one('aws_lambda_event_source_mapping', 'mapping').event_source_arn).toMatch(
    /aws_msk_serverless_cluster/,
  );
});

test('retry topics are named by their delays, in the order that a record takes', () => {
  expect(retryTopics('orders', [60, 600])).toEqual({
    retries: [
      { topic: 'orders.retry-1m', delay: 60 },
      { topic: 'orders.retry-10m', delay: 600 },
    ],
    deadLetters: 'orders.dead-letters',
  });
  expect(() => retryTopics('orders', [600, 60])).toThrow('delays has 600, 60 s; it takes whole numbers from 1, longer');
  expect(() => retryTopics('o'.repeat(240), [60])).toThrow('Kafka takes 1 to 249');
});

test.each<[Partial<KafkaClusterProps>, string]>([
  [{ clusterName: 'my_cluster' }, 'clusterName is "my_cluster"; MSK takes 1 to 64 letters, digits and hyphens'],
  [{ subnetIds: subnets(1) }, 'subnetIds has 1; MSK takes one in each of 2 or 3 zones'],
  [{ securityGroupIds: [] }, 'securityGroupIds has none'],
  [{ brokers: 4 }, 'brokers is 4; MSK takes a multiple of the 3 subnets'],
  [{ volumeSize: 16_385 }, 'volumeSize is 16385 GiB; MSK takes whole numbers from 1 to 16,384'],
  [{ authentication: { scramSecretArns: [] } }, 'authentication is scram without a secret'],
  [{ authentication: { scramSecretArns: ['arn:aws:secretsmanager:us-east-1:1:secret:orders'] } }, 'MSK takes secrets whose names begin with "AmazonMSK_"'],
])('a cluster with %j does not synthesize', (change, message) => {
  expect(() => cluster(change)).toThrow(message);
}); // biome-ignore format: a table

test.each<[Change, string]>([
  [{ topic: 'a b' }, 'topic is "a b"; Kafka takes 1 to 249'],
  [{ batchSize: 0 }, 'batchSize is 0; Lambda takes whole numbers from 1 to 10,000'],
  [{ pollers: { minimum: 201, maximum: 300 } }, 'pollers has a minimum of 201'],
  [{ pollers: { minimum: 5, maximum: 4 } }, 'and a maximum of 4; Lambda takes 1 to 200, and from there to 2,000'],
  [{ maximumRetryAttempts: 3 }, 'maximumRetryAttempts is 3, and there are no pollers'],
  [{ maximumRetryAttempts: -1, pollers: { minimum: 1, maximum: 1 } }, 'maximumRetryAttempts is -1; it takes whole numbers from 0 to 10,000. Lambda makes 10 of -1'],
  [{ maximumRecordAge: 3600 }, 'maximumRecordAge is 3600, and there are no pollers'],
  [{ maximumRecordAge: 59, pollers: { minimum: 1, maximum: 1 } }, 'maximumRecordAge is 59 s'],
  [{ failed: { topic: 'orders' } }, 'failed is the topic "orders"; it takes another than the one that is read'],
  [{ filterPatterns: [] }, 'filterPatterns has 0 patterns'],
  [{ from: () => selfManagedBrokers({ ...brokers, bootstrapServers: ['example.com'] }) }, 'bootstrapServers has "example.com"; it takes 1 to 10 of the form host:port'],
])('a consumer with %j does not synthesize', (change, message) => {
  expect(() => stack(change)).toThrow(message);
}); // biome-ignore format: a table
