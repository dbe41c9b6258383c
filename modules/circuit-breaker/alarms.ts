import type { Construct } from 'constructs';
import { type BreakerMetric, METRICS, metricDimensions } from '../../functions/runtime/breaker/contract';
import { METRICS_NAMESPACE } from '../../functions/runtime/contract';
import { metricAlarm } from '../alarm';
import type { LambdaFunction } from '../lambda-function';
import type { CircuitBreakerProps } from './props';

interface Watched {
  readonly failuresQueueName: string;
  readonly recoveryArn: string;
  readonly reconciler: LambdaFunction;
}

/** What somebody has to know: a dependency is out, or the breaker itself can't do its work. */
export function addAlarms(
  scope: Construct,
  { breakerName, dependencies, alarmActions }: CircuitBreakerProps,
  { failuresQueueName, recoveryArn, reconciler }: Watched,
): void {
  const alarm = (
    id: string,
    metric: { namespace: string; metricName: string; dimensions: Record<string, string>; statistic: string },
    alarmDescription: string,
    evaluationPeriods = 1,
    datapointsToAlarm?: number,
  ) =>
    metricAlarm(scope, `${id}-alarm`, {
      alarmName: `${breakerName}-${id}`,
      alarmDescription,
      ...metric,
      evaluationPeriods,
      datapointsToAlarm,
      alarmActions,
    });
  const counted = (dependency: string, metricName: BreakerMetric, statistic: string) => ({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensions: metricDimensions(breakerName, dependency),
    statistic,
  });
  for (const [dependency, { onStoreFailure = 'closed' }] of Object.entries(dependencies)) {
    alarm(
      `${dependency}-open`,
      counted(dependency, METRICS.open, 'Maximum'),
      `${dependency} is out, and its circuit breaker open: messages wait. Runbook: breaker-open.`,
    );
    const calls = onStoreFailure === 'closed' ? 'are made unprotected' : 'are not made';
    alarm(
      `${dependency}-table-unreachable`,
      counted(dependency, METRICS.storeUnavailable, 'Sum'),
      `Calls to ${dependency} ${calls}: the breaker's table is out of their reach. Runbook: breaker-open.`,
      5,
      3,
    );
  }
  alarm(
    'reconciler-failing',
    {
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensions: { FunctionName: reconciler.functionName },
      statistic: 'Sum',
    },
    'The reconciler fails: the mapping may not follow the breaker. Runbook: breaker-open.',
    3,
  );
  alarm(
    'recovery-failed',
    {
      namespace: 'AWS/States',
      metricName: 'ExecutionsFailed',
      dimensions: { StateMachineArn: recoveryArn },
      statistic: 'Sum',
    },
    'A recovery gave up; the reconciler starts another within a minute. Runbook: breaker-open.',
  );
  alarm(
    'failures',
    {
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: failuresQueueName },
      statistic: 'Maximum',
    },
    'An event could not be handled by a function of the circuit breaker. Look at it, then delete it: it is not repeated. Runbook: breaker-open.',
  );
}
