import { canary } from 'spillway/runtime';
import { bankCanary } from './contract';

export const handler = canary(bankCanary, ({ environment, signal }) =>
  fetch(`${environment.BANK_URL}/health`, { signal }),
);
