import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { readEnvironment } from '../../runtime/contract';
import { patience } from '../../runtime/patience';
import type { Order } from '../domain/order';
import { OrdersTable } from '../orders/table';
import { unprotectedConsumer } from './contract';

const environment = readEnvironment(unprotectedConsumer);
const orders = new OrdersTable(new DynamoDBClient(patience()), environment.ORDERS_TABLE);

/**
 * The consumer as the story begins, kept for comparison and deployed in no environment but `local`: it waits for payment as long as
 * Lambda lets it, fails the whole batch, and leaves everything else to the queue.
 */
export const handler = async (event: SQSEvent): Promise<void> => {
  for (const record of event.Records) {
    const order = JSON.parse(record.body) as Order;
    await orders.begin(order, new Date(Number(record.attributes.SentTimestamp)), new Date());
    const response = await fetch(`${environment.PAYMENT_URL}/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': order.orderId },
      body: JSON.stringify({ orderId: order.orderId, amount: order.amount, currency: order.currency }),
    });
    if (!response.ok) throw new Error(`payment answered ${response.status}`);
    const { paymentId } = (await response.json()) as { paymentId: string };
    await orders.finish(order.orderId, 'paid', paymentId, new Date());
  }
};
