import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbDeskStore } from '../../functions/desk/aws/dynamodb-store';
import { storeContract } from '../functions/desk/store-contract';
import { createDeskTable } from './desk-table';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
let store: DynamoDbDeskStore;

beforeAll(async () => {
  const client = on.client(DynamoDBClient);
  await client.send(new CreateTableCommand(createDeskTable('desk')));
  store = new DynamoDbDeskStore(client, 'desk');
});

storeContract(() => store);
