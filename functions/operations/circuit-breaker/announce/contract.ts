import { defineContract } from '../../../runtime/contract';

export const announce = defineContract({
  name: 'circuit-breaker/announce',
  environment: { BREAKER_NAME: 'name of the breaker that the events are of; rules match it' },
});
