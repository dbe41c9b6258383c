import * as z from 'zod/mini';
import { defineContract } from '../../runtime/contract';

export const redrive = defineContract({
  name: 'redrive',
  environment: {
    PARKED_QUEUE_ARN: 'ARN of the parked tier: the dead-letter queue that is released',
    PARKED_QUEUE_URL: 'URL of the parked tier, to count what is in it',
    MAIN_QUEUE_ARN: 'ARN of the queue that parked messages go back to, however they got into the parked tier',
    CANARY_FUNCTION:
      'ARN of the function that says whether what the messages need is back: {"green": boolean, "detail": string}',
  },
  optionalEnvironment: {
    RATE: 'messages a second to release, 1 to 500; default 1',
    CANARIES: 'canaries in a row that must be answered; default 3',
    CANARY_TIMEOUT_MS: 'milliseconds until a canary counts as failed; default 5000',
    WATCH_INTERVAL_SECONDS: 'seconds between two canaries while messages move; default 5',
  },
});

/** What is counted when a release is held up by our own side: a move that failed, or a canary that could not be asked. */
export const RELEASE_PROBLEMS = 'ReleaseProblems';

/**
 * How the function may be asked; all but the operation may be left out. By hand: `{"operation": "redrive"}` releases what is parked if the canary is green, and answers at once;
 * with `"dryRun": true` it says what it would do and why.
 */
export const redriveRequest = z.strictObject({
  operation: z.literal('redrive'),
  /** Changes nothing. */
  dryRun: z.optional(z.boolean()),
  /** Messages a second, for this release only. */
  rate: z.optional(z.int().check(z.gte(1), z.lte(500))),
  /**
   * Stay with the move that this run starts, for minutes, and cancel it when a canary fails or the run's time is over. The schedule asks for it. A run without it
   * has another run of the function start the move and stay with it.
   */
  watch: z.optional(z.boolean()),
  /** A person asked for the release that this run starts; the function says so when it has another run start it. */
  byHand: z.optional(z.boolean()),
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
  /** What is in the way on our own side, if anything is: why the last move failed, or why the canary could not be asked. */
  readonly problem?: string;
}
