import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS_NAMESPACE } from './contract';

/** Metrics that know which function they are of: one contract may be deployed several times in one account and region. */
export function functionMetrics(): Metrics {
  return new Metrics({
    namespace: METRICS_NAMESPACE,
    defaultDimensions: { function_name: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'none' },
  });
}
