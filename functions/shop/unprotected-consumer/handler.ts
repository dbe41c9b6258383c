import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { readEnvironment } from '../../runtime/contract';
import { DynamoDbLedger } from '../../runtime/ledger/dynamodb-ledger';
import { patience } from '../../runtime/patience';
import { fingerprint } from '../../runtime/read';
import type { Order } from '../domain/order';
import { orderMessage } from '../orders/contract';
import { keepOrder } from '../orders/keep';
import { unprotectedConsumer } from './contract';

const environment = readEnvironment(unprotectedConsumer);
const { scope } = orderMessage;
const ledger = new DynamoDbLedger(new DynamoDBClient(patience()), {
  ...{ tableName: environment.ORDERS_TABLE, scope, days: 400 },
});

/**
 * The consumer as the story begins, kept for comparison and deployed in no environment but `local`: it waits for payment as long as
 * Lambda lets it, fails the whole batch, and leaves everything else to the queue.
 */
export const handler = async (event: SQSEvent): Promise<void> => {
  for (const record of event.Records) {
    const order = JSON.parse(record.body) as Order;
    const [sentAt, now] = [new Date(Number(record.attributes.SentTimestamp)), new Date()];
    const claim = {
      ...{ id: order.orderId, owner: randomUUID(), fingerprint: fingerprint(order), sentAt, now },
      ...{ until: now, keep: keepOrder(order, sentAt) },
    };
    await ledger.begin(claim);
    const response = await fetch(`${environment.PAYMENT_URL}/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': order.orderId },
      body: JSON.stringify({ orderId: order.orderId, amount: order.amount, currency: order.currency }),
    });
    if (!response.ok) throw new Error(`payment answered ${response.status}`);
    const { paymentId } = (await response.json()) as { paymentId: string };
    await ledger.finish(claim, { paymentId }, new Date());
  }
};
