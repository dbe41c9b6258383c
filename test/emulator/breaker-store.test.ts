import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbStore } from '../../functions/runtime/breaker/dynamodb-store';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { storeContract } from '../functions/operations/circuit-breaker/store-contract';

describe('the store in DynamoDB', () => {
  let emulator: Emulator;
  let store: DynamoDbStore;

  beforeAll(async () => {
    emulator = await startEmulator();
    const client = new DynamoDBClient({
      endpoint: emulator.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    await client.send(
      new CreateTableCommand({
        TableName: 'breakers',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'dependency', KeyType: 'HASH' },
          { AttributeName: 'item', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'dependency', AttributeType: 'S' },
          { AttributeName: 'item', AttributeType: 'S' },
        ],
      }),
    );
    store = new DynamoDbStore(client, 'breakers');
  }, 60_000);

  afterAll(() => emulator?.stop());

  storeContract(() => store);
});
