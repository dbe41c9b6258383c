import type { EnvironmentSettings, ShopSettings } from './settings';

/** The pages of docs/runbooks, where whoever is woken can read them. */
export const runbooks: EnvironmentSettings['runbooks'] = {
  baseUrl: 'https://git.example.com/shop-platform/spillway/blob/main/docs/runbooks',
};

/** The shop's settings that every environment starts from; an environment's file says only what differs. */
export const shop = {
  allowedOrigins: [],
  consumer: {
    functionTimeoutSeconds: 30,
    visibilityTimeoutSeconds: 180,
    paymentTimeoutMs: 5000,
    memoryMb: 512,
    reservedConcurrency: 10,
    batchSize: 10,
    maxReceiveCount: 3,
    maxRounds: 3,
    backoffBaseSeconds: 2,
    backoffCapSeconds: 300,
  },
  breaker: {
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
  },
  redrive: { ratePerSecond: 1, canaries: 3, canaryTimeoutMs: 5000, everyMinutes: 1 },
} satisfies Partial<ShopSettings>;
