import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbLedger } from '../../functions/runtime/ledger/dynamodb-ledger';
import { keepOrder } from '../../functions/shop/orders/keep';
import { OrdersTable } from '../../functions/shop/orders/table';
import { anOrder } from '../functions/shop/orders';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
let client: DynamoDBClient;
let table: OrdersTable;
let ledger: DynamoDbLedger;

beforeAll(async () => {
  client = on.client(DynamoDBClient);
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  await client.send(
    new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: ['id', 'day', 'firstSeen'].map(attribute),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-day',
          KeySchema: [
            { AttributeName: 'day', KeyType: 'HASH' },
            { AttributeName: 'firstSeen', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  table = new OrdersTable(client, 'orders');
  ledger = new DynamoDbLedger(client, { tableName: 'orders', scope: 'orders', days: 400 });
});

const claim = (orderId: string, sentAt: Date) => ({
  ...{ id: orderId, owner: `owner of ${orderId}`, fingerprint: 'f', sentAt, now: sentAt },
  ...{ until: new Date(sentAt.getTime() + 1000), keep: keepOrder(anOrder({ orderId }), sentAt) },
});

test('the orders of a day are found newest first, over all shards', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `order-of-day-${String(index).padStart(2, '0')}`);
  for (const [index, id] of ids.entries()) await ledger.begin(claim(id, new Date(Date.UTC(2026, 0, 1, 12, 0, index))));
  const found = await table.ofDay('2026-01-01', 30);
  expect(found.map(({ id }) => id)).toEqual([...ids].reverse().slice(0, 30));
  expect(await table.ofDay('2026-01-02', 30)).toEqual([]);
});

test('an order is found by its id, with what the consumer came to', async () => {
  const mine = claim('order-found', new Date());
  await ledger.begin(mine);
  await ledger.finish(mine, { paymentId: 'p-1' }, new Date());
  expect(await table.find('order-found')).toMatchObject({
    ...{ status: 'done', result: { paymentId: 'p-1' }, order: anOrder({ orderId: 'order-found' }) },
  });
  expect(await table.find('order-unseen')).toBeUndefined();
});

test('of two ends of a saga the first stands', async () => {
  await table.end('order-ended', { status: 'paid', detail: 'p-1' }, new Date());
  await table.end('order-ended', { status: 'declined', detail: 'too late' }, new Date());
  expect((await table.find('order-ended'))?.ending).toEqual({ status: 'paid', detail: 'p-1' });
});

test('a probe writes what is no order and goes by itself, and throws what would keep an order from being written', async () => {
  await ledger.probe(new Date('2026-01-01T12:00:00Z'));
  const { Item } = await client.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'canary' } } }));
  expect(Item?.expiresAt?.N).toBe(String(Date.parse('2026-01-02T12:00:00Z') / 1000));
  expect(await table.find('canary')).toBeUndefined();
  const gone = new DynamoDbLedger(client, { tableName: 'no-such-table', scope: 'orders', days: 400 });
  await expect(gone.probe(new Date())).rejects.toThrow();
});
