import { Logger } from '@aws-lambda-powertools/logger';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { METRICS, STATE_CHANGE } from '../../../runtime/breaker/contract';
import { readRecord } from '../../../runtime/breaker/dynamodb-store';
import { breakerMetrics } from '../../../runtime/breaker/metrics';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { refuseRequest } from '../../../runtime/request';
import { announcement } from './announcement';
import { announce } from './contract';

const { BREAKER_NAME } = readEnvironment(announce);
const logger = new Logger();
const count = breakerMetrics(BREAKER_NAME);
const events = new EventBridgeClient(patience());

/**
 * Tells the world of every transition, from the table's stream: whoever made it may have died right after the write, and the event still
 * goes out. At least once: after a failure the stream delivers again.
 */
export const handler = async (event: DynamoDBStreamEvent): Promise<void> => {
  refuseRequest(event, "the circuit breaker's announcer");
  for (const { dynamodb } of event.Records) {
    if (!dynamodb?.NewImage) continue;
    const image = (item: object) => readRecord(item as Record<string, AttributeValue>);
    const told = announcement(BREAKER_NAME, dynamodb.OldImage && image(dynamodb.OldImage), image(dynamodb.NewImage));
    if (!told) continue;
    const entry = { Source: STATE_CHANGE.source, DetailType: STATE_CHANGE.detailType, Detail: JSON.stringify(told) };
    const { FailedEntryCount = 0, Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
    if (FailedEntryCount > 0) throw new Error(`EventBridge took no event: ${Entries?.[0]?.ErrorMessage}`);
    logger.warn(`circuit breaker ${told.dependency}: ${told.from} → ${told.to}`, { ...told });
    count(told.dependency, METRICS.transitions, 1);
  }
};
