import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { invoices } from '../../examples/invoices/contract';
import { consumer } from '../../functions/runtime/consumer';
import { credentials, OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
const before = { ...process.env };

beforeAll(async () => {
  await on.client(DynamoDBClient).send(
    new CreateTableCommand({
      TableName: 'ledger',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
  Object.assign(process.env, {
    ...{ AWS_ENDPOINT_URL: on.endpoint, AWS_REGION: 'us-east-1', LEDGER_TABLE: 'ledger', MAX_RECEIVE_COUNT: '5' },
    ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    ...{ QUEUE_URL: `${on.endpoint}/000000000000/main`, REPAIR_QUEUE_URL: `${on.endpoint}/000000000000/repair` },
    BANK_URL: 'http://127.0.0.1',
  });
});
afterAll(() => {
  process.env = before;
});
afterEach(() => {
  jest.restoreAllMocks();
});

const record = (index: number) => ({
  ...{ messageId: `message-${index}`, receiptHandle: `handle-${index}`, messageAttributes: {}, md5OfBody: '' },
  body: JSON.stringify({ invoiceNumber: `invoice-${index}`, iban: 'DE89370400440532013000', cents: 100 }),
  attributes: { SentTimestamp: String(Date.now()), ApproximateReceiveCount: '1' } as never,
  ...{ eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:main', awsRegion: 'us-east-1' },
});

test('a message that is worked on at its first delivery costs two writes of the ledger, and SQS nothing', async () => {
  const worked: string[] = [];
  const handler = consumer(invoices, { work: async ({ invoiceNumber }) => void worked.push(invoiceNumber) });
  const ledger = jest.spyOn(DynamoDBClient.prototype, 'send');
  const queue = jest.spyOn(SQSClient.prototype, 'send');
  const event = { Records: Array.from({ length: 10 }, (_, index) => record(index)) } as SQSEvent;
  const context = { getRemainingTimeInMillis: () => 30_000, awsRequestId: 'request' } as Context;
  expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
  expect(worked).toHaveLength(10);
  expect(ledger.mock.calls.map(([command]) => command.constructor.name)).toEqual(Array(20).fill('UpdateItemCommand'));
  expect(queue).not.toHaveBeenCalled();
});
