import { breakerEnvironment, CircuitBreaker, type Dependency } from '../../../modules/circuit-breaker';
import type { Consumer } from '../../../modules/consumer';
import type { Grantee } from '../../../modules/lambda-function';
import type { BreakerSettings } from '../../settings/breaker';
import type { ShopOfRegion } from '../brokers';
import type { Foundation } from './foundation';

export interface BreakerNames {
  readonly breakerName: string;
  readonly dependencies: Readonly<Record<string, Dependency>>;
}

/** The dependencies of the consumer, and how they are protected. */
export function breakerOf(prefix: string, breaker: BreakerSettings, canary: Dependency['canary']): BreakerNames {
  return {
    breakerName: `${prefix}-breaker`,
    dependencies: { payment: { canary, ...dependencyOf(breaker) } },
  };
}

/** What a breaker's settings say of one dependency. */
export const dependencyOf = (breaker: Omit<BreakerSettings, 'park'>): Omit<Dependency, 'canary'> => ({
  slidingWindowSize: breaker.slidingWindowSeconds,
  minimumNumberOfCalls: breaker.minimumNumberOfCalls,
  consecutiveFailures: breaker.consecutiveFailures,
  waitDurationInOpenState: breaker.waitSeconds,
  maxWaitDurationInOpenState: breaker.maximumWaitSeconds,
  watchDurationInHalfOpenState: breaker.watchSeconds,
  canaries: breaker.canaries,
  canaryInterval: breaker.canaryIntervalSeconds,
});

/** @returns the breaker, and what another consumer of the region needs to ask it */
export function addBreaker(
  { stack, alarmActions, kept }: Foundation,
  consumer: Consumer,
  names: BreakerNames,
  settings: BreakerSettings,
): { readonly made: CircuitBreaker; readonly guard: ShopOfRegion['breaker'] } {
  const { account, deletionProtection } = stack.settings;
  const { park, trickleRatePerSecond, ceilingRatePerSecond, releaseIntervalSeconds } = settings;
  const made = new CircuitBreaker(stack, 'breaker', {
    ...names,
    account,
    region: stack.region,
    consumer,
    park,
    trickleRate: trickleRatePerSecond,
    ceilingRate: ceilingRatePerSecond,
    releaseInterval: releaseIntervalSeconds,
    deletionProtection,
    ...kept,
    alarmActions,
  });
  stack.outputs({
    breaker_table_name: made.tableName,
    breaker_hold_function_name: made.hold.functionName,
    breaker_recovery_arn: made.recoveryArn,
  });
  const guard = {
    environment: breakerEnvironment(names),
    grantProtect: (grantee: Grantee) => made.grantProtect(grantee),
  };
  return { made, guard };
}
