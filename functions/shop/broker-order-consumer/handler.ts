import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { fullJitter } from '../../runtime/backoff';
import { protect } from '../../runtime/breaker/protect';
import { readEnvironment } from '../../runtime/contract';
import { functionMetrics } from '../../runtime/metrics';
import { patience } from '../../runtime/patience';
import { parseOrder } from '../domain/order';
import { charge, paymentFailure } from '../domain/payment';
import { around, paymentTimeout } from '../order-consumer/around';
import { type Handled, processOrder, type Surroundings } from '../order-consumer/process-order';
import { backoffIn } from '../order-consumer/receive';
import { publish, tally, tell } from '../order-consumer/report';
import { OrdersTable } from '../orders/table';
import { paymentAuthorization } from '../payment-client';
import { consume } from './consume';
import { brokerOrderConsumer } from './contract';
import { type BrokerMessage, brokerEvent, messagesOf } from './messages';
import { escaped, pieces } from './pieces';

const environment = readEnvironment(brokerOrderConsumer);
const paymentTimeoutMs = Number(environment.PAYMENT_TIMEOUT_MS ?? 5000);
/** SQS delays a message no longer. Source: SQS API, SendMessage. */
const MAXIMUM_DELAY_SECONDS = 900;

const logger = new Logger();
const metrics = functionMetrics();
const sqs = new SQSClient(patience());
const authorization = paymentAuthorization(environment.PAYMENT_SECRET_ARN);
const orders = new OrdersTable(new DynamoDBClient(patience()), environment.ORDERS_TABLE);
const backoff = backoffIn(environment);

const protectedCharge = protect('payment', charge, paymentFailure, environment, (message, detail) =>
  logger.warn(message, detail),
);

async function toMain(body: string, seconds: number): Promise<void> {
  // What is malformed has been on its way to SQS, and SQS is what failed.
  if ('malformed' in parseOrder(body)) throw new Error('repair is out of reach');
  const DelaySeconds = Math.min(MAXIMUM_DELAY_SECONDS, Math.round(seconds));
  await sqs.send(new SendMessageCommand({ QueueUrl: environment.QUEUE_URL, MessageBody: escaped(body), DelaySeconds }));
}

function surroundings(message: BrokerMessage, context: Context): Surroundings {
  const timeLeft = () => paymentTimeout(paymentTimeoutMs, context.getRemainingTimeInMillis());
  const { sendToRepair, ...rest } = around(sqs, orders, environment, authorization, timeLeft);
  return {
    ...rest,
    sendToRepair: async (_, note) => {
      for (const piece of pieces(message)) await sendToRepair(piece, note);
    },
    // Rounds are the tiers' business: here an order has one delivery, and goes on to them.
    policy: { backoff, maxReceiveCount: Number.MAX_SAFE_INTEGER, maxRounds: Number.MAX_SAFE_INTEGER },
    charge: async ({ orderId, amount, currency }) =>
      protectedCharge(environment.PAYMENT_URL, { orderId, amount, currency }, timeLeft(), await authorization()),
    putOff: ({ body }, seconds) => toMain(body, seconds),
  };
}

/** Orders from a broker's queue. Amazon MQ's mapping knows no partial batch: a throw brings the whole batch back, and what was done is a duplicate then. */
export const handler = async (event: unknown, context: Context): Promise<void> => {
  const messages = messagesOf(z.parse(brokerEvent, event), new Date());
  const started = Date.now();
  const all: Handled[] = [];
  const note = (handled: Handled, { record }: BrokerMessage) => {
    all.push(handled);
    tell(handled, record.messageId, logger);
  };
  try {
    await consume(messages, {
      handle: (message) => processOrder(message.record, surroundings(message, context)),
      done: (message, handled) => note(handled, message),
      failed: (message, error) => note({ kind: 'retry', failure: 'own', detail: (error as Error).message }, message),
      handOver: ({ record }) => toMain(record.body, fullJitter(backoff, 1, Math.random())),
    });
  } finally {
    publish(tally(all, (Date.now() - started) / 1000), metrics);
  }
};
