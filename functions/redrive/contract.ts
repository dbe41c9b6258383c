import * as z from 'zod/mini';
import { defineContract } from '../contract';

export const redrive = defineContract({
  name: 'redrive',
  environment: {
    PARKED_QUEUE_ARN: 'ARN of the parked tier: the dead-letter queue that is released',
    PARKED_QUEUE_URL: 'URL of the parked tier, to count what is in it',
    PAYMENT_URL: 'base address of the payment system that the canary asks',
  },
  optionalEnvironment: {
    PAYMENT_SECRET_ARN:
      'ARN of the secret that the payment system asks for, sent as a bearer token; default: none is sent',
    RATE: 'messages a second to release, 1 to 500; default 1',
    CANARIES: 'canaries in a row that must be answered; default 3',
    CANARY_TIMEOUT_MS: 'milliseconds until a canary counts as failed; default 5000',
    WATCH_INTERVAL_SECONDS: 'seconds between two canaries while messages move; default 5',
  },
});

/** How the function may be asked. By hand: `{"dryRun": true}` says what it would do and why. */
export const redriveRequest = z.strictObject({
  dryRun: z.optional(z.boolean()),
  /** Messages a second, for this release only. */
  rate: z.optional(z.int().check(z.gte(1), z.lte(500))),
  /** Stay for as long as the move runs and the invocation lasts, asking the canary again and again. The schedule does. */
  watch: z.optional(z.boolean()),
});

export type RedriveRequest = z.infer<typeof redriveRequest>;

/** What the function answers. */
export interface RedriveReport {
  readonly action: 'start' | 'cancel' | 'continue' | 'hold' | 'idle';
  /** A sentence that says why. */
  readonly reason: string;
  readonly dryRun: boolean;
  /** Messages in the parked tier, approximately. */
  readonly parked: number;
  readonly canary?: { readonly green: boolean; readonly sent: number; readonly detail: string };
  readonly move?: { readonly moved: number; readonly toMove: number; readonly rate: number };
}
