import type { PriceName } from '../../review/cost/prices';

/** A part of a bill: so many units of a price. For prices by the million, `count` is in single ones. */
export interface Use {
  readonly what: string;
  readonly price: PriceName;
  readonly count: number;
}

/** What a module uses beside what its resources cost by the hour or month. */
interface Usage {
  /** A month in which nothing comes. */
  readonly idle?: readonly Use[];
  /** What a million is of. */
  readonly of: string;
  readonly perMillion: readonly Use[];
}

const MILLION = 1_000_000;
const MINUTES_A_MONTH = 43_800;
/** Lambda's time-slice in GB: 512 MB, the modules' default. */
const GB = 0.5;

const lambda = (what: string, invocations: number, seconds: number): Use[] => [
  { what: `invocations: ${what}`, price: 'lambda.request', count: invocations },
  {
    what: `computing, ${seconds} s each at 512 MB`,
    price: 'lambda.gb-second.arm64',
    count: invocations * seconds * GB,
  },
];
const everyMinute = (what: string): Use[] => lambda(`${what}, every minute`, MINUTES_A_MONTH, 0.2);

const QUEUE: Use[] = [
  {
    what: 'requests to SQS: sent one by one, received and deleted in tens',
    price: 'sqs.request',
    count: 1.2 * MILLION,
  },
];
const BATCHES = lambda('batches of ten', MILLION / 10, 1);
const POLLING: Use[] = [
  { what: 'requests of Lambda’s five pollers, 20 s each', price: 'sqs.request', count: 5 * 3 * MINUTES_A_MONTH },
];
const LEDGER: Use[] = [{ what: 'writes: begun and done', price: 'dynamodb.write-request', count: 2 * MILLION }];
const REDRIVE: Use[] = [
  ...everyMinute('a look at what is parked'),
  { what: 'requests to SQS, two a look', price: 'sqs.request', count: 2 * MINUTES_A_MONTH },
];
const nothing = (of: string): Usage => ({ of, perMillion: [] });

/** Module → what it uses. Messages are below 1 KB, so that every one is one unit of whatever counts units. */
export const USAGE: Readonly<Record<string, Usage>> = {
  alarm: nothing('messages'),
  'alarm-topic': nothing('messages'),
  broker: nothing('messages'),
  'broker-consumer': { of: 'messages', perMillion: BATCHES },
  'broker-network': {
    idle: everyMinute('a look at the brokers'),
    of: 'messages over a bridge',
    perMillion: [{ what: 'GB between regions', price: 'traffic.between-regions.gb', count: 1 }],
  },
  'circuit-breaker': {
    idle: everyMinute('the reconciler'),
    of: 'messages',
    perMillion: [
      { what: 'reads of the state, one in 5 s of a sandbox', price: 'dynamodb.read-request', count: 20_000 },
    ],
  },
  consumer: { idle: POLLING, of: 'messages', perMillion: BATCHES },
  'dead-letter-desk': {
    idle: [...everyMinute('the worker'), ...POLLING],
    of: 'dead letters',
    perMillion: [
      ...lambda('the keeper’s batches of ten', MILLION / 10, 1),
      { what: 'writes: letter, group and revision', price: 'dynamodb.write-request', count: 3 * MILLION },
    ],
  },
  'dead-letter-queue': {
    of: 'dead letters',
    perMillion: [{ what: 'requests to SQS', price: 'sqs.request', count: MILLION }],
  },
  'encrypted-queue': { of: 'messages', perMillion: QUEUE },
  'encryption-key': nothing('messages'),
  'event-bus': {
    of: 'events',
    perMillion: [{ what: 'events', price: 'eventbridge.event', count: MILLION }],
  },
  'http-intake': {
    of: 'orders',
    perMillion: [
      { what: 'requests to the API', price: 'http-api.request', count: MILLION },
      { what: 'GB of access log', price: 'logs.gb', count: 0.5 },
    ],
  },
  kafka: {
    idle: [{ what: 'hours of a serverless cluster', price: 'kafka.serverless', count: 730 }],
    of: 'records',
    perMillion: lambda('batches of a hundred', MILLION / 100, 1),
  },
  'lambda-function': { of: 'messages', perMillion: BATCHES },
  ledger: { of: 'messages', perMillion: LEDGER },
  'log-group': {
    of: 'lines of 500 bytes',
    perMillion: [{ what: 'GB taken in', price: 'logs.gb', count: 0.5 }],
  },
  network: nothing('messages'),
  pipe: {
    of: 'messages',
    perMillion: [
      { what: 'messages that the filter lets through', price: 'pipes.request', count: MILLION },
      { what: 'requests to SQS: received and deleted in tens', price: 'sqs.request', count: 0.2 * MILLION },
    ],
  },
  'protected-consumer': {
    idle: [...POLLING, ...REDRIVE],
    of: 'messages',
    perMillion: [...QUEUE, ...BATCHES, ...LEDGER],
  },
  redrive: { idle: REDRIVE, of: 'messages', perMillion: [] },
  role: nothing('messages'),
  saga: {
    of: 'sagas of four steps that commit',
    perMillion: [
      { what: 'state transitions, eight each', price: 'step-functions.transition', count: 8 * MILLION },
      ...lambda('four steps each', 4 * MILLION, 0.2),
    ],
  },
  schedule: {
    of: 'runs',
    perMillion: [{ what: 'runs started', price: 'scheduler.invocation', count: MILLION }],
  },
  stream: {
    of: 'records',
    perMillion: [
      { what: 'records put', price: 'kinesis.put-unit', count: MILLION },
      ...lambda('batches of a hundred', MILLION / 100, 1),
    ],
  },
  'tiered-queue': { of: 'messages', perMillion: QUEUE },
  topic: { of: 'messages', perMillion: [{ what: 'messages published', price: 'sns.publish', count: MILLION }] },
};
