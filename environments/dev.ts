import { runbooks, shop } from './defaults';
import { defineEnvironment, type ShopSettings } from './settings';

/** The shop's two ways of taking an order: the consumer behind a circuit breaker, and the saga over several services. */
const shopOf = (part: string, protection: ShopSettings['protection']): ShopSettings => ({
  ...shop,
  part,
  protection,
  payment: { simulated: true },
  authorization: { kind: 'iam' },
});

export const dev = defineEnvironment({
  name: 'dev',
  account: '111111111111',
  regions: ['eu-central-1'],
  state: { kind: 's3', bucket: 'spillway-terraform-state-111111111111', region: 'eu-central-1' },
  deletionProtection: false,
  logRetentionDays: 30,
  ownKey: true,
  alarms: { kind: 'subscribers', subscribers: [{ protocol: 'email', endpoint: 'shop-platform@example.com' }] },
  runbooks,
  tags: { Project: 'spillway', Owner: 'shop-platform' },
  shops: [shopOf('shop', 'circuit-breaker'), shopOf('saga', 'saga')],
});
