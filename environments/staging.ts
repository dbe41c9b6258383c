import { runbooks, shop } from './defaults';
import { defineEnvironment, type ShopSettings } from './settings';

/** The shop's two ways of taking an order: the consumer behind a circuit breaker, and the saga over several services. */
const shopOf = (part: string, protection: ShopSettings['protection']): ShopSettings => ({
  ...shop,
  part,
  protection,
  payment: { url: 'https://payment.staging.example.com' },
  authorization: { kind: 'jwt', issuer: 'https://login.staging.example.com', audience: ['shop'] },
  allowedOrigins: ['https://shop.staging.example.com'],
});

export const staging = defineEnvironment({
  name: 'staging',
  account: '222222222222',
  regions: ['eu-central-1'],
  state: { kind: 's3', bucket: 'spillway-terraform-state-222222222222', region: 'eu-central-1' },
  deletionProtection: true,
  logRetentionDays: 90,
  ownKey: true,
  alarms: { kind: 'subscribers', subscribers: [{ protocol: 'email', endpoint: 'shop-platform@example.com' }] },
  runbooks,
  tags: { Project: 'spillway', Owner: 'shop-platform' },
  shops: [shopOf('shop', 'circuit-breaker'), shopOf('saga', 'saga')],
});
