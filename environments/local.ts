import { defineEnvironment, type ShopSettings } from './settings';
import * as defaults from './settings/defaults';

/** One lane of the same shop; all lanes share the payment system and its faults, and each has books of its own there. */
const lane = (part: string) =>
  ({
    part,
    payment: { variable: 'payment_url', default: 'http://127.0.0.1:4600', path: `/${part}` },
    authorization: { kind: 'none', reason: 'The emulator listens on this machine only.' },
    allowedOrigins: [],
  }) satisfies Partial<ShopSettings>;

/** Waits that a person can watch: an order is parked within a quarter of a minute instead of some minutes. */
const patience = { paymentTimeoutMs: 3000, backoffBaseSeconds: 1, backoffCapSeconds: 4 };
/** Nothing is throttled here, so that three receives are three tries. */
const consumer = { ...defaults.consumer, ...patience, maxReceiveCount: 3 };
const redrive = { ...defaults.redrive, canaryTimeoutMs: 1000 };
/** On this machine the release is the page's button: nothing moves before somebody has seen it parked. */
const redriveByHand = { ...redrive, everyMinutes: 'off' as const };
const watchable = {
  ...defaults.breaker,
  slidingWindowSeconds: 10,
  minimumNumberOfCalls: 5,
  waitSeconds: 10,
  maximumWaitSeconds: 30,
  watchSeconds: 6,
  canaryIntervalSeconds: 2,
  trickleRatePerSecond: 2,
  releaseIntervalSeconds: 2,
};
const { functionTimeoutSeconds, memoryMb, reservedConcurrency } = defaults.consumer;

export default defineEnvironment({
  name: 'local',
  account: '000000000000',
  regions: ['us-east-1'],
  state: { kind: 'local', directory: '.spillway/terraform' },
  deletionProtection: false,
  logRetentionDays: 1,
  ownKey: false,
  alarms: { kind: 'nobody', reason: 'The page shows what an alarm would say.' },
  runbooks: defaults.runbooks,
  tags: { Project: 'spillway' },
  shops: [
    {
      ...lane('unprotected'),
      protection: 'unprotected',
      // The talk's numbers: a 30-second time-out, and a message that is back as soon as it has passed.
      consumer: { functionTimeoutSeconds, memoryMb, reservedConcurrency, visibilityTimeoutSeconds: 30 },
    },
    { ...lane('protected'), protection: 'dead-letters', consumer, redrive: redriveByHand },
    {
      ...lane('breaker'),
      protection: 'circuit-breaker',
      consumer,
      breaker: watchable,
      redrive,
      desk: {
        ...defaults.desk,
        api: {
          issuer: { variable: 'desk_issuer', default: 'http://127.0.0.1:4601' },
          audience: ['dead-letter-desk'],
          allowedOrigins: [],
        },
      },
    },
    {
      ...lane('saga'),
      protection: 'saga',
      // Five minutes, every 5 s: nobody waits for a day here, and the emulator can't resume what was parked.
      saga: { ...patience, lastingRetry: { intervalSeconds: 5, rate: 1, attempts: 60, capSeconds: 6 } },
      redrive: redriveByHand,
    },
  ],
  clickstream: {
    ...defaults.clickstream,
    enrichment: { variable: 'enrichment_url', default: 'http://127.0.0.1:4602' },
    enrichmentTimeoutMs: 2000,
    functionTimeoutSeconds: 10,
    shards: 2,
    breaker: watchable,
  },
});
