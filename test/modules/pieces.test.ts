import { orderHistory } from '../../functions/shop/order-history/contract';
import { type EncryptedQueueProps, encryptedQueue } from '../../modules/encrypted-queue';
import { EncryptionKey, type EncryptionKeyProps } from '../../modules/encryption-key';
import { LambdaFunction } from '../../modules/lambda-function';
import { type LogGroupProps, logGroup } from '../../modules/log-group';
import { invokeEvery, type ScheduleProps } from '../../modules/schedule';
import { synthesized } from './synthesized';

const schedule = (change: Partial<ScheduleProps>) =>
  synthesized((stack) => {
    const handler = new LambdaFunction(stack, 'handler', {
      contract: orderHistory,
      functionName: 'handler',
      description: 'Handles',
      environment: { ORDERS_TABLE: 'orders' },
    });
    invokeEvery(stack, handler, {
      ...{
        name: 'look',
        description: 'Looks',
        minutes: 1,
        input: {},
        account: '111111111111',
        runbook: 'parked',
      },
      ...change,
    });
  });
const queue = (props: EncryptedQueueProps) => synthesized((stack) => encryptedQueue(stack, 'queue', props));
const logs = (props: LogGroupProps) => synthesized((stack) => logGroup(stack, 'logs', props));
const key = (change: Partial<EncryptionKeyProps>) =>
  synthesized(
    (stack) =>
      new EncryptionKey(stack, 'key', { keyName: 'shop', account: '111111111111', region: 'eu-central-1', ...change }),
  );

test.each<[string, () => unknown, string]>([
  ['a key with a name of AWS', () => key({ keyName: 'aws/shop' }), 'keyName is "aws/shop"'],
  ['a key of no account', () => key({ account: '1' }), 'account is "1"'],
  ['a key of no region', () => key({ region: 'Frankfurt' }), 'region is "Frankfurt"'],
  ['a key that is gone too soon', () => key({ deletionWindowDays: 6 }), 'deletionWindowDays is 6 days; KMS takes'],
  ['a schedule whose role has too long a name', () => schedule({ name: 's'.repeat(55) }), 'test/schedule: name is'],
  ['a schedule without a pause', () => schedule({ minutes: 0 }), 'minutes is 0; it takes whole numbers from 1'],
  ['a schedule of no account', () => schedule({ account: 'abc' }), 'account is "abc"'],
  ['a queue with a name that SQS refuses', () => queue({ name: 'a queue' }), 'test/queue: name is "a queue"'],
  ['a queue with too long a name', () => queue({ name: `${'q'.repeat(76)}.fifo` }), 'SQS takes 1 to 80'],
  ['a log group with a name that CloudWatch refuses', () => logs({ name: 'a group' }), 'test/logs: name is "a group"'],
  ['a retention that CloudWatch refuses', () => logs({ name: 'group', retentionDays: 42 }), 'retentionDays is 42 days'],
  ['a key by its alias', () => logs({ name: 'group', kmsKeyArn: 'alias/logs' }), 'kmsKeyArn is "alias/logs"'],
])('%s does not synthesize', (_, make, message) => {
  expect(make).toThrow(message);
});

test('the longest names that AWS takes are fine', () => {
  expect(() => queue({ name: `${'q'.repeat(75)}.fifo` })).not.toThrow();
  expect(() => schedule({ name: 's'.repeat(54) })).not.toThrow();
});
