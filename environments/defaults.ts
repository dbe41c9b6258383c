import type { ShopSettings } from './settings';

/** The shop's settings that every environment starts from; an environment's file says only what differs. */
export const shop = {
  part: 'shop',
  protection: 'dead-letters',
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
  redrive: { ratePerSecond: 1, canaries: 3, canaryTimeoutMs: 5000, everyMinutes: 1 },
} satisfies Partial<ShopSettings>;
