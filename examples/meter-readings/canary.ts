import { canary } from 'spillway/runtime';
import { billingCanary } from './contract';

export const handler = canary(billingCanary, ({ environment, signal }) =>
  fetch(`${environment.BILLING_URL}/health`, { signal }),
);
