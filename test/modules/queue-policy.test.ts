import { encryptedQueue } from '../../modules/encrypted-queue';
import { EncryptionKey } from '../../modules/encryption-key';
import { TieredQueue } from '../../modules/tiered-queue';
import { synthesized } from './synthesized';

interface Statement {
  readonly Sid: string;
  readonly Principal: unknown;
  readonly Action: string;
  readonly Condition?: unknown;
}

const statements = (build: (queue: TieredQueue) => void) => {
  const synth = synthesized((scope) => build(new TieredQueue(scope, 'orders', { queueName: 'orders' })));
  return JSON.parse(synth.one('aws_sqs_queue_policy', 'main-policy').policy as string).Statement as Statement[];
};
const topic = (name: string) => ({ arn: `arn:aws:sns:us-east-1:111111111111:${name}` });
const rule = { arn: 'arn:aws:events:us-east-1:111111111111:rule/bus/orders' };

test('a topic, a rule and another account may send, each named, and the denial without TLS stays', () => {
  const found = statements((queue) => {
    queue.allowTopic(topic('orders'));
    queue.allowRule(rule);
    queue.allowAccount('222222222222');
  });
  expect(found.map(({ Sid, Principal, Condition }) => [Sid, Principal, Condition])).toEqual([
    ['OnlyOverTls', '*', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['TheseTopics', { Service: 'sns.amazonaws.com' }, { ArnEquals: { 'aws:SourceArn': [topic('orders').arn] } }],
    ['TheseRules', { Service: 'events.amazonaws.com' }, { ArnEquals: { 'aws:SourceArn': [rule.arn] } }],
    ['TheseAccounts', { AWS: ['arn:aws:iam::222222222222:root'] }, undefined],
  ]);
  expect(found.slice(1).map(({ Action }) => Action)).toEqual(Array(3).fill('sqs:SendMessage'));
});

test('a queue has one policy however many may send, and a sender allowed twice stands there once', () => {
  const synth = synthesized((scope) => {
    const queue = encryptedQueue(scope, 'queue', { name: 'queue' });
    for (const name of ['one', 'two', 'two']) queue.allowTopic(topic(name));
  });
  expect(synth.all('aws_sqs_queue_policy')).toHaveLength(1);
  const { policy } = synth.one('aws_sqs_queue_policy', 'queue-policy');
  expect(JSON.parse(policy as string).Statement[1].Condition.ArnEquals['aws:SourceArn']).toEqual([
    topic('one').arn,
    topic('two').arn,
  ]);
});

test('the fullest policy fits into what SQS takes', () => {
  const found = statements((queue) => {
    for (let sender = 10; sender < 30; sender += 1) {
      queue.allowTopic(topic(`${'t'.repeat(98)}${sender}`));
      queue.allowRule({
        arn: `arn:aws:events:ap-southeast-1:111111111111:rule/${'b'.repeat(48)}/${'r'.repeat(46)}${sender}`,
      });
      queue.allowAccount(`1111111111${sender}`);
    }
  });
  expect(JSON.stringify({ Version: '2012-10-17', Statement: found }).length).toBeLessThan(8192);
});

test('the twenty-first topic does not synthesize', () => {
  expect(() =>
    statements((queue) => {
      for (let sender = 0; sender <= 20; sender += 1) queue.allowTopic(topic(`t${sender}`));
    }),
  ).toThrow("test/orders/main: policy has 20 topics; more do not fit into SQS's 8,192 bytes");
});

test('an account is twelve digits', () => {
  expect(() => statements((queue) => queue.allowAccount('*'))).toThrow('account is "*"; it takes the 12 digits');
});

test('a key for deliveries may be used by SNS and EventBridge, for this account only', () => {
  const synth = synthesized(
    (scope) =>
      new EncryptionKey(scope, 'key', {
        ...{ keyName: 'shop', account: '111111111111', region: 'us-east-1', deliveries: ['sns', 'events'] },
      }),
  );
  const found = JSON.parse(synth.one('aws_kms_key', 'key').policy as string).Statement as Statement[];
  const deliveries = found.filter(({ Sid }) => ['UsedSns', 'UsedEvents'].includes(Sid));
  expect(deliveries).toHaveLength(2);
  for (const { Condition } of deliveries)
    expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': '111111111111' } });
});
