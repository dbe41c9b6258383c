import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readEnvironment } from '../../runtime/contract';
import { patience } from '../../runtime/patience';
import { OrdersTable } from '../orders/table';
import { orderHistory } from './contract';
import { days, readRequest, show } from './history';

const environment = readEnvironment(orderHistory);
const orders = new OrdersTable(new DynamoDBClient(patience()), environment.ORDERS_TABLE);

const answer = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

/** `GET /orders/{id}`: one order. `GET /orders?limit=50`: the latest orders, newest first. */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const request = readRequest(event);
  if ('error' in request) return answer(400, request);
  if ('orderId' in request) {
    const found = await orders.find(request.orderId);
    return found
      ? answer(200, show(found))
      : answer(404, {
          error: `No order ${request.orderId} has reached the consumer yet. It may still wait in the queue.`,
        });
  }
  const latest = [];
  for (const day of days(new Date())) {
    if (latest.length < request.limit) latest.push(...(await orders.ofDay(day, request.limit - latest.length)));
  }
  return answer(200, { orders: latest.map(show) });
};
