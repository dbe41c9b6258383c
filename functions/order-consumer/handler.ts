import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { protect } from '../circuit-breaker/protect';
import { readEnvironment } from '../contract';
import { processBatch } from '../domain/batch';
import { charge, paymentFailure } from '../domain/payment';
import { OrdersTable } from '../orders/table';
import { paymentAuthorization } from '../payment-client';
import { around, report } from './around';
import { orderConsumer } from './contract';
import { processOrder, type Surroundings } from './process-order';

const environment = readEnvironment(orderConsumer);
const paymentTimeoutMs = Number(environment.PAYMENT_TIMEOUT_MS ?? 5000);
/** Milliseconds kept back for recording what happened, when the invocation itself is about to end. */
const RESERVE_MS = 1500;

const logger = new Logger();
const metrics = new Metrics({ namespace: 'Spillway', singleMetric: false });
const sqs = new SQSClient({});
const authorization = paymentAuthorization(environment.PAYMENT_SECRET_ARN);
const orders = new OrdersTable(new DynamoDBClient({}), environment.ORDERS_TABLE);

const protectedCharge = protect('payment', charge, paymentFailure, environment, {
  count: (what) => metrics.addMetric(what, MetricUnit.Count, 1),
  log: (message, detail) => logger.warn(message, detail),
});

const surroundings = (context: Context): Surroundings => {
  const timeLeft = () => Math.min(paymentTimeoutMs, context.getRemainingTimeInMillis() - RESERVE_MS);
  return {
    ...around(sqs, environment, authorization, timeLeft),
    orders,
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

async function handle(record: SQSRecord, surrounding: Surroundings): Promise<boolean> {
  const started = Date.now();
  const handled = await processOrder(record, surrounding);
  report(handled, record.messageId, started, { metrics, logger });
  return handled.kind !== 'retry';
}

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const surrounding = surroundings(context);
  const response = await processBatch(
    event.Records,
    (record) => handle(record, surrounding),
    // Our own side failed (a throttle, a table out of reach): the message comes back when its visibility ends.
    ({ messageId }, error) => logger.error('message not handled', { messageId, error: error as Error }),
  );
  metrics.publishStoredMetrics();
  return response;
};
