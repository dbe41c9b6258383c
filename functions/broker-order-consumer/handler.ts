import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { readEnvironment } from '../contract';
import { charge } from '../domain/payment';
import { around, report } from '../order-consumer/around';
import { processOrder, type Surroundings } from '../order-consumer/process-order';
import { OrdersTable } from '../orders/table';
import { paymentAuthorization } from '../payment-client';
import { consume } from './consume';
import { brokerOrderConsumer } from './contract';
import { brokerEvent } from './messages';

const environment = readEnvironment(brokerOrderConsumer);
const paymentTimeoutMs = Number(environment.PAYMENT_TIMEOUT_MS ?? 5000);
/** Milliseconds kept back for handing over what could not be paid, when the invocation itself is about to end. */
const RESERVE_MS = 1500;

const logger = new Logger();
const metrics = new Metrics({ namespace: 'Spillway', singleMetric: false });
const sqs = new SQSClient({});
const authorization = paymentAuthorization(environment.PAYMENT_SECRET_ARN);
const orders = new OrdersTable(new DynamoDBClient({}), environment.ORDERS_TABLE);
const backoff = {
  base: Number(environment.BACKOFF_BASE_SECONDS ?? 2),
  cap: Math.min(900, Number(environment.BACKOFF_CAP_SECONDS ?? 300)),
};

function surroundings(context: Context): Surroundings {
  const timeLeft = () => Math.min(paymentTimeoutMs, context.getRemainingTimeInMillis() - RESERVE_MS);
  return {
    ...around(sqs, environment, authorization, timeLeft),
    orders,
    // Rounds are the tiers' business: here an order has one delivery, and goes on to them.
    policy: { backoff, maxReceiveCount: Number.MAX_SAFE_INTEGER, maxRounds: Number.MAX_SAFE_INTEGER },
    charge: async ({ orderId, amount, currency }) =>
      charge(environment.PAYMENT_URL, { orderId, amount, currency }, timeLeft(), await authorization()),
    putOff: async ({ body }, DelaySeconds) => {
      await sqs.send(new SendMessageCommand({ QueueUrl: environment.QUEUE_URL, MessageBody: body, DelaySeconds }));
    },
  };
}

/** Orders from a broker's queue. Amazon MQ's mapping knows no partial batch: a throw brings the whole batch back, and what was done is a duplicate then. */
export const handler = async (event: unknown, context: Context): Promise<void> => {
  const surrounding = surroundings(context);
  try {
    await consume(z.parse(brokerEvent, event), new Date(), async (record) => {
      const started = Date.now();
      report(await processOrder(record, surrounding), record.messageId, started, { metrics, logger });
    });
  } finally {
    metrics.publishStoredMetrics();
  }
};
