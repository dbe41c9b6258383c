import type { TerraformStack } from 'cdktf';
import { BrokerConsumer } from '../../modules/broker-consumer';
import { CircuitBreaker } from '../../modules/circuit-breaker';
import { Consumer } from '../../modules/consumer';
import { DeadLetterDesk } from '../../modules/dead-letter-desk';
import { EventBus } from '../../modules/event-bus';
import { HttpIntake } from '../../modules/http-intake';
import { KafkaConsumer, mskSource } from '../../modules/kafka';
import { ProtectedConsumer } from '../../modules/protected-consumer';
import { Redrive } from '../../modules/redrive';
import { kinesisStream, StreamConsumer } from '../../modules/stream';
import { addQueueAlarms, ExistingQueue } from '../../modules/tiered-queue';
import { Topic } from '../../modules/topic';
import type { surroundings } from './example-surroundings';

const arn = (name: string) => `arn:aws:sqs:eu-central-1:111111111111:${name}`;

/** Queues of no name that a module would give. */
export const theirs = new ExistingQueue({
  ...{ main: { arn: arn('theirs') }, parked: { arn: arn('theirs-DLQ') }, repair: { arn: arn('theirs-broken') } },
  ...{ visibilityTimeout: 180, maxReceiveCount: 5 },
});

type Given = ReturnType<typeof surroundings>;

/** Every module that takes queues which are there already, with them. */
export const WITH_EXISTING_QUEUES: Readonly<Record<string, (stack: TerraformStack, given: Given) => void>> = {
  'broker-consumer': (stack, { broker, ledger, orderConsumer, paymentUrl }) =>
    new BrokerConsumer(stack, 'made', {
      contract: orderConsumer,
      environment: { PAYMENT_URL: paymentUrl },
      source: { engine: 'activemq', broker, username: 'orders' },
      ...{ queueName: 'orders', tiers: theirs, ledger, functionName: 'made' },
    }),
  'circuit-breaker': (stack, { account, region, handler, canary }) => {
    const consumer = new Consumer(stack, 'consumer', { queue: theirs, handler, switchedAtRunTime: true });
    const tripAlarm = { name: 'down', arn: `arn:aws:cloudwatch:${region}:${account}:alarm:down` };
    const dependencies = { bank: { canary: { handler: canary }, tripAlarm } };
    new CircuitBreaker(stack, 'made', { breakerName: 'made', account, region, consumer, dependencies });
  },
  consumer: (stack, { handler }) => new Consumer(stack, 'made', { queue: theirs, handler }),
  'dead-letter-desk': (stack, { account }) =>
    new DeadLetterDesk(stack, 'made', {
      ...{ deskName: 'made', account },
      queues: [{ id: 'theirs', deadLetters: theirs.repair, sendTo: theirs.main, parked: theirs.parked }],
    }),
  'event-bus': (stack, { account, region }) =>
    new EventBus(stack, 'made', { busName: 'made', account, region })
      .rule('rule', { pattern: { source: ['shop'] } })
      .toQueue('queue', theirs),
  'http-intake': (stack) =>
    new HttpIntake(stack, 'made', { apiName: 'made', path: 'made', queue: theirs, authorization: { kind: 'iam' } }),
  kafka: (stack, { handler }) =>
    new KafkaConsumer(stack, 'made', {
      source: mskSource('arn:aws:kafka:eu-central-1:111111111111:cluster/theirs/0a1b-1'),
      ...{ topic: 'orders', handler, consumerName: 'made', tiers: theirs },
    }),
  'protected-consumer': (stack, { account, invoices, bankCanary }) => {
    const environment = { BANK_URL: 'https://bank.example.com' };
    new ProtectedConsumer(stack, 'made', {
      ...{ name: 'made', contract: invoices, bundle: 'dist/invoices.zip', environment, account, queue: theirs },
      canary: { contract: bankCanary, bundle: 'dist/bank-canary.zip', environment },
    });
  },
  redrive: (stack, { account, canary }) =>
    new Redrive(stack, 'made', { queue: theirs, functionName: 'made', account, canary: { handler: canary } }),
  stream: (stack, { handler }) =>
    new StreamConsumer(stack, 'made', {
      source: kinesisStream('arn:aws:kinesis:eu-central-1:111111111111:stream/theirs', 168),
      ...{ handler, consumerName: 'made', tiers: theirs },
    }),
  'tiered-queue': (stack) => addQueueAlarms(stack, theirs),
  topic: (stack) => new Topic(stack, 'made', { topicName: 'made' }).subscribeQueue('queue', theirs),
};
