import * as z from 'zod/mini';
import { breakerEnvironment } from '../../../runtime/breaker/contract';
import { defineContract } from '../../../runtime/contract';

export const recover = defineContract({
  name: 'circuit-breaker/recover',
  environment: {
    ...breakerEnvironment,
    PARKED_QUEUE_ARN: 'ARN of the parked tier, which is released',
    PARKED_QUEUE_URL: 'URL of the parked tier, to count what is in it',
    MAIN_QUEUE_ARN: 'ARN of the main queue, where released messages go',
    MAPPING_UUID: "the consumer's event source mapping: half-open is watched from when it serves",
  },
  optionalEnvironment: {
    TRICKLE_RATE: 'messages a second while half-open, and the first rate when closed: 1 to 500; default 1',
    CEILING_RATE: 'messages a second that the release grows to: 1 to 500; default 100',
    RELEASE_INTERVAL_SECONDS: 'seconds between two looks at the release; the rate doubles at each; default 10',
    HAND_OVER_AFTER:
      'looks after which the recovery goes on in a new execution, which counts green canaries anew: at most 1000; default 1000',
  },
});

/** What an execution carries from look to look. Losing it costs time, never safety: everything else is in the table. */
export const progress = z.strictObject({
  /** Looks so far in this execution. */
  looks: z.int(),
  /** The record's version that the next canary is asked under. */
  version: z.int(),
  /** The wait for that canary is what the last look answered: it is over now. */
  waited: z._default(z.boolean(), false),
  /** Green canaries in a row. */
  greens: z.int(),
  /** Half-open: when the consumer's mapping was first seen to serve messages, in milliseconds since 1970; 0 before. */
  servedFrom: z._default(z.int(), 0),
  /** Messages a second of the last release; 0 before the first. */
  rate: z.int(),
  /** Looks in a row that found nothing parked. */
  empty: z.int(),
});
export type Progress = z.infer<typeof progress>;

/** What an execution is about; its input, and the same in every look. */
export const recovery = z.object({
  dependency: z.string(),
  epoch: z.int(),
  run: z.int(),
});
export type Recovery = z.infer<typeof recovery>;

export const recoverInput = z.extend(recovery, {
  progress: z.optional(progress),
  /** What the canary's task came to: `{answer}` with what its function answered, or Step Functions' `{Error, Cause}`. */
  canary: z.optional(z.unknown()),
});
export type RecoverInput = z.infer<typeof recoverInput>;

/** What the state machine does next: `ask` asks a canary, the first four wait for `seconds`; each is followed by a look. */
export type Phase = 'open' | 'half-open' | 'closed' | 'held' | 'ask' | 'hand-over' | 'done';

export interface RecoverAnswer {
  readonly phase: Phase;
  readonly seconds: number;
  readonly progress: Progress;
  /** What to ask; only with `ask`. As it is set now: an execution may be older than the deployment. */
  readonly canaryFunction?: string;
  /** Name and input of the execution that goes on; only with `hand-over`. */
  readonly next?: { readonly name: string; readonly input: Recovery };
  /** Why, in words, for whoever looks at the execution. */
  readonly reason: string;
}
