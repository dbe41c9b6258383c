import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PipesClient } from '@aws-sdk/client-pipes';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { METRICS } from '../../../runtime/breaker/contract';
import { DynamoDbStore } from '../../../runtime/breaker/dynamodb-store';
import { breakerMetrics } from '../../../runtime/breaker/metrics';
import { readDependencies } from '../../../runtime/breaker/settings';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { refuseRequest } from '../../../runtime/request';
import { moveTasks } from '../../move-tasks';
import { cloudWatchAlarm } from '../alarm';
import { type NamedIntake, reconcile } from './contract';
import { intake } from './intakes';
import { lambdaMapping } from './lambda-mapping';
import { type ReconcileSurroundings, reconcileBreaker } from './reconcile';
import { stepFunctionsRecoveries } from './recoveries';

const environment = readEnvironment(reconcile);
const logger = new Logger();
const count = breakerMetrics(environment.BREAKER_NAME);
const lambda = new LambdaClient(patience());
const clients = { lambda, pipes: new PipesClient(patience()), events: new EventBridgeClient(patience()) };

const surroundings: ReconcileSurroundings = {
  store: new DynamoDbStore(new DynamoDBClient(patience()), environment.BREAKER_TABLE),
  dependencies: readDependencies(environment.BREAKER_DEPENDENCIES),
  fullConcurrency: environment.MAXIMUM_CONCURRENCY ? Number(environment.MAXIMUM_CONCURRENCY) : undefined,
  mapping: lambdaMapping(lambda, environment.MAPPING_UUID),
  parkMapping: environment.PARK_MAPPING_UUID ? lambdaMapping(lambda, environment.PARK_MAPPING_UUID) : undefined,
  intakes: (JSON.parse(environment.INTAKES ?? '[]') as readonly NamedIntake[]).map((named) => intake(named, clients)),
  recoveries: stepFunctionsRecoveries(new SFNClient(patience()), environment.RECOVERY_ARN),
  moves: moveTasks(new SQSClient(patience()), environment.PARKED_QUEUE_ARN, environment.PARKED_QUEUE_URL),
  sweeps: Number(environment.SWEEPS ?? 5),
  alarm: cloudWatchAlarm(new CloudWatchClient(patience())),
  now: Date.now,
};

/**
 * Run by state changes and alarms, and every minute (EventBridge). What the event says is not looked at.
 *
 * @throws when a part failed, after all others have done their work: so that the alarm on this function's errors rings
 */
export const handler = async (event?: unknown): Promise<void> => {
  refuseRequest(event, "the circuit breaker's reconciler");
  const { records, failures } = await reconcileBreaker(surroundings);
  for (const { dependency, state, hold, evidence, releasing } of records) {
    logger.info(`${dependency} is ${state}`, { evidence, hold, releasing });
    count(dependency, METRICS.open, state === 'closed' ? 0 : 1);
  }
  for (const error of failures) logger.error('a part of the reconciliation failed', error as Error);
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
};
