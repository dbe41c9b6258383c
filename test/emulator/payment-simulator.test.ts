import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
const order = { orderId: 'order-0001', amount: 420, currency: 'USD' };
let name: string;

beforeAll(async () => {
  await on.client(DynamoDBClient).send(
    new CreateTableCommand({
      TableName: 'ledger',
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const secret = await on
    .client(SecretsManagerClient)
    .send(new CreateSecretCommand({ Name: 'payment', SecretString: 'open sesame' }));
  const code = readFileSync(join(__dirname, '..', '..', 'dist', 'functions', 'payment-simulator', 'index.js'), 'utf8');
  ({ name } = await on.deployFunction(code, 4, { LEDGER_TABLE: 'ledger', SECRET_ARN: secret.ARN ?? '' }));
});

/** Calls it as the HTTP API would. */
async function call(routeKey: string, body?: object, headers: Record<string, string> = {}) {
  const event = {
    routeKey,
    headers: { authorization: 'Bearer open sesame', 'idempotency-key': 'order-0001', ...headers },
    body: body && JSON.stringify(body),
  };
  const { body: answer } = await on.invoke(name, event);
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
}

test('who has no secret, or a wrong one, gets nothing', async () => {
  for (const authorization of ['', 'Bearer open barley', 'open sesame']) {
    expect(await call('POST /payments', order, { authorization })).toMatchObject({ status: 401 });
  }
});

test('an order is charged once however often it asks, and refunded once', async () => {
  const charged = { status: 200, body: { status: 'charged', paymentId: 'payment-order-0001' } };
  expect(await call('POST /payments', order)).toMatchObject(charged);
  expect(await call('POST /payments', order)).toMatchObject({ ...charged, body: { ...charged.body, repeated: true } });
  expect(await call('POST /refunds', order)).toMatchObject({ status: 200, body: { refunded: true } });
  expect(await call('POST /refunds', order)).toMatchObject({ status: 200, body: { refunded: true } });
  expect(await call('POST /payments', order)).toMatchObject({ status: 422 });
});

test('its report counts calls and charges, and an order that was charged under two keys as charged twice', async () => {
  const report = async () => (await call('GET /report')).body;
  const before = await report();
  const twice = { ...order, orderId: 'order-twice' };
  for (const key of ['try-1', 'try-2']) await call('POST /payments', twice, { 'idempotency-key': key });
  await call('POST /payments', { ...order, amount: 0, canary: true }, { 'idempotency-key': 'canary-1' });
  expect(await report()).toEqual({
    ...{ calls: before.calls + 3, canaries: before.canaries + 1, failures: before.failures },
    ...{ charges: before.charges + 1, doubleCharges: 1, total: before.total + 840 },
  });
});

test('its faults are switched from outside, and a hang lasts until the caller has given up', async () => {
  const key = { 'idempotency-key': 'order-0002' };
  expect(await call('PUT /fault', { kind: 'failing' })).toMatchObject({ status: 200, body: { kind: 'failing' } });
  expect(await call('POST /payments', order, key)).toMatchObject({ status: 503 });
  await call('PUT /fault', { kind: 'down' });
  const started = Date.now();
  expect(await call('POST /payments', order, key)).toMatchObject({ status: 504 });
  expect(Date.now() - started).toBeGreaterThan(3000);
  await call('PUT /fault', { kind: 'up' });
  expect(await call('POST /payments', order, key)).toMatchObject({ status: 200, body: { status: 'charged' } });
});

test('what is malformed is refused with where', async () => {
  expect(await call('POST /payments', { ...order, amount: -1 })).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('amount') },
  });
  expect(await call('PUT /fault', { kind: 'sulking' })).toMatchObject({ status: 400 });
});
