import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { FailureKind } from '../domain/failure';
import { ORDERS_FAILED } from './contract';
import type { Handled } from './process-order';

/** What one invocation comes to. */
export interface Tally {
  readonly counts: Readonly<Record<string, number>>;
  readonly failed: ReadonlyMap<FailureKind, number>;
  /** Of the invocation's seconds, the share of the messages that come back. They are handled at once: ten that hang for 5 s cost 5 s and not 50. */
  readonly wastedSeconds: number;
}

/** @param seconds how long the invocation took */
export function tally(handled: readonly Handled[], seconds: number): Tally {
  const number = (holds: (one: Handled) => unknown) => handled.filter(holds).length;
  return {
    counts: {
      OrdersAccepted: number(({ accepted }) => accepted),
      OrdersPaid: number(({ kind }) => kind === 'paid'),
      OrdersDeclined: number(({ kind }) => kind === 'declined'),
      OrdersDuplicate: number(({ kind }) => kind === 'duplicate'),
    },
    failed: failures(handled),
    wastedSeconds: handled.length === 0 ? 0 : (seconds * number(({ kind }) => kind === 'retry')) / handled.length,
  };
}

/** The metrics of one invocation. */
export function publish({ counts, failed, wastedSeconds }: Tally, metrics: Metrics): void {
  for (const [name, count] of Object.entries(counts)) if (count > 0) metrics.addMetric(name, MetricUnit.Count, count);
  if (wastedSeconds > 0) metrics.addMetric('WastedLambdaSeconds', MetricUnit.Seconds, wastedSeconds);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  publishFailures(failed, metrics);
}

/** How many failed in which way. */
export function failures(handled: readonly Pick<Outcome, 'failure'>[]): ReadonlyMap<FailureKind, number> {
  const failed = new Map<FailureKind, number>();
  for (const { failure } of handled) if (failure) failed.set(failure, (failed.get(failure) ?? 0) + 1);
  return failed;
}

export function publishFailures(failed: ReadonlyMap<FailureKind, number>, metrics: Metrics): void {
  for (const [kind, count] of failed)
    metrics.singleMetric().addDimension('kind', kind).addMetric(ORDERS_FAILED, MetricUnit.Count, count);
}

/** What became of a message, as far as logs and failures go. */
export type Outcome = Pick<Handled, 'failure' | 'orderId' | 'detail'> & { readonly kind: string };

/** A line of the log for each message. */
export function tell({ kind, failure, orderId, detail }: Outcome, messageId: string, logger: Logger): void {
  const level = failure === 'own' ? 'error' : failure ? 'warn' : 'info';
  logger[level](kind, { orderId, messageId, failure, detail });
}
