import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS_NAMESPACE } from '../contract';
import { type BreakerMetric, metricDimensions } from './contract';

/** Counts for one breaker. Each count is a line of its own in the log, in CloudWatch's embedded metric format. */
export function breakerMetrics(breaker: string) {
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE });
  return (dependency: string, name: BreakerMetric, value: number): void => {
    const metric = metrics.singleMetric();
    // Powertools adds the function's name as `service`. Several functions count for one breaker, and its alarms watch them all.
    metric.clearDefaultDimensions();
    metric.addDimensions(metricDimensions(breaker, dependency)).addMetric(name, MetricUnit.Count, value);
  };
}
