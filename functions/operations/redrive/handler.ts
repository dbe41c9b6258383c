import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { consecutiveCanaries } from '../../runtime/canary';
import { readEnvironment } from '../../runtime/contract';
import { askFunction } from '../../runtime/function-canary';
import { functionMetrics } from '../../runtime/metrics';
import { patience } from '../../runtime/patience';
import { readRequest } from '../../runtime/request';
import { moveTasks } from '../move-tasks';
import { RELEASE_PROBLEMS, type RedriveReport, type RedriveRequest, redrive, redriveRequest } from './contract';
import { type RedriveSurroundings, reconcile } from './reconcile';
import { watch } from './watch';

const environment = readEnvironment(redrive);
const canaries = Number(environment.CANARIES ?? 3);
const canaryTimeoutMs = Number(environment.CANARY_TIMEOUT_MS ?? 5000);
const settings = {
  interval: Number(environment.WATCH_INTERVAL_SECONDS ?? 5) * 1000,
  // With what the calls to SQS may take.
  longestLook: canaries * canaryTimeoutMs + 10_000,
};

const logger = new Logger();
const metrics = functionMetrics();
const lambda = new LambdaClient(patience());

const surroundings: RedriveSurroundings = {
  ...moveTasks(
    new SQSClient(patience()),
    environment.PARKED_QUEUE_ARN,
    environment.PARKED_QUEUE_URL,
    environment.MAIN_QUEUE_ARN,
  ),
  canary: async () => {
    try {
      return await consecutiveCanaries(canaries, () => askFunction(environment.CANARY_FUNCTION, canaryTimeoutMs));
    } catch (error) {
      return { green: false, internal: true, sent: 0, detail: `our own side fails: ${(error as Error).message}` };
    }
  },
};

function tell(report: RedriveReport): void {
  logger[report.problem ? 'error' : 'info'](report.action, { ...report });
  if (report.problem) metrics.singleMetric().addMetric(RELEASE_PROBLEMS, MetricUnit.Count, 1);
}

/** Has another run start the move: whoever starts one stays with it, for longer than a caller waits. */
async function handOver(rate: number, { invokedFunctionArn }: Context): Promise<boolean> {
  const Payload = JSON.stringify({ operation: 'redrive', watch: true, byHand: true, rate } satisfies RedriveRequest);
  await lambda.send(new InvokeCommand({ FunctionName: invokedFunctionArn, InvocationType: 'Event', Payload }));
  return true;
}

const ALLOWED = '{"operation": "redrive", "dryRun": boolean, "rate": 1 to 500, "watch": boolean, "byHand": boolean}';

/** Releases parked messages while the canary is green. Run by schedule (`watch`) and by hand. */
export const handler = async (event: unknown, context: Context): Promise<RedriveReport> => {
  const request = readRequest(redriveRequest, event, 'redrive', ALLOWED);
  const { dryRun = false, rate = Number(environment.RATE ?? 1), watch: stay = false, byHand } = request;
  if (stay && !dryRun) {
    const remaining = () => context.getRemainingTimeInMillis();
    return watch({ rate, byHand, ...settings }, surroundings, { remaining, wait, tell });
  }
  const start = (messagesPerSecond: number) => handOver(messagesPerSecond, context);
  const report = await reconcile({ rate, byHand: true, dryRun }, { ...surroundings, start });
  tell(report);
  return report;
};
