import { Testing } from 'cdktf';
import { ENVIRONMENTS } from '../../environments';
import {
  defineEnvironment,
  type EnvironmentSettings,
  PROTECTIONS,
  type ShopSettings,
  type ShopWith,
} from '../../environments/settings';
import { ShopStack } from '../../environments/stacks/shop';
import { example, exampleWithBrokers } from './example';

const [first, saga] = example.shops as [ShopWith<'circuit-breaker'>, ShopWith<'saga'>];
// Away from the limits, so that one more of each is allowed.
const shop = { ...first, consumer: { ...first.consumer, functionTimeoutSeconds: 20, batchSize: 5 } };
const { breaker, redrive, ...everyShop } = shop;
const { functionTimeoutSeconds, visibilityTimeoutSeconds, memoryMb, reservedConcurrency } = shop.consumer;
const scheduled = { ...redrive, everyMinutes: 1 };
/** A shop of each kind, with all the settings that do something there. */
const shops: { readonly [Protection in ShopSettings['protection']]: ShopWith<Protection> } = {
  unprotected: {
    ...everyShop,
    protection: 'unprotected',
    payment: { variable: 'payment_url', default: 'http://127.0.0.1:4600', path: '/' },
    consumer: { functionTimeoutSeconds, visibilityTimeoutSeconds, memoryMb, reservedConcurrency },
  },
  'dead-letters': { ...everyShop, protection: 'dead-letters', redrive: scheduled },
  'circuit-breaker': shop,
  saga,
};
const withConsumer = (change: object) => ({
  ...example,
  shops: [{ ...shop, consumer: { ...shop.consumer, ...change } }],
});

test.each<[string, unknown, string]>([
  ['an unknown key', { ...example, regoins: [] }, 'regoins'],
  ['a duration without its unit', withConsumer({ functionTimeout: 30 }), 'functionTimeout'],
  [
    'seconds given in milliseconds',
    withConsumer({ functionTimeoutSeconds: 30_000 }),
    'shops.0.consumer.functionTimeoutSeconds: takes a whole number of seconds from 1 to 900 (it is 30000)',
  ],
  [
    'milliseconds given in seconds',
    withConsumer({ paymentTimeoutMs: 5 }),
    'shops.0.consumer.paymentTimeoutMs: takes a whole number of milliseconds from 100 to 60000 (it is 5)',
  ],
  [
    'an account that is none',
    { ...example, account: '12' },
    'account: takes the 12 digits of an AWS account (it is "12")',
  ],
  ['a region that is none', { ...example, regions: ['Frankfurt'] }, 'takes the name of an AWS region'],
  [
    'a payment system without TLS',
    { ...example, shops: [{ ...shop, payment: { url: 'http://payment.example.com' } }] },
    'shops.0.payment.url: takes an address that begins with https:// (it is "http://payment.example.com")',
  ],
  [
    'a payment system that is said in no way',
    { ...example, shops: [{ ...shop, payment: {} }] },
    'shops.0.payment: takes { url: "https://…" }, { simulated: true } or { variable, default, path }',
  ],
  ['a missing section', { ...example, alarms: undefined }, 'alarms: is missing'],
  [
    'a missing section of a shop',
    { ...example, shops: [{ ...shop, breaker: undefined }] },
    'shops.0.breaker: is missing',
  ],
  [
    'a protection that is none',
    { ...example, shops: [{ ...shop, protection: 'hope' }] },
    'shops.0.protection: takes one of "unprotected", "dead-letters", "circuit-breaker", "saga" (it is "hope")',
  ],
  [
    'a part that stands twice',
    { ...example, shops: [shop, shop] },
    'shops: part "shop" stands twice: each is a stack of its own in a region',
  ],
  [
    'a part that is a stack of the brokers',
    { ...exampleWithBrokers, shops: [{ ...shop, part: 'network' }] },
    'shops: part "network" is a stack of the brokers',
  ],
  [
    'an empty bucket',
    { ...example, state: { kind: 's3', buckets: { 'eu-central-1': '' } } },
    'state.buckets.eu-central-1: takes the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and hyphens (it is "")',
  ],
  ['a name with a hyphen', { ...example, name: 'dev-eu' }, 'name: takes 1 to 12 lower-case letters and digits'],
  ['alarms for nobody without a reason', { ...example, alarms: { kind: 'nobody', reason: '' } }, 'alarms.reason'],
  ['subscribers that are none', { ...example, alarms: { kind: 'subscribers', subscribers: [] } }, 'alarms.subscribers'],
  [
    'a topic that is none',
    { ...example, alarms: { kind: 'topics', arns: { 'eu-central-1': 'on-call' } } },
    'alarms.arns.eu-central-1: takes the ARN of an SNS topic (it is "on-call")',
  ],
  [
    'a topic of another region, which an alarm does not reach',
    { ...example, alarms: { kind: 'topics', arns: { 'eu-central-1': 'arn:aws:sns:eu-west-1:111111111111:on-call' } } },
    'alarms.arns: has no topic of eu-central-1',
  ],
  [
    'a region without a bucket for its state',
    { ...example, state: { kind: 's3', buckets: { 'eu-west-1': 'state' } } },
    'state.buckets: has no bucket of its own for eu-central-1',
  ],
  [
    'two regions whose state is in one bucket',
    {
      ...example,
      regions: ['eu-central-1', 'eu-west-1'],
      state: { kind: 's3', buckets: { 'eu-central-1': 'state', 'eu-west-1': 'state' } },
    },
    'state.buckets: has no bucket of its own for eu-central-1, eu-west-1',
  ],
  [
    'an open API without a reason',
    { ...example, shops: [{ ...shop, authorization: { kind: 'none', reason: '' } }] },
    'shops.0.authorization',
  ],
])('%s is refused by name', (_, settings, message) => {
  expect(() => defineEnvironment(settings as EnvironmentSettings)).toThrow(message);
});

test.each<[keyof typeof shops, object, string]>([
  ['saga', { consumer: shop.consumer }, 'shops.0: Unrecognized key: "consumer" with protection "saga"'],
  ['saga', { saga: { ...saga.saga, batchSize: 10 } }, 'shops.0.saga: Unrecognized key: "batchSize"'],
  ['dead-letters', { breaker }, 'shops.0: Unrecognized key: "breaker" with protection "dead-letters"'],
  ['circuit-breaker', { redrive: scheduled }, 'shops.0.redrive: Unrecognized key: "everyMinutes"'],
  ['unprotected', { redrive: scheduled }, 'shops.0: Unrecognized key: "redrive" with protection "unprotected"'],
  ['unprotected', { consumer: shop.consumer }, 'shops.0.consumer: Unrecognized keys: "paymentTimeoutMs"'],
  ['unprotected', { payment: { simulated: true } }, 'shops.0.payment'],
])('with %s, a setting that does nothing is refused by name: %j', (protection, change, message) => {
  const environment = { ...example, shops: [{ ...shops[protection], ...change }] } as EnvironmentSettings;
  expect(() => defineEnvironment(environment)).toThrow(message);
});

/** Paths of the whole numbers in settings. */
const numbersOf = (value: object, path: readonly string[] = []): string[][] =>
  Object.entries(value).flatMap(([key, inner]) => {
    if (typeof inner === 'number') return [[...path, key]];
    return typeof inner === 'object' && inner !== null ? numbersOf(inner, [...path, key]) : [];
  });

const changed = (value: unknown, [key, ...rest]: readonly string[]): unknown =>
  key === undefined
    ? (value as number) + 1
    : { ...(value as object), [key]: changed((value as Record<string, unknown>)[key], rest) };

describe.each(PROTECTIONS)('with %s', (protection) => {
  const settings = shops[protection];
  let before: string;
  beforeAll(() => {
    before = synthesized(settings);
  });
  const synthesized = (each: ShopSettings) =>
    Testing.synth(new ShopStack(Testing.app(), example, 'eu-central-1', each));

  test.each(numbersOf(settings).map((path) => [path.join('.')]))('%s changes what is deployed', (path) => {
    expect(synthesized(changed(settings, path.split('.')) as ShopSettings)).not.toBe(before);
  });
});

test('all mistakes of an environment are told at once', () => {
  const settings = { ...example, account: '1', logRetentionDays: 0 } as EnvironmentSettings;
  expect(() => defineEnvironment(settings)).toThrow(/account[\s\S]*logRetentionDays/);
});

describe.each(PROTECTIONS)('a shop with %s', (protection) => {
  const region = 'ap-southeast-2';
  const withPart = (part: string) =>
    defineEnvironment({
      ...example,
      name: 'productionxx',
      regions: ['eu-west-1', region],
      state: { kind: 's3', buckets: { 'eu-west-1': 'state-eu-west-1', [region]: `state-${region}` } },
      shops: [{ ...shops[protection], part }],
    });
  const accepted = [...Array(20).keys()].filter((more) => {
    try {
      return withPart('p'.repeat(more + 1));
    } catch {
      return false;
    }
  });
  const longest = 'p'.repeat(Math.max(...accepted) + 1);

  test('whatever part is accepted has names that AWS takes', () => {
    const stack = new ShopStack(Testing.app(), withPart(longest), region, { ...shops[protection], part: longest });
    const { resource } = JSON.parse(Testing.synth(stack)) as {
      resource: Record<string, Record<string, { name: string }>>;
    };
    for (const { name } of Object.values(resource.aws_iam_role ?? {})) expect(name.length).toBeLessThanOrEqual(64);
  });

  test('one that is longer is refused by name, with what fits', () => {
    expect(() => withPart(`${longest}p`)).toThrow(new RegExp(`part "${longest}p"|shops.0.part`));
  });
});

test('what is protected against deletion asks at its intake who is there', () => {
  const guarded = Object.values(ENVIRONMENTS).filter(({ deletionProtection }) => deletionProtection);
  expect(guarded.flatMap(({ shops }) => shops.map(({ authorization }) => authorization.kind))).not.toContain('none');
});

test('no two environments share an account or a place for state', () => {
  const settings = Object.values(ENVIRONMENTS);
  // The emulator has one account for all.
  const onAws = settings.filter(({ state }) => state.kind === 's3');
  expect(new Set(onAws.map(({ account }) => account)).size).toBe(onAws.length);
  expect(new Set(settings.map(({ state }) => JSON.stringify(state))).size).toBe(settings.length);
});
