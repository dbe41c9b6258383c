import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../functions/circuit-breaker/contract';
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
  ) =>
    new CloudwatchMetricAlarm(scope, `${id}-alarm`, {
      alarmName: `${breakerName}-${id}`,
      alarmDescription,
      ...metric,
      period: 60,
      evaluationPeriods,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 0,
      treatMissingData: 'notBreaching',
      alarmActions,
      okActions: alarmActions,
    });
  for (const dependency of Object.keys(dependencies)) {
    alarm(
      `${dependency}-open`,
      {
        namespace: METRICS_NAMESPACE,
        metricName: 'BreakerOpen',
        dimensions: { breaker: breakerName, dependency },
        statistic: 'Maximum',
      },
      `${dependency} is out, and its circuit breaker open: messages wait. Runbook: breaker-open.`,
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
