import * as z from 'zod/mini';
import { defineContract } from '../../runtime/contract';

export const brokerReach = defineContract({
  name: 'broker-reach',
  environment: {},
  optionalEnvironment: { TIMEOUT_MS: 'milliseconds until an endpoint counts as not answering; default 3000' },
});

export const reachRequest = z.strictObject({
  operation: z.literal('broker-reach'),
  endpoints: z.array(z.string()).check(z.maxLength(10)),
});

/** In the order of the request: does it take a client's connection? */
export const reachReport = z.strictObject({ answers: z.array(z.boolean()) });
