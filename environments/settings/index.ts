import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { KMS_KEY_ARN } from '../../modules/props';
import { breaker } from './breaker';
import { brokers } from './brokers';
import { CLICKSTREAM, clickstream } from './clickstream';
import { problemsOf } from './problems';
import { whole } from './whole';

// The mini build comes without messages.
z.config(en());

/** Every duration carries its unit in its name, so that a value in another unit is an unknown key, refused by name. */
const seconds = (least: number, most: number) => whole(least, most, 'of seconds ');
const milliseconds = (least: number, most: number) => whole(least, most, 'of milliseconds ');
const https = z.url({ protocol: /^https$/, error: 'takes an address that begins with https://' });
const reason = z.string().check(z.minLength(10, { error: 'takes a sentence that says why' }));

/**
 * How a shop takes its orders: the first three are the steps of the story that `npm start` shows, each with more of the patterns; `saga` takes them
 * through several services.
 */
export const PROTECTIONS = ['unprotected', 'dead-letters', 'circuit-breaker', 'saga'] as const;

const RATE = 'takes a number from 1 to 10';

/** How a task of a saga is tried again, with full jitter. Left out: as `RETRY` or `LASTING_RETRY` of modules/saga has it. */
const retry = z.strictObject({
  intervalSeconds: seconds(1, 3600),
  rate: z.number().check(z.gte(1, { error: RATE }), z.lte(10, { error: RATE })),
  attempts: whole(0, 4000),
  capSeconds: seconds(2, 86_400),
});

/** What every shop says, however it takes its orders. */
const everyShop = {
  /** The stack's part name; the shop's own in every real environment, one a lane in `local`. */
  part: z
    .string()
    .check(z.regex(/^[a-z][a-z0-9-]{0,19}$/, 'takes 1 to 20 lower-case letters, digits and hyphens, a letter first')),
  authorization: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('iam') }),
    z.strictObject({
      kind: z.literal('jwt'),
      issuer: https,
      audience: z.array(z.string()).check(z.minLength(1)),
    }),
    z.strictObject({ kind: z.literal('none'), reason }),
  ]),
  allowedOrigins: z.array(z.string()),
};

/** The Terraform variable that holds the payment system's base address. */
const variablePayment = z.strictObject({ variable: z.string(), default: z.string(), path: z.string() });

/** The payment system's base address, or the Terraform variable that holds it. */
const payment = z.union(
  [
    /** The real one; `secretArn` is what it asks for as a bearer token, in the same account and region, and `secretKmsKeyArn` the key that it is under, if it has one of its own. */
    z
      .strictObject({
        url: https,
        secretArn: z.optional(
          z.string().check(z.regex(/^arn:aws[a-z-]*:secretsmanager:/, 'takes the ARN of a secret of Secrets Manager')),
        ),
        secretKmsKeyArn: z.optional(z.string().check(z.regex(KMS_KEY_ARN, 'takes the ARN of a KMS key'))),
      })
      .check(
        z.refine(({ secretArn, secretKmsKeyArn }) => !secretKmsKeyArn || secretArn !== undefined, {
          path: ['secretKmsKeyArn'],
          error: 'is the key of a secret; say which one in secretArn',
        }),
      ),
    /** A simulated one of the stack's own, for an environment that has no real one to talk to. */
    z.strictObject({ simulated: z.literal(true) }),
    variablePayment,
  ],
  { error: 'takes { url: "https://…" }, { simulated: true } or { variable, default, path }' },
);

const consumerFunction = {
  functionTimeoutSeconds: seconds(1, 900),
  visibilityTimeoutSeconds: seconds(0, 43_200),
  memoryMb: whole(128, 10_240),
  reservedConcurrency: whole(2, 1000),
};

const patience = {
  paymentTimeoutMs: milliseconds(100, 60_000),
  backoffBaseSeconds: seconds(1, 900),
  backoffCapSeconds: seconds(1, 43_200),
};

const consumer = z.strictObject({
  ...consumerFunction,
  ...patience,
  batchSize: whole(1, 10_000),
  maxReceiveCount: whole(1, 1000),
  /** How long SQS keeps an order that nobody takes. Default: behind a circuit breaker the longest, 1,209,599; elsewhere 345,600 (4 days). */
  messageRetentionSeconds: z.optional(seconds(60, 1_209_599)),
  maxRounds: whole(1, 100),
});

const saga = z.strictObject({
  ...patience,
  /** Steps that can be taken back: until the saga turns back. Default: half a minute. */
  retry: z.optional(retry),
  /** What can only be done (compensations, what comes after the commit): until a person has to see to it. Default: about a day. */
  lastingRetry: z.optional(retry),
});

/** The dead-letter desk: takes what is in repair into a store of its own, where it is found, grouped, mended and sent again in waves. Default: it stays in SQS. */
const desk = z.optional(
  z.strictObject({
    /** A closed letter is kept for so long; an open one until somebody closes it. */
    keepDays: whole(1, 3650),
    /** Letters that one person may send in one release; more of them somebody else has to approve. Default: any number. */
    approvalAbove: z.optional(whole(1, 100_000)),
    /** An API for pages and scripts; every call of it needs a token of this issuer. Default: none, and the command is the way in. */
    api: z.optional(
      z.strictObject({
        issuer: z.union([https, z.strictObject({ variable: z.string(), default: z.string() })], {
          error: 'takes an address that begins with https://, or { variable, default }',
        }),
        audience: z.array(z.string()).check(z.minLength(1)),
        allowedOrigins: z.array(z.string()),
      }),
    ),
    /** A page for people in each region, on AWS: its address, with a certificate of ACM in us-east-1. Default: none. */
    page: z.optional(
      z.strictObject({
        /** At the API's issuer: a public client. */
        clientId: z.string(),
        regions: z.record(z.string(), z.strictObject({ domainName: z.string(), certificateArn: z.string() })),
      }),
    ),
  }),
);

const redrive = {
  ratePerSecond: whole(1, 500),
  canaries: whole(1, 10),
  canaryTimeoutMs: milliseconds(100, 10_000),
};

/** Released by itself; behind a breaker its recovery releases instead. */
const scheduledRedrive = z.strictObject({
  ...redrive,
  everyMinutes: z.union([whole(1, 1440), z.literal('off')], {
    error: 'takes a whole number of minutes from 1 to 1440, or "off"',
  }),
});

/** Each way of taking orders has the settings that do something there, and refuses every other. */
const shop = z.discriminatedUnion('protection', [
  z.strictObject({
    ...everyShop,
    protection: z.literal('unprotected'),
    // Its consumer sends no token, so it can't talk to a payment system that asks for one.
    payment: variablePayment,
    consumer: z.strictObject(consumerFunction),
  }),
  z.strictObject({
    ...everyShop,
    protection: z.literal('dead-letters'),
    payment,
    consumer,
    redrive: scheduledRedrive,
    desk,
  }),
  z.strictObject({
    ...everyShop,
    protection: z.literal('circuit-breaker'),
    payment,
    consumer,
    breaker,
    redrive: z.strictObject(redrive),
    desk,
  }),
  z.strictObject({ ...everyShop, protection: z.literal('saga'), payment, saga, redrive: scheduledRedrive }),
]);

type Shop = z.infer<typeof shop>;

/** Who hears an alarm. There is no default: an environment whose alarms reach nobody says so, with its reason. */
const alarms = z.discriminatedUnion('kind', [
  /** Each stack has a topic, and each topic these subscribers; SNS asks email addresses and HTTPS endpoints once a topic whether they want it. */
  z.strictObject({
    kind: z.literal('subscribers'),
    subscribers: z
      .array(z.strictObject({ protocol: z.enum(['email', 'https', 'sms']), endpoint: z.string() }))
      .check(z.minLength(1)),
  }),
  /**
   * Topics that are there already: region → ARN. A topic must let `cloudwatch.amazonaws.com` publish, and so must the key that encrypts it. An alarm
   * reaches topics of its own region only. Source: CloudWatch guide, "Notifying users on alarm changes".
   */
  z.strictObject({
    kind: z.literal('topics'),
    arns: z.record(
      z.string(),
      z.string().check(z.regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, 'takes the ARN of an SNS topic')),
    ),
  }),
  /** Each stack has a topic, and nobody hears it until somebody subscribes by hand. */
  z.strictObject({ kind: z.literal('nobody'), reason }),
]);

/** Source: Amazon S3 guide, "General purpose bucket naming rules". */
const bucket = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'takes the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and hyphens',
    ),
  );

const allRegions = ({ regions, brokers }: z.infer<typeof fields>) => [
  ...new Set([...regions, ...Object.keys(brokers?.regions ?? {})]),
];

/** Regions of the environment whose alarms would go nowhere, or into another region. */
const silent = (settings: z.infer<typeof fields>) => {
  const { alarms } = settings;
  if (alarms.kind !== 'topics') return [];
  return allRegions(settings).filter((region) => alarms.arns[region]?.split(':')[3] !== region);
};

/** Regions of the environment without a bucket for their state. A bucket is in one region, so two can't share one. */
const stateless = (settings: z.infer<typeof fields>) => {
  const { state } = settings;
  if (state.kind !== 's3') return [];
  const shared = (bucket: string) => Object.values(state.buckets).filter((other) => other === bucket).length > 1;
  return allRegions(settings).filter((region) => !state.buckets[region] || shared(state.buckets[region]));
};

/**
 * The most characters of `<environment>-<region>-<part>`, for what is put behind them: `-breaker` in the 40 of a breaker's name, and
 * `-saga-reserve-beans` in the 64 of a role's.
 */
const LONGEST_PREFIX: Readonly<Record<Shop['protection'], number>> = {
  unprotected: 45,
  'dead-letters': 45,
  'circuit-breaker': 32,
  saga: 45,
};

/** Parts that are too long in one of the regions, with the most that fits there. */
const tooLong = ({ name, regions, shops }: z.infer<typeof fields>) => {
  const beside = Math.max(...regions.map((region) => `${name}-${region}-`.length));
  return shops.flatMap(({ part, protection }) => {
    const most = LONGEST_PREFIX[protection] - beside;
    return part.length > most
      ? [`part "${part}" is longer than the ${most} characters that fit beside environment and region`]
      : [];
  });
};

/** Parts of a region that are stacks of the brokers. */
const BROKER_PARTS = /^(network|link-.+|brokers|broker-logs|broker-operations)$/;

/** Parts that there is a stack of already. */
const taken = ({ shops, brokers, clickstream }: z.infer<typeof fields>) => {
  const parts = shops.map(({ part }) => part);
  return [...new Set(parts)].flatMap((part) => {
    if (parts.indexOf(part) !== parts.lastIndexOf(part)) return [`part "${part}" stands twice`];
    if (clickstream && part === CLICKSTREAM) return [`part "${part}" is the stack of the clickstream`];
    return brokers && BROKER_PARTS.test(part) ? [`part "${part}" is a stack of the brokers`] : [];
  });
};

const fields = z.strictObject({
  /** That of its file. Without hyphens, so that `cdktf deploy 'dev-*'` is one environment. */
  name: z
    .string()
    .check(z.regex(/^[a-z][a-z0-9]{0,11}$/, 'takes 1 to 12 lower-case letters and digits, a letter first')),
  /** The only account that Terraform may touch with these stacks. */
  account: z.string().check(z.regex(/^\d{12}$/, 'takes the 12 digits of an AWS account')),
  regions: z
    .array(z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'takes the name of an AWS region, such as "us-east-1"')))
    .check(z.minLength(1)),
  /** Where Terraform's state is kept. */
  state: z.discriminatedUnion('kind', [
    /** Region → bucket there, one for each, so that a region that is lost takes no other's state with it. */
    z.strictObject({ kind: z.literal('s3'), buckets: z.record(z.string(), bucket) }),
    z.strictObject({ kind: z.literal('local'), directory: z.string() }),
  ]),
  deletionProtection: z.boolean(),
  logRetentionDays: whole(1, 3653),
  alarms,
  /** What an alarm's text links to. */
  runbooks: z.strictObject({
    /** Where the pages of docs/runbooks are published: `<baseUrl>/<page>.md`. */
    baseUrl: z.url({ protocol: /^https?$/, error: 'takes an address that begins with https:// or http://' }),
  }),
  tags: z.record(z.string(), z.string()),
  /** A key of one's own for queues, tables and logs; made once a region. */
  ownKey: z.boolean(),
  shops: z.array(shop).check(z.minLength(1)),
  /** A pair of brokers in each region; those of two regions or more are a network. Costs from some hundred dollars a month: modules/broker/README.md. Default: none. */
  brokers: z.optional(brokers),
  /** A pipeline beside the shops: clicks → Kinesis → enrichment → visits. Default: none. */
  clickstream: z.optional(clickstream),
});

const environment = fields.check(
  z.refine((settings) => silent(settings).length === 0, {
    path: ['alarms', 'arns'],
    error: ({ input }) => `has no topic of ${silent(input as z.infer<typeof fields>).join(', ')}`,
  }),
  z.refine((settings) => stateless(settings).length === 0, {
    path: ['state', 'buckets'],
    error: ({ input }) => `has no bucket of its own for ${stateless(input as z.infer<typeof fields>).join(', ')}`,
  }),
  z.refine((settings) => taken(settings).length === 0, {
    path: ['shops'],
    error: ({ input }) =>
      `${taken(input as z.infer<typeof fields>).join('; ')}: each is a stack of its own in a region`,
  }),
  z.refine((settings) => tooLong(settings).length === 0, {
    path: ['shops'],
    error: ({ input }) => tooLong(input as z.infer<typeof fields>).join('; '),
  }),
);

export type EnvironmentSettings = z.infer<typeof environment>;
export type ShopSettings = Shop;
/** The settings of a shop with one of the protections. */
export type ShopWith<Protection extends ShopSettings['protection']> = Extract<
  ShopSettings,
  { readonly protection: Protection }
>;
export type RetrySettings = z.infer<typeof retry>;

/** Names the environment's every wrong key and value at once. */
export class SettingsError extends Error {
  constructor(name: string, problems: readonly string[]) {
    super(`environment ${name}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** @throws SettingsError */
export function defineEnvironment(settings: EnvironmentSettings): EnvironmentSettings {
  const result = z.safeParse(environment, settings);
  if (result.success) return result.data;
  throw new SettingsError(String(settings?.name), problemsOf(result.error.issues, settings));
}
