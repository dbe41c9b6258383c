import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { deskPorts } from '../../functions/desk/aws/edges';
import { Desk } from '../../functions/desk/core/desk';
import { beginRelease, watchRelease } from '../../functions/desk/core/releases';
import { anOrder, type Lane, quick, type Shop, startShop, until } from './shop';

const ADA = { name: 'ada', role: 'operator' } as const;
let shop: Shop;
let lane: Lane;
let desk: Desk;
let lambda: LambdaClient;

beforeAll(async () => {
  shop = await startShop([quick('circuit-breaker')]);
  lane = shop.lane('breaker');
  const { endpoint } = shop.environment;
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const sqs = new SQSClient(settings);
  lambda = new LambdaClient(settings);
  const clients = { dynamodb: new DynamoDBClient(settings), lambda, sqs: () => sqs };
  desk = new Desk(deskPorts(clients, { table: lane.output('desk_table_name') }));
}, 60_000);
afterAll(() => shop?.stop());

const work = () =>
  lambda.send(
    new InvokeCommand({
      FunctionName: lane.output('desk_worker_function_name'),
      InvocationType: 'Event',
      Payload: JSON.stringify({ operation: 'work' }),
    }),
  );

test('malformed orders come to the desk as groups, are mended with one change, and are paid once each', async () => {
  const broken = (orderId: string, change: object) => JSON.stringify({ ...anOrder({ orderId }), ...change });
  const ids = ['desk-order-1', 'desk-order-2', 'desk-order-3'];
  for (const id of ids) await lane.post(broken(id, { customer: '' }));
  for (const id of ['desk-euro-1', 'desk-euro-2']) await lane.post(broken(id, { currency: 'EUR' }));
  const groups = await until(
    'two groups',
    () => desk.groups(ADA),
    (seen) => seen.reduce((sum, { counts }) => sum + (counts.open ?? 0), 0) === 5,
  );
  expect(groups.map(({ cause, counts, verdict }) => [cause.path, counts.open, verdict]).sort()).toEqual([
    ['currency', 2, 'fix'],
    ['customer', 3, 'fix'],
  ]);
  expect(await lane.depth('repair')).toBe(0);

  const group = groups.find(({ cause }) => cause.path === 'customer')?.id ?? '';
  const patch = '[{"op":"replace","path":"/customer","value":"Ada"}]';
  const { id } = await beginRelease(desk, ADA, { group, patch });
  await work();
  await until(
    'released',
    () => watchRelease(desk, ADA, id),
    ({ state }) => state === 'finished',
  );
  expect(await watchRelease(desk, ADA, id)).toMatchObject({ counts: { done: 3, failed: 0, sent: 0, sending: 0 } });
  expect(Object.values(await lane.statuses(ids))).toEqual(['paid', 'paid', 'paid']);
  expect(lane.payments().doubleCharges).toBe(0);
}, 120_000);

test('a group says leave while payment is down', async () => {
  shop.environment.payment.setFault({ kind: 'down' });
  expect((await desk.groups(ADA)).map(({ verdict }) => verdict)).toEqual(['leave', 'leave']);
  shop.environment.payment.setFault({ kind: 'up' });
  expect((await desk.groups(ADA)).map(({ verdict }) => verdict)).toEqual(['fix', 'fix']);
}, 60_000);
