import { setTimeout as wait } from 'node:timers/promises';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { readEnvironment } from '../../runtime/contract';
import { functionMetrics } from '../../runtime/metrics';
import { patience } from '../../runtime/patience';
import { readRequest } from '../../runtime/request';
import { deskPorts } from '../aws/edges';
import { queueLooks } from '../aws/queue-looks';
import { isNearLoss, lookAtTiers } from '../core/loss-clock';
import { reconcile } from '../core/run-release';
import { deadLetterWorker, OPEN_LETTERS, TIERS_NEAR_LOSS, workRequest } from './contract';

const environment = readEnvironment(deadLetterWorker);
const metrics = functionMetrics();
const sqs = new SQSClient(patience());
const ports = deskPorts(
  { dynamodb: new DynamoDBClient(patience()), lambda: new LambdaClient(patience(10_000, 1)), sqs: () => sqs },
  { table: environment.DESK_TABLE, keepDays: Number(environment.KEEP_DAYS ?? 400) },
);

const cloudwatch = new CloudWatchClient(patience());
const looks = queueLooks({ cloudwatch: () => cloudwatch, sqs: () => sqs });

/** Milliseconds that one step may take, with what its calls may wait. */
const STEP_MS = 60_000;
/** Milliseconds between two looks at what became of a wave. */
const LOOK_MS = 2000;

/** Sends releases in waves, and looks what became of letters. Run by schedule: killed at any point, the next run goes on from what is. */
export const handler = async (event: unknown, context: Context): Promise<void> => {
  readRequest(workRequest, event, deadLetterWorker.name, '{"operation": "work"}');
  const groups = await ports.store.groups();
  const open = groups.reduce((sum, { counts }) => sum + (counts.open ?? 0), 0);
  metrics.singleMetric().addMetric(OPEN_LETTERS, MetricUnit.Count, open);
  const near = (await lookAtTiers({ ...ports, ...looks })).filter((look) => isNearLoss(look, ports.now()));
  metrics.singleMetric().addMetric(TIERS_NEAR_LOSS, MetricUnit.Count, near.length);
  const enough = () => context.getRemainingTimeInMillis() < STEP_MS;
  await reconcile(ports, { enough, wait: () => wait(LOOK_MS) });
};
