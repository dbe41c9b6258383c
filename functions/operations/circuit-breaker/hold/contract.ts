import * as z from 'zod/mini';
import { breakerEnvironment, dependencyName } from '../../../runtime/breaker/contract';
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

/** What a person may ask. Nothing (`{}`) asks how things stand. */
export const holdRequest = z.union([
  z.strictObject({ ...person, hold: z.enum(['open', 'closed']), until: z.iso.datetime({ offset: true }) }),
  z.strictObject({ ...person, lift: z.literal(true) }),
  z.strictObject({}),
]);

/** Longest hold: after a week somebody has to decide again. */
export const LONGEST_HOLD_HOURS = 168;
