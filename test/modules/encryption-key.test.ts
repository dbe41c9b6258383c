import { orderHistory } from '../../functions/shop/order-history/contract';
import { CircuitBreaker } from '../../modules/circuit-breaker';
import { Consumer } from '../../modules/consumer';
import { EncryptionKey } from '../../modules/encryption-key';
import { LambdaFunction } from '../../modules/lambda-function';
import { TieredQueue } from '../../modules/tiered-queue';
import { allowed, synthesized } from './synthesized';

const account = '111111111111';
const region = 'eu-west-1';
const canary = { handler: { arn: `arn:aws:lambda:${region}:111111111111:function:canary`, functionName: 'canary' } };

/** A recovery's state machine with a key of the account's own, as dev, staging and prod have it. */
const made = () =>
  synthesized((scope) => {
    const kmsKeyArn = new EncryptionKey(scope, 'key', { keyName: 'shop', account, region }).arn;
    const queue = new TieredQueue(scope, 'orders', { queueName: 'orders', kmsKeyArn });
    const handler = new LambdaFunction(scope, 'handler', {
      contract: orderHistory,
      functionName: 'handler',
      description: 'Handles orders',
      environment: { ORDERS_TABLE: 'orders' },
      kmsKeyArn,
    });
    const consumer = new Consumer(scope, 'consumer', { queue, handler, switchedAtRunTime: true });
    const tripAlarm = { name: 'failing', arn: `arn:aws:cloudwatch:${region}:${account}:alarm:failing` };
    const dependencies = { payment: { canary, tripAlarm } };
    const own = { account, region, kmsKeyArn };
    new CircuitBreaker(scope, 'breaker', { breakerName: 'orders', consumer, dependencies, park: 'queue', ...own });
  });

const statements = (policy: unknown) =>
  JSON.parse(String(policy)).Statement as { Sid: string; Principal: object; Action: string[]; Condition?: object }[];

test('what an encrypted state machine logs is delivered: the delivery may decrypt, under the context that the machine’s role encrypts in', () => {
  const stack = made();
  const machine = stack.one('aws_sfn_state_machine', 'breaker_recovery_machine') as {
    encryption_configuration: { kms_key_id: string };
    logging_configuration: { level: string };
  };
  expect(machine.encryption_configuration.kms_key_id).toMatch(/^\$\{aws_kms_key\.key_/);
  expect(machine.logging_configuration.level).toBe('ALL');
  expect(statements(stack.one('aws_kms_key', 'key').policy)).toContainEqual({
    Sid: 'UsedDelivery',
    Effect: 'Allow',
    Principal: { Service: 'delivery.logs.amazonaws.com' },
    Action: ['kms:Decrypt'],
    Resource: '*',
    Condition: { StringEquals: { 'kms:EncryptionContext:SourceArn': 'arn:aws:logs:eu-west-1:111111111111:*' } },
  });
  const role = allowed(stack, 'breaker_recovery_policy').filter((line) => line.startsWith('kms:'));
  expect(role.map((line) => line.split(' on ')[0])).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
});

test('only services that use the key may, and each for this account alone', () => {
  const [own, ...services] = statements(made().one('aws_kms_key', 'key').policy);
  expect(own).toMatchObject({ Principal: { AWS: 'arn:aws:iam::111111111111:root' } });
  expect(services.map(({ Principal }) => Principal)).toEqual(
    ['logs.eu-west-1', 'cloudwatch', 'delivery.logs'].map((name) => ({ Service: `${name}.amazonaws.com` })),
  );
  for (const { Condition } of services) expect(JSON.stringify(Condition)).toContain(account);
});

test('what carries encrypted messages to parked may decrypt and encrypt them', () => {
  const used = allowed(made(), 'breaker_park_policy').filter((line) => line.startsWith('kms:'));
  expect([...new Set(used.map((line) => line.split(' on ')[0]))]).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
});
