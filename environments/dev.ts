import { defineEnvironment, type ShopSettings } from './settings';
import { breaker, clickstream, consumer, redrive, runbooks, saga, scheduledRedrive } from './settings/defaults';

/** What both shops share: one takes orders with a consumer behind a circuit breaker, the other with a saga over several services. */
const shop = {
  payment: { simulated: true },
  authorization: { kind: 'iam' },
  allowedOrigins: [],
} satisfies Partial<ShopSettings>;

export default defineEnvironment({
  name: 'dev',
  account: '111111111111',
  regions: ['eu-central-1'],
  state: { kind: 's3', buckets: { 'eu-central-1': 'spillway-terraform-state-111111111111-eu-central-1' } },
  deletionProtection: false,
  logRetentionDays: 30,
  ownKey: true,
  alarms: { kind: 'subscribers', subscribers: [{ protocol: 'email', endpoint: 'shop-platform@example.com' }] },
  runbooks,
  tags: { Project: 'spillway', Owner: 'shop-platform' },
  shops: [
    { ...shop, part: 'shop', protection: 'circuit-breaker', consumer, breaker, redrive },
    { ...shop, part: 'saga', protection: 'saga', saga, redrive: scheduledRedrive },
  ],
  clickstream: { ...clickstream, enrichment: { url: 'https://enrichment.example.com' } },
});
