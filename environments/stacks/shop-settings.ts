import type { Dependency } from '../../modules/circuit-breaker';
import type { RetrySettings, ShopWith } from '../settings';

export interface BreakerNames {
  readonly breakerName: string;
  readonly dependencies: Readonly<Record<string, Dependency>>;
}

export const retryOf = (settings: RetrySettings | undefined) =>
  settings && {
    interval: settings.intervalSeconds,
    rate: settings.rate,
    attempts: settings.attempts,
    cap: settings.capSeconds,
  };

/** The dependencies of the consumer, and how they are protected. */
export function breakerOf(
  prefix: string,
  { breaker, redrive }: Pick<ShopWith<'circuit-breaker'>, 'breaker' | 'redrive'>,
  paymentUrl: string,
  paymentSecretArn: string | undefined,
): BreakerNames {
  return {
    breakerName: `${prefix}-breaker`,
    dependencies: {
      payment: {
        canary: { paymentUrl, paymentSecretArn, timeoutMs: redrive.canaryTimeoutMs },
        slidingWindowSize: breaker.slidingWindowSeconds,
        minimumNumberOfCalls: breaker.minimumNumberOfCalls,
        consecutiveFailures: breaker.consecutiveFailures,
        waitDurationInOpenState: breaker.waitSeconds,
        maxWaitDurationInOpenState: breaker.maximumWaitSeconds,
        watchDurationInHalfOpenState: breaker.watchSeconds,
        canaries: breaker.canaries,
        canaryInterval: breaker.canaryIntervalSeconds,
      },
    },
  };
}
