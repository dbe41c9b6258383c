import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDbStore } from '../../../runtime/breaker/dynamodb-store';
import { readDependencies } from '../../../runtime/breaker/settings';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { moveTasks } from '../../move-tasks';
import { cloudWatchAlarm } from '../alarm';
import { servingMapping } from '../serving-mapping';
import { type RecoverAnswer, type Recovery, recover, recoverInput, recovery } from './contract';
import { step } from './step';
import type { RecoverSurroundings } from './surroundings';

const environment = readEnvironment(recover);
const { PARKED_QUEUE_ARN, PARKED_QUEUE_URL, MAIN_QUEUE_ARN } = environment;
const logger = new Logger();
const surroundings: RecoverSurroundings = {
  store: new DynamoDbStore(new DynamoDBClient(patience()), environment.BREAKER_TABLE),
  dependencies: readDependencies(environment.BREAKER_DEPENDENCIES),
  moves: moveTasks(new SQSClient(patience()), PARKED_QUEUE_ARN, PARKED_QUEUE_URL, MAIN_QUEUE_ARN),
  releasing: {
    trickle: Number(environment.TRICKLE_RATE ?? 1),
    ceiling: Number(environment.CEILING_RATE ?? 100),
    interval: Number(environment.RELEASE_INTERVAL_SECONDS ?? 10),
  },
  handOverAfter: Number(environment.HAND_OVER_AFTER ?? 1000),
  serving: servingMapping(new LambdaClient(patience()), environment.MAPPING_UUID),
  alarm: cloudWatchAlarm(new CloudWatchClient(patience())),
  now: Date.now,
};

/** One look of the recovery's state machine; its answer, with the execution's own input, is the state of the machine. */
export const handler = async (event: unknown): Promise<Recovery & RecoverAnswer> => {
  const input = recoverInput.parse(event);
  const answer = await step(input, surroundings);
  logger.info(`recovery: ${answer.phase}`, { dependency: input.dependency, canary: input.canary, ...answer });
  return { ...recovery.parse(input), ...answer };
};
