import { canary } from '../../runtime/canary';
import { enrichmentCanary } from './contract';

export const handler = canary(enrichmentCanary, ({ environment, signal }) =>
  fetch(`${environment.ENRICHMENT_URL}/health`, { signal }),
);
