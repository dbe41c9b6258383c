import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Ledger } from '../../functions/operations/broker-operations/ledger';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
const NOW = Date.parse('2026-01-31T12:00:00Z');

test('who gets the lease keeps it when the answer is lost and the write is sent again, and nobody else gets it', async () => {
  const client = on.client(DynamoDBClient);
  await client.send(
    new CreateTableCommand({
      TableName: 'brokers',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'network', KeyType: 'HASH' },
        { AttributeName: 'record', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['network', 'record'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    }),
  );
  const ledger = new Ledger(client, 'brokers', 'orders');
  const first = await ledger.acquire('one', NOW, 60_000);
  const again = await ledger.acquire('one', NOW, 60_000);
  expect([first?.holder, again?.holder]).toEqual(['one', 'one']);
  // What an old holder still tries is refused by its token, so it only rises.
  expect(again?.token).toBeGreaterThan(first?.token ?? 0);
  expect(await ledger.acquire('other', NOW, 60_000)).toBeUndefined();
  // Another run of the same name is another one.
  expect(await ledger.acquire('one', NOW + 1000, 60_000)).toBeUndefined();
  expect((await ledger.acquire('other', NOW + 60_001, 60_000))?.holder).toBe('other');
});
