import { defineCanary } from '../../runtime/contract';

export const enrichmentCanary = defineCanary({
  name: 'enrichment-canary',
  environment: { ENRICHMENT_URL: 'base address of the enrichment service; it is asked at <address>/health' },
});
