import * as z from 'zod/mini';
import { breakerEnvironment } from '../../../runtime/breaker/contract';
import { dependencyName } from '../../../runtime/breaker/settings';
import { defineContract } from '../../../runtime/contract';

export const hold = defineContract({
  name: 'circuit-breaker/hold',
  environment: breakerEnvironment,
  optionalEnvironment: {
    MAIN_RETENTION_SECONDS:
      'seconds that the main queue keeps a message, where messages wait in it; default: they wait elsewhere',
  },
});

const person = {
  dependency: dependencyName,
  /** Who decides it: a name that a colleague finds at night. */
  who: z.string().check(z.minLength(1), z.maxLength(100)),
  why: z.string().check(z.minLength(1), z.maxLength(300)),
};

/** What a person may ask. */
export const holdRequest = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.literal('breaker-status') }),
  z.strictObject({
    operation: z.literal('breaker-hold'),
    ...person,
    hold: z.enum(['open', 'closed']),
    until: z.iso.datetime({ offset: true }),
    /** Takes the place of a hold that is in force. Default: such a hold stands, and the request is refused. */
    replace: z.optional(z.boolean()),
  }),
  z.strictObject({ operation: z.literal('breaker-lift'), ...person }),
]);

export type BreakerRequest = z.infer<typeof holdRequest>;

/** Longest hold: after a week somebody has to decide again. */
export const LONGEST_HOLD_HOURS = 168;
