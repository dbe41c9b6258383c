import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { patience } from '../patience';
import { type BreakerSurroundings, CircuitBreaker, type Protected } from './breaker';
import { readDependencies } from './contract';
import { DynamoDbStore } from './dynamodb-store';

/** Milliseconds: a breaker whose store hangs must not be a hang itself. */
const STORE_TIMEOUT_MS = 1000;

/** A client that gives up early: what a breaker protects matters more than what it knows. */
export function impatientClient(): DynamoDBClient {
  return new DynamoDBClient(patience(STORE_TIMEOUT_MS, 2));
}

/**
 * The one line around a call. Without a table in the environment the call is returned as it is.
 *
 * @param call what asks the dependency
 * @param environment `BREAKER_TABLE` and `BREAKER_DEPENDENCIES`, which has to name the dependency
 */
export function protect<Input extends unknown[], Result>(
  dependency: string,
  call: (...input: Input) => Promise<Result>,
  how: Protected<Result>,
  environment: { readonly BREAKER_TABLE?: string; readonly BREAKER_DEPENDENCIES?: string },
  { count, log }: Pick<BreakerSurroundings, 'count' | 'log'>,
): (...input: Input) => Promise<Result> {
  const { BREAKER_TABLE, BREAKER_DEPENDENCIES } = environment;
  if (!BREAKER_TABLE || !BREAKER_DEPENDENCIES) return call;
  const settings = readDependencies(BREAKER_DEPENDENCIES)[dependency];
  if (!settings) throw new Error(`BREAKER_DEPENDENCIES has no "${dependency}"; it has: ${BREAKER_DEPENDENCIES}`);
  const store = new DynamoDbStore(impatientClient(), BREAKER_TABLE);
  const breaker = new CircuitBreaker(dependency, settings, { store, now: Date.now, random: Math.random, count, log });
  return (...input) => breaker.call(() => call(...input), how);
}
