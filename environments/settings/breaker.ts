import * as z from 'zod/mini';
import { whole } from './whole';

const seconds = (least: number, most: number) => whole(least, most, 'of seconds ');

/** How calls of a dependency are protected. */
export const breaker = z.strictObject({
  /** Where orders wait while payment is out: in the main queue, or carried to the parked tier, which keeps them for 14 days. Default `wait`. */
  park: z.optional(z.enum(['wait', 'queue'])),
  slidingWindowSeconds: seconds(1, 3600),
  minimumNumberOfCalls: whole(1, 100_000),
  consecutiveFailures: whole(1, 100_000),
  waitSeconds: seconds(1, 86_400),
  maximumWaitSeconds: seconds(1, 86_400),
  watchSeconds: seconds(1, 86_400),
  canaries: whole(1, 20),
  canaryIntervalSeconds: seconds(1, 3600),
  trickleRatePerSecond: whole(1, 500),
  ceilingRatePerSecond: whole(1, 500),
  releaseIntervalSeconds: seconds(1, 3600),
});

export type BreakerSettings = z.infer<typeof breaker>;
