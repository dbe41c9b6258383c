import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { deskPorts } from '../../functions/desk/aws/edges';
import { Desk } from '../../functions/desk/core/desk';
import { beginRelease, watchRelease } from '../../functions/desk/core/releases';
import { startIssuer } from '../../local/issuer/issuer';
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

describe('the API', () => {
  const ask = async (path: string, token?: string, body?: object) => {
    const url = `${lane.output('desk_api_url').replace(/\/$/, '')}${path}`;
    const response = await fetch(url, {
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: what is answered is what the test looks at.
    const answered = (await response.json().catch(() => undefined)) as any;
    return { status: response.status, body: answered };
  };

  test('answers who has a token of the issuer, as their role allows', async () => {
    const { issuer } = shop.environment;
    const [viewer, operator] = [issuer.token('eve', 'viewer'), issuer.token('ada', 'operator')];
    expect(await ask('/me', viewer)).toEqual({ status: 200, body: { name: 'eve', role: 'viewer' } });
    const { body: groups } = await ask('/groups', viewer);
    const group = groups.find(({ counts }: { counts: { open?: number } }) => (counts.open ?? 0) > 0);
    const { body: page } = await ask(`/groups/${group.id}/letters`, viewer, {});
    const [{ id, version }] = page.items;
    expect(await ask(`/letters/${id}/discard`, viewer, { version, why: 'x' })).toMatchObject({ status: 403 });
    const aside = await ask(`/letters/${id}/set-aside`, operator, { version, why: 'asks the till' });
    expect(aside).toMatchObject({ status: 200, body: { status: 'set-aside', changed: { by: 'ada' } } });
    expect(await ask(`/letters/${id}/set-aside`, operator, { version, why: 'x' })).toMatchObject({ status: 409 });
    expect(await ask(`/letters/${id}/reopen`, operator, { version: version + 1 })).toMatchObject({ status: 200 });
  });

  test('answers nobody else: no token, a forged one, one that is over, one of another issuer, one without a role', async () => {
    const { issuer } = shop.environment;
    const [head, claims, signature] = issuer.token('eve', 'viewer').split('.');
    const stronger = Buffer.from(claims ?? '', 'base64url')
      .toString()
      .replace('viewer', 'admin');
    const forged = [head, Buffer.from(stronger).toString('base64url'), signature].join('.');
    const none = [Buffer.from('{"alg":"none"}').toString('base64url'), claims, ''].join('.');
    const other = await startIssuer();
    const foreign = other.token('eve', 'admin');
    await other.stop();
    for (const token of [undefined, forged, none, issuer.token('eve', 'admin', -1), foreign, 'nonsense']) {
      expect((await ask('/groups', token)).status).toBe(401);
    }
    expect(await ask('/groups', issuer.token('eve', 'barista'))).toMatchObject({ status: 403 });
  });
});

test('a group says leave while payment is down', async () => {
  shop.environment.payment.setFault({ kind: 'down' });
  expect((await desk.groups(ADA)).map(({ verdict }) => verdict)).toEqual(['leave', 'leave']);
  shop.environment.payment.setFault({ kind: 'up' });
  expect((await desk.groups(ADA)).map(({ verdict }) => verdict)).toEqual(['fix', 'fix']);
}, 60_000);
