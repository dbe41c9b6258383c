import * as z from 'zod/mini';
import { defineContract } from '../../runtime/contract';

/** The metric of letters that wait for a person. */
export const OPEN_LETTERS = 'OpenLetters';

/** The metric of tiers whose first message SQS deletes within two days, or within half of the time that the queue keeps one. */
export const TIERS_NEAR_LOSS = 'TiersNearLoss';

export const deadLetterWorker = defineContract({
  name: 'dead-letter-worker',
  environment: { DESK_TABLE: "name of the desk's table" },
  optionalEnvironment: { KEEP_DAYS: 'days that a closed letter is kept; default 400' },
});

/** Goes on with whatever is under way. */
export const workRequest = z.strictObject({ operation: z.literal('work') });
export type WorkRequest = z.infer<typeof workRequest>;
