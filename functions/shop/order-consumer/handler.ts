import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { protect } from '../../runtime/breaker/protect';
import { readEnvironment } from '../../runtime/contract';
import { functionMetrics } from '../../runtime/metrics';
import { patience } from '../../runtime/patience';
import { charge, paymentFailure } from '../domain/payment';
import { OrdersTable } from '../orders/table';
import { paymentAuthorization } from '../payment-client';
import { around, paymentTimeout } from './around';
import { orderConsumer } from './contract';
import { processOrder, type Surroundings, waitBehind } from './process-order';
import { backoffIn, putOffIn, receive } from './receive';
import { publish, tally } from './report';

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
      backoff: backoffIn(environment),
      maxReceiveCount: Number(environment.MAX_RECEIVE_COUNT),
      maxRounds: Number(environment.MAX_ROUNDS ?? 3),
    },
    charge: async ({ orderId, amount, currency }) =>
      protectedCharge(environment.PAYMENT_URL, { orderId, amount, currency }, timeLeft(), await authorization()),
    putOff: putOffIn(sqs, environment.QUEUE_URL),
  };
};

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const started = Date.now();
  const surrounding = surroundings(context);
  const { all, response } = await receive(
    event.Records,
    logger,
    (record) => processOrder(record, surrounding),
    (record) => waitBehind(record, surrounding),
  );
  publish(tally(all, (Date.now() - started) / 1000), metrics);
  return response;
};
