import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readEnvironment } from '../../runtime/contract';
import { functionMetrics } from '../../runtime/metrics';
import { patience } from '../../runtime/patience';
import { refuseRequest } from '../../runtime/request';
import { messageOf } from '../../runtime/sources/sqs';
import { DynamoDbDeskStore } from '../aws/dynamodb-store';
import { keep } from '../core/keep';
import { deadLetterKeeper, LETTERS_NOT_KEPT } from './contract';

const environment = readEnvironment(deadLetterKeeper);
const days = Number(environment.KEEP_DAYS ?? 400);
const logger = new Logger();
const metrics = functionMetrics();
const ports = {
  store: new DynamoDbDeskStore(new DynamoDBClient(patience()), environment.DESK_TABLE),
  now: () => new Date(),
  expiry: (now: Date) => now.getTime() + days * 86_400_000,
};

/** Keeps what comes out of a queue of dead letters; what can't be kept stays there. No content gets into the log. */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  refuseRequest(event, deadLetterKeeper.name);
  const failed: string[] = [];
  for (const record of event.Records) {
    try {
      const kept = await keep(messageOf(record), ports);
      logger.info(kept.isNew ? 'kept' : 'kept before', { letter: kept.id, messageId: record.messageId });
    } catch (error) {
      failed.push(record.messageId);
      logger.error('not kept', { messageId: record.messageId, error: (error as Error).name });
    }
  }
  if (failed.length > 0) metrics.singleMetric().addMetric(LETTERS_NOT_KEPT, MetricUnit.Count, failed.length);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
};
