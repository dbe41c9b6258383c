import * as z from 'zod/mini';
import { DEFAULT_OPTIONS } from './options';

const between = (least: number, most: number) => z.number().check(z.gte(least), z.lte(most));
const whole = (least: number, most: number) => z.int().check(z.gte(least), z.lte(most));

/** A dependency's name is part of an execution's name, which takes 80 characters. */
export const dependencyName = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'takes 1 to 40 lower-case letters, digits and hyphens'));

/** Everything that is set for one dependency. */
export const dependencySettings = z.strictObject({
  failureRateThreshold: z._default(between(1, 100), DEFAULT_OPTIONS.failureRateThreshold),
  slowCallRateThreshold: z._default(between(1, 100), DEFAULT_OPTIONS.slowCallRateThreshold),
  slowCallDurationThreshold: z._default(between(1, 900_000), DEFAULT_OPTIONS.slowCallDurationThreshold),
  slidingWindowSize: z._default(whole(1, 3600), DEFAULT_OPTIONS.slidingWindowSize),
  minimumNumberOfCalls: z._default(whole(1, 100_000), DEFAULT_OPTIONS.minimumNumberOfCalls),
  consecutiveFailures: z._default(whole(1, 100_000), DEFAULT_OPTIONS.consecutiveFailures),
  waitDurationInOpenState: z._default(whole(1, 86_400), DEFAULT_OPTIONS.waitDurationInOpenState),
  maxWaitDurationInOpenState: z._default(whole(1, 86_400), DEFAULT_OPTIONS.maxWaitDurationInOpenState),
  permittedNumberOfCallsInHalfOpenState: z._default(
    whole(1, 1000),
    DEFAULT_OPTIONS.permittedNumberOfCallsInHalfOpenState,
  ),
  watchDurationInHalfOpenState: z._default(whole(1, 86_400), DEFAULT_OPTIONS.watchDurationInHalfOpenState),
  /**
   * `consumer`: without this dependency no message can be handled, so while it is open the mapping is off. `call`: only some messages need
   * it, so the mapping stays on and calls alone are short-circuited. Default `consumer`.
   */
  scope: z._default(z.enum(['consumer', 'call']), 'consumer'),
  /** What calls do while the breaker's own table can't be reached. Default `closed`: they are made. */
  onStoreFailure: z._default(z.enum(['closed', 'open']), 'closed'),
  /** Canaries in a row, `canaryInterval` apart, before it turns half-open: 1 to 20. Default 3. */
  canaries: z._default(whole(1, 20), 3),
  /** Seconds between two canaries: 1 to 3,600. A dependency that flaps faster than all of them together stays open. Default 5. */
  canaryInterval: z._default(whole(1, 3600), 5),
  /** Name or ARN of the function that answers `{"green": boolean, "detail": string}`; set by the module. */
  canaryFunction: z.optional(z.string()),
  /** Name of a CloudWatch alarm that opens the breaker; set by the module. */
  alarmName: z.optional(z.string()),
  /**
   * Seconds that an alarm which began before this state may go on ringing in it: it looks back, and after an outage it needs new calls to fall
   * silent. Then it counts as a new one. At least the alarm's own period × evaluation periods; 60 to 86,400. Default 300.
   */
  alarmGrace: z._default(whole(60, 86_400), 300),
});

export type DependencySettings = Readonly<z.output<typeof dependencySettings>>;
/** The same as it may be written: what has a default can be left out. */
export type DependencyInput = Readonly<z.input<typeof dependencySettings>>;

const dependencies = z.record(dependencyName, dependencySettings);

/** Reads BREAKER_DEPENDENCIES. @throws Error that names each wrong value */
export function readDependencies(json: string): Readonly<Record<string, DependencySettings>> {
  const result = z.safeParse(dependencies, JSON.parse(json));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`BREAKER_DEPENDENCIES: ${problems.join('; ')}`);
}
