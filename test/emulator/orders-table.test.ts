import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { OrdersTable } from '../../functions/shop/orders/table';
import { ordersContract } from '../functions/shop/order-consumer/orders-contract';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
let client: DynamoDBClient;
let table: OrdersTable;

beforeAll(async () => {
  client = on.client(DynamoDBClient);
  await client.send(
    new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'orderId', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'orderId', AttributeType: 'S' }],
    }),
  );
  table = new OrdersTable(client, 'orders');
});

describe('the books in DynamoDB', () => ordersContract(() => table));

test('a probe writes what is no order and goes by itself, and throws what would keep an order from being written', async () => {
  await table.probe(new Date('2026-01-01T12:00:00Z'));
  const { Item } = await client.send(new GetItemCommand({ TableName: 'orders', Key: { orderId: { S: 'canary' } } }));
  expect(Item?.expiresAt?.N).toBe(String(Date.parse('2026-01-02T12:00:00Z') / 1000));
  expect(await table.find('canary')).toBeUndefined();
  await expect(new OrdersTable(client, 'no-such-table').probe(new Date())).rejects.toThrow();
});
