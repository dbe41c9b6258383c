import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { protect } from '../circuit-breaker/protect';
import { readEnvironment } from '../contract';
import { processBatch } from '../domain/batch';
import { charge, paymentFailure } from '../domain/payment';
import { functionMetrics } from '../metrics';
import { OrdersTable } from '../orders/table';
import { patience } from '../patience';
import { paymentAuthorization } from '../payment-client';
import { around, paymentTimeout } from './around';
import { orderConsumer } from './contract';
import { type Handled, processOrder, type Surroundings, waitBehind } from './process-order';
import { publish, tally, tell } from './report';

const environment = readEnvironment(orderConsumer);
const paymentTimeoutMs = Number(environment.PAYMENT_TIMEOUT_MS ?? 5000);

const logger = new Logger();
const metrics = functionMetrics();
const sqs = new SQSClient(patience());
const authorization = paymentAuthorization(environment.PAYMENT_SECRET_ARN);
const orders = new OrdersTable(new DynamoDBClient(patience()), environment.ORDERS_TABLE);

const protectedCharge = protect('payment', charge, paymentFailure, environment, (message, detail) =>
  logger.warn(message, detail),
);

const surroundings = (context: Context): Surroundings => {
  const timeLeft = () => paymentTimeout(paymentTimeoutMs, context.getRemainingTimeInMillis());
  return {
    ...around(sqs, orders, environment, authorization, timeLeft),
    policy: {
      backoff: {
        base: Number(environment.BACKOFF_BASE_SECONDS ?? 2),
        cap: Number(environment.BACKOFF_CAP_SECONDS ?? 300),
      },
      maxReceiveCount: Number(environment.MAX_RECEIVE_COUNT),
      maxRounds: Number(environment.MAX_ROUNDS ?? 3),
    },
    charge: async ({ orderId, amount, currency }) =>
      protectedCharge(environment.PAYMENT_URL, { orderId, amount, currency }, timeLeft(), await authorization()),
    putOff: async ({ receiptHandle }, VisibilityTimeout) => {
      const message = { QueueUrl: environment.QUEUE_URL, ReceiptHandle: receiptHandle };
      await sqs.send(new ChangeMessageVisibilityCommand({ ...message, VisibilityTimeout }));
    },
  };
};

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const started = Date.now();
  const surrounding = surroundings(context);
  const all: Handled[] = [];
  const note = (handled: Handled, { messageId }: SQSRecord): boolean => {
    all.push(handled);
    tell(handled, messageId, logger);
    return handled.kind !== 'retry';
  };
  const response = await processBatch(
    event.Records,
    async (record) => note(await processOrder(record, surrounding), record),
    // It could not even be put off: the message comes back when its visibility ends.
    (record, error) => note({ kind: 'retry', failure: 'own', detail: (error as Error).message }, record),
    async (record) => {
      note(await waitBehind(record, surrounding), record);
    },
  );
  publish(tally(all, (Date.now() - started) / 1000), metrics);
  return response;
};
