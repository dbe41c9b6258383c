import type { EnvironmentSettings, ShopWith } from '.';

/** The pages of docs/runbooks, where whoever is woken can read them. */
export const runbooks: EnvironmentSettings['runbooks'] = {
  baseUrl: 'https://git.example.com/shop-platform/spillway/blob/main/docs/runbooks',
};

/** What every environment starts from; an environment's file says only what differs. */
type Protected = ShopWith<'circuit-breaker'>;

export const consumer: Protected['consumer'] = {
  functionTimeoutSeconds: 30,
  visibilityTimeoutSeconds: 180,
  paymentTimeoutMs: 5000,
  memoryMb: 512,
  reservedConcurrency: 10,
  batchSize: 10,
  maxReceiveCount: 5,
  maxRounds: 3,
  backoffBaseSeconds: 2,
  backoffCapSeconds: 300,
};

export const breaker: Protected['breaker'] = {
  slidingWindowSeconds: 30,
  minimumNumberOfCalls: 10,
  consecutiveFailures: 5,
  waitSeconds: 30,
  maximumWaitSeconds: 300,
  watchSeconds: 60,
  canaries: 3,
  canaryIntervalSeconds: 5,
  trickleRatePerSecond: 1,
  ceilingRatePerSecond: 100,
  releaseIntervalSeconds: 10,
};

export const redrive: Protected['redrive'] = { ratePerSecond: 1, canaries: 3, canaryTimeoutMs: 5000 };

export const scheduledRedrive: ShopWith<'saga'>['redrive'] = { ...redrive, everyMinutes: 1 };

export const saga: ShopWith<'saga'>['saga'] = { paymentTimeoutMs: 5000, backoffBaseSeconds: 2, backoffCapSeconds: 300 };

export const desk: NonNullable<Protected['desk']> = { keepDays: 400 };

export const clickstream: Omit<NonNullable<EnvironmentSettings['clickstream']>, 'enrichment'> = {
  enrichmentTimeoutMs: 2000,
  shards: 'on-demand',
  retentionHours: 168,
  parallelization: 2,
  functionTimeoutSeconds: 30,
  memoryMb: 512,
  maxReceiveCount: 10,
  breaker,
  visitDays: 90,
};
