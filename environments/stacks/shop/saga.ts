import type { TieredQueue } from '../../../modules/tiered-queue';
import type { RetrySettings, ShopWith } from '../../settings';
import { addOrderSaga } from '../saga';
import type { Foundation } from './foundation';
import { askCanary, release } from './release';

const retryOf = (settings: RetrySettings | undefined) =>
  settings && {
    interval: settings.intervalSeconds,
    rate: settings.rate,
    attempts: settings.attempts,
    cap: settings.capSeconds,
  };

/** Several services commit together or are compensated; the queue's tiers are those of whatever starts the sagas. */
export function takeBySaga(foundation: Foundation, { saga, redrive }: ShopWith<'saga'>): TieredQueue {
  const { stack, prefix, paymentSystem, table, kept, alarmActions } = foundation;
  const { account, deletionProtection } = stack.settings;
  const { queue } = addOrderSaga(stack, {
    prefix,
    account,
    region: stack.region,
    ...paymentSystem,
    paymentTimeoutMs: saga.paymentTimeoutMs,
    orders: table,
    backoff: { base: saga.backoffBaseSeconds, cap: saga.backoffCapSeconds },
    retries: { retry: retryOf(saga.retry), lastingRetry: retryOf(saga.lastingRetry) },
    deletionProtection,
    ...kept,
    alarmActions,
  });
  release(foundation, queue, askCanary(foundation, redrive), redrive);
  return queue;
}
