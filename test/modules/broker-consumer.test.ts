import { brokerOrderConsumer } from '../../functions/shop/broker-order-consumer/contract';
import { Broker, RabbitMqCluster } from '../../modules/broker';
import { BrokerConsumer, type BrokerConsumerProps } from '../../modules/broker-consumer';
import { Ledger } from '../../modules/ledger';
import { TieredQueue } from '../../modules/tiered-queue';
import { allowed, synthesized } from './synthesized';

const PLACE = {
  ...{
    region: 'eu-central-1',
    account: '111111111111',
    subnetIds: ['subnet-1', 'subnet-2'],
    securityGroupIds: ['sg-1'],
  },
  maintenanceWindow: { dayOfWeek: 'SUNDAY', timeOfDay: '03:00' } as const,
};
const USER = { username: 'orders', password: 'Twelve-chars-1', passwordVersion: 1 };

type Change = Partial<Omit<BrokerConsumerProps, 'source'>> & { readonly maximumRedeliveries?: number };

const build = (engine: 'activemq' | 'rabbitmq', { maximumRedeliveries = 20, ...change }: Change = {}) =>
  synthesized((stack) => {
    const queues = [{ queue: 'orders', redelivery: { maximumRedeliveries } }];
    const source =
      engine === 'activemq'
        ? {
            engine,
            broker: new Broker(stack, 'broker', {
              ...PLACE,
              brokerName: 'b',
              users: [USER],
              configuration: { queues },
            }),
            username: 'orders',
          }
        : {
            engine,
            broker: new RabbitMqCluster(stack, 'broker', {
              ...{ ...PLACE, brokerName: 'b', administrator: USER, queues: [{ name: 'orders' }] },
            }),
          };
    new BrokerConsumer(stack, 'consumer', {
      source,
      queueName: 'orders',
      tiers: new TieredQueue(stack, 'tiers', { queueName: 'orders' }),
      ledger: new Ledger(stack, 'table', { tableName: 'orders' }),
      contract: brokerOrderConsumer,
      environment: { PAYMENT_URL: 'https://payment.example.com' },
      functionName: 'consumer',
      ...change,
    });
  });

describe.each([
  ['activemq', 'DLQ.orders', 5],
  ['rabbitmq', 'orders.dead', 1],
] as const)('from %s', (engine, deadLetters, atOnce) => {
  const stack = build(engine);

  test('dead letters have a way back: a mapping like the first, off until somebody switches it on, and Terraform leaves it so', () => {
    const mapping = stack.one('aws_lambda_event_source_mapping', 'consumer/mapping');
    const back = stack.one('aws_lambda_event_source_mapping', 'consumer/dead-letters-mapping');
    expect(mapping).toMatchObject({ queues: ['orders'], enabled: true });
    expect(back).toMatchObject({
      ...{ queues: [deadLetters], enabled: false, batch_size: 1, lifecycle: { ignore_changes: ['enabled'] } },
      source_access_configuration: mapping.source_access_configuration,
      event_source_arn: mapping.event_source_arn,
    });
  });

  test('no function has two mappings on the broker: Lambda may refuse the second', () => {
    const mappings = stack.all('aws_lambda_event_source_mapping');
    expect(new Set(mappings.map(({ function_name }) => function_name)).size).toBe(mappings.length);
    const grants = (id: string) =>
      allowed(stack, `consumer/${id}/policy`).map((line) => line.replace(/consumer_.*handler_/, ''));
    expect(grants('dead-letters-handler').length).toBe(grants('handler').length);
  });

  test('as many invocations are reserved as the mapping makes, so none is throttled and none takes the account', () => {
    expect(stack.one('aws_lambda_function', 'consumer/handler/function')).toMatchObject({
      reserved_concurrent_executions: atOnce,
    });
    expect(() => build(engine, { reservedConcurrency: atOnce - 1 })).toThrow(/reservedConcurrency is/);
  });
});

test("a queue that its broker gives up before Lambda's client has tried its six times does not synthesize", () => {
  expect(() => build('activemq', { maximumRedeliveries: 6 })).toThrow(
    /queueName is "orders", which the broker gives up after 6 redeliveries; Lambda's client spends 6 within seconds/,
  );
  expect(() => build('activemq', { queueName: 'refunds' })).toThrow(/"refunds", which the broker gives up after 6/);
  expect(() => build('activemq', { maximumRedeliveries: 7 })).not.toThrow();
});

test.each<[Change, string]>([
  [{ queueName: 'orders.*' }, 'queueName is "orders.*"'],
  [{ batchSize: 10_001 }, 'batchSize is 10001; Lambda takes whole numbers from 1 to 10,000'],
  [{ batchingWindow: 301 }, 'batchingWindow is 301 s; Lambda takes whole numbers from 0 to 300'],
  [{ workTimeoutMs: 29_000 }, 'workTimeoutMs is 29000 ms, but the function ends after 30 s'],
  [{ logRetentionDays: 42 }, 'logRetentionDays is 42 days'],
  [{ kmsKeyArn: 'alias/orders' }, 'kmsKeyArn is "alias/orders"'],
])('%j does not synthesize', (change, message) => {
  expect(() => build('activemq', change)).toThrow(message);
});

test('behind the breaker of the same dependency it reads and writes that, and nothing of it otherwise', () => {
  const breaker: BrokerConsumerProps['breaker'] = {
    environment: { BREAKER_NAME: 'orders', BREAKER_TABLE: 'breakers', BREAKER_DEPENDENCIES: '{"payment":{}}' },
    grantProtect: (grantee) => grantee.grant(['dynamodb:GetItem'], ['arn:breakers']),
  };
  const of = (change: Change) => {
    const stack = build('activemq', change);
    const { environment } = stack.one('aws_lambda_function', 'consumer/handler/function');
    return { environment: JSON.stringify(environment), allowed: allowed(stack, 'consumer/handler/policy') };
  };
  expect(of({ breaker }).environment).toContain('"BREAKER_TABLE":"breakers"');
  expect(of({ breaker }).allowed).toContain('dynamodb:GetItem on arn:breakers');
  expect(of({}).environment).not.toContain('BREAKER');
  expect(of({}).allowed).not.toContain('dynamodb:GetItem on arn:breakers');
});
