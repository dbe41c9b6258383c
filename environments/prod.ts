import { shop } from './defaults';
import { defineEnvironment, type ShopSettings } from './settings';

/** The shop's two ways of taking an order: the consumer behind a circuit breaker, and the saga over several services. */
const shopOf = (part: string, protection: ShopSettings['protection']): ShopSettings => ({
  ...shop,
  part,
  protection,
  payment: { url: 'https://payment.example.com' },
  authorization: { kind: 'jwt', issuer: 'https://login.example.com', audience: ['shop'] },
  allowedOrigins: ['https://shop.example.com'],
  consumer: { ...shop.consumer, reservedConcurrency: 50 },
});

export const prod = defineEnvironment({
  name: 'prod',
  account: '333333333333',
  regions: ['eu-central-1', 'eu-west-1'],
  state: { kind: 's3', bucket: 'spillway-terraform-state-333333333333', region: 'eu-central-1' },
  deletionProtection: true,
  logRetentionDays: 365,
  ownKey: true,
  tags: { Project: 'spillway', Owner: 'shop-platform' },
  shops: [shopOf('shop', 'circuit-breaker'), shopOf('saga', 'saga')],
});
