import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readEnvironment } from '../../contract';
import { patience } from '../../patience';
import { moveTasks } from '../../redrive/move-tasks';
import { METRICS_NAMESPACE, readDependencies } from '../contract';
import { DynamoDbStore } from '../dynamodb-store';
import { reconcile } from './contract';
import { lambdaMapping } from './lambda-mapping';
import { type ReconcileSurroundings, reconcileBreaker } from './reconcile';
import { stepFunctionsRecoveries } from './recoveries';

const environment = readEnvironment(reconcile);
const logger = new Logger();
const metrics = new Metrics({ namespace: METRICS_NAMESPACE });
const cloudwatch = new CloudWatchClient(patience());
const lambda = new LambdaClient(patience());

const surroundings: ReconcileSurroundings = {
  store: new DynamoDbStore(new DynamoDBClient(patience()), environment.BREAKER_TABLE),
  dependencies: readDependencies(environment.BREAKER_DEPENDENCIES),
  fullConcurrency: environment.MAXIMUM_CONCURRENCY ? Number(environment.MAXIMUM_CONCURRENCY) : undefined,
  mapping: lambdaMapping(lambda, environment.MAPPING_UUID),
  parkMapping: environment.PARK_MAPPING_UUID ? lambdaMapping(lambda, environment.PARK_MAPPING_UUID) : undefined,
  recoveries: stepFunctionsRecoveries(new SFNClient(patience()), environment.RECOVERY_ARN),
  moves: moveTasks(new SQSClient(patience()), environment.PARKED_QUEUE_ARN, environment.PARKED_QUEUE_URL),
  alarm: async (name) => {
    const { MetricAlarms, CompositeAlarms } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    const alarm = MetricAlarms?.[0] ?? CompositeAlarms?.[0];
    const since = alarm?.StateTransitionedTimestamp ?? alarm?.StateUpdatedTimestamp;
    return {
      ringing: alarm?.StateValue === 'ALARM',
      since: since?.getTime() ?? 0,
      reason: alarm?.StateReason ?? 'no reason given',
    };
  },
  now: Date.now,
};

/** Run by state changes and alarms (EventBridge) and every minute (Scheduler). What the event says is not looked at. */
export const handler = async (): Promise<void> => {
  for (const { dependency, state, hold, evidence, releasing } of await reconcileBreaker(surroundings)) {
    logger.info(`${dependency} is ${state}`, { evidence, hold, releasing });
    const metric = metrics.singleMetric().addDimensions({ breaker: environment.BREAKER_NAME, dependency });
    metric.addMetric('BreakerOpen', MetricUnit.Count, state === 'closed' ? 0 : 1);
  }
};
