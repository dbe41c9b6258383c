import { defineContract } from '../../../runtime/contract';

export const park = defineContract({
  name: 'circuit-breaker/park',
  environment: { PARKED_QUEUE_URL: 'URL of the parked tier' },
});
