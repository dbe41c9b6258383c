import type { Dependency } from '../../modules/circuit-breaker';
import type { RetrySettings, ShopWith } from '../settings';

/** Where a shop's orders are paid, and what is asked for there. */
export interface PaymentSystem {
  /** Base address. */
  readonly paymentUrl: string;
  /** ARN of the secret that it asks for as a bearer token. Default: it asks for none. */
  readonly paymentSecretArn?: string;
  /** ARN of the KMS key that this secret is under. Default: the account's `aws/secretsmanager`, or the shop's own key. */
  readonly paymentSecretKmsKeyArn?: string;
}

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
  { breaker }: Pick<ShopWith<'circuit-breaker'>, 'breaker'>,
  canary: Dependency['canary'],
): BreakerNames {
  return {
    breakerName: `${prefix}-breaker`,
    dependencies: {
      payment: {
        canary,
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
