import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { patience } from '../patience';
import { type BreakerSurroundings, CircuitBreaker, type Protected } from './breaker';
import { type BreakerMetric, protection } from './contract';
import { DynamoDbStore } from './dynamodb-store';
import { breakerMetrics } from './metrics';
import { DEFAULT_OPTIONS } from './options';
import type { DependencyInput } from './settings';

/** Milliseconds: a breaker whose store hangs must not be a hang itself. */
const STORE_TIMEOUT_MS = 1000;

/** A client that gives up early: what a breaker protects matters more than what it knows. */
export function impatientClient(): DynamoDBClient {
  return new DynamoDBClient(patience(STORE_TIMEOUT_MS, 2));
}

/**
 * The one line around a call, in whatever function makes it. With none of the three variables in the environment the call is returned as it is.
 *
 * @param call what asks the dependency
 * @param environment the three of `protection`; `BREAKER_DEPENDENCIES` has to name the dependency
 * @param log where a trip, and a store that is out of reach, are said
 */
export function protect<Input extends unknown[], Result>(
  dependency: string,
  call: (...input: Input) => Promise<Result>,
  how: Protected<Result>,
  environment: { readonly [Name in keyof typeof protection]?: string },
  log: BreakerSurroundings['log'],
): (...input: Input) => Promise<Result> {
  const { BREAKER_NAME, BREAKER_TABLE, BREAKER_DEPENDENCIES } = environment;
  if (!BREAKER_NAME && !BREAKER_TABLE && !BREAKER_DEPENDENCIES) return call;
  // Half of them is a mistake, and must not look like protection.
  if (!BREAKER_NAME || !BREAKER_TABLE || !BREAKER_DEPENDENCIES)
    throw new Error(`a circuit breaker needs all of ${Object.keys(protection).join(', ')}`);
  const given = (JSON.parse(BREAKER_DEPENDENCIES) as Readonly<Record<string, DependencyInput>>)[dependency];
  if (!given) throw new Error(`BREAKER_DEPENDENCIES has no "${dependency}"; it has: ${BREAKER_DEPENDENCIES}`);
  // They were checked when they were synthesized; the checks stay out of every consumer's bundle.
  const settings = { ...DEFAULT_OPTIONS, onStoreFailure: 'closed', scope: 'consumer', ...given } as const;
  const store = new DynamoDbStore(impatientClient(), BREAKER_TABLE);
  const counted = breakerMetrics(BREAKER_NAME);
  const count = (what: BreakerMetric) => counted(dependency, what, 1);
  const breaker = new CircuitBreaker(dependency, settings, { store, now: Date.now, random: Math.random, count, log });
  return (...input) => breaker.call(() => call(...input), how);
}
