import { canary } from '../../../../functions/runtime';
import { cookCanary } from './contract';

export const handler = canary(cookCanary, ({ environment: { KITCHEN_URL }, signal }) =>
  fetch(`${KITCHEN_URL}/health`, { signal }),
);
