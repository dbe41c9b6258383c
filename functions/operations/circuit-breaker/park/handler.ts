import { Logger } from '@aws-lambda-powertools/logger';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { processBatch } from '../../../runtime/batch';
import { readEnvironment } from '../../../runtime/contract';
import { toSqs } from '../../../runtime/note';
import { patience } from '../../../runtime/patience';
import { refuseRequest } from '../../../runtime/request';
import { isFifo, messageOf } from '../../../runtime/sources/sqs';
import { park } from './contract';

const { PARKED_QUEUE_URL } = readEnvironment(park);
const sqs = new SQSClient(patience());
const logger = new Logger();

/**
 * Carries messages from the main queue to parked while a dependency is out, in place of the consumer: its mapping is on while the
 * consumer's is off. One at a time, because ten large ones don't fit into one call.
 */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  refuseRequest(event, "the circuit breaker's parking function");
  const response = await processBatch(
    event.Records,
    async (record) => {
      const { id, body, attributes, group } = messageOf(record);
      await sqs.send(
        new SendMessageCommand({
          ...{ QueueUrl: PARKED_QUEUE_URL, MessageBody: body, MessageAttributes: toSqs(attributes) },
          ...(group !== undefined && { MessageGroupId: group }),
          // A repeated hand-over must not arrive twice; a standard queue takes no deduplication id.
          ...(isFifo(PARKED_QUEUE_URL) && { MessageDeduplicationId: id }),
        }),
      );
      return true;
    },
    ({ messageId }, error) => logger.error('message not parked', { messageId, error: error as Error }),
  );
  logger.info('parked', { messages: event.Records.length - response.batchItemFailures.length });
  return response;
};
