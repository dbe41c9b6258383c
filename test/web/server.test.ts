import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { startWebServer, type WebServer } from '../../local/web/server';
import type { News, Snapshot } from '../../web/wire';
import { FakeEnvironment } from './fake-environment';

let environment: FakeEnvironment;
let server: WebServer;

beforeAll(async () => {
  environment = await new FakeEnvironment().start(['unprotected', 'protected', 'breaker']);
  server = await startWebServer(environment, { port: 0 });
});

afterAll(async () => {
  await server.stop();
  await environment.stop();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { origin: server.url, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** With `http`, because `fetch` tidies addresses and doesn't let a caller forge the host. */
const status = (path: string, headers: Record<string, string> = {}) =>
  new Promise<number | undefined>((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

function takenAfter(milliseconds: number) {
  const moment = Date.now() + milliseconds;
  return ({ at }: Snapshot) => at > moment;
}

const news = async (cursor = '') => (await (await fetch(`${server.url}/api/news?since=${cursor}`)).json()) as News;

/** Asks for news until a snapshot is as wanted. */
async function snapshotThat(wanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  for (const deadline = Date.now() + 8000; Date.now() < deadline; await wait(100)) {
    const found = (await news()).snapshots.find(wanted);
    if (found) return found;
  }
  throw new Error('no snapshot was as wanted');
}

describe('who may ask', () => {
  test('a name that was re-bound to this machine is refused', async () => {
    expect(await status('/', { host: 'evil.example' })).toBe(421);
    expect(await status('/')).toBe(200);
  });

  test('a change that another page asks for is refused and changes nothing', async () => {
    const foreign = await post('/api/fault', { kind: 'down' }, { origin: 'http://evil.example' });
    expect(foreign.status).toBe(403);
    expect((await post('/api/fault', { kind: 'down' }, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(environment.payment.fault()).toEqual({ kind: 'up' });
  });

  test('pages may load nothing from elsewhere and be framed nowhere', async () => {
    const { headers } = await fetch(server.url);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
  });

  test('a method and an address that are not there say so', async () => {
    expect((await fetch(server.url, { method: 'DELETE' })).status).toBe(405);
    const nothing = await fetch(`${server.url}/api/../../etc/passwd`);
    expect(nothing.status).toBe(404);
    expect(await nothing.json()).toEqual({ error: 'There is nothing at /etc/passwd.' });
  });
});

test.each(['//', '///', '/%', '/api//', 'http://[/', '/?//', '//api/welcome'])(
  'the server outlives a request for %s',
  async (path) => {
    expect([200, 404]).toContain(await status(path));
    expect(await status('/')).toBe(200);
  },
);

describe('the payment fault', () => {
  afterEach(() => environment.payment.setFault({ kind: 'up' }));

  test('is switched for all lanes', async () => {
    expect((await post('/api/fault', { kind: 'flaky', ratio: 0.5 })).status).toBe(200);
    expect(environment.payment.fault()).toEqual({ kind: 'flaky', ratio: 0.5 });
  });

  test.each([{ kind: 'gone' }, { kind: 'flaky', ratio: 2 }, { kind: 'slow' }, { kind: 'up', more: 1 }, '{'])(
    'an unknown or absurd one is refused: %j',
    async (body) => {
      const answer = await post('/api/fault', body);
      expect(answer.status).toBe(400);
      expect(((await answer.json()) as { error: string }).error).not.toBe('');
      expect(environment.payment.fault()).toEqual({ kind: 'up' });
    },
  );
});

describe('a lane', () => {
  test("takes an order as its own API does, and the answer is the API's", async () => {
    const answer = await post('/api/lanes/protected/orders', { orderId: 'order-0001' });
    expect(await answer.text()).toBe('<SendMessageResponse/>');
    const { lanes } = await snapshotThat((one) => one.lanes.protected?.placed === 1);
    expect(lanes.protected?.waiting).toBe(1);
    expect(lanes.unprotected?.placed).toBe(0);
    const history = await fetch(`${server.url}/api/lanes/protected/orders`);
    expect(((await history.json()) as { orders: { orderId: string }[] }).orders[0]?.orderId).toBe('order-0001');
  });

  test('that refuses an order is believed, and the order not counted', async () => {
    environment.intake = { status: 400, body: '<Error>too long</Error>' };
    const answer = await post('/api/lanes/unprotected/orders', { orderId: 'order-0002' });
    environment.intake = { status: 200, body: '' };
    expect([answer.status, await answer.text()]).toEqual([400, '<Error>too long</Error>']);
    const { lanes } = await snapshotThat(takenAfter(0));
    expect(lanes.unprotected?.placed).toBe(0);
  });

  test('counts an invocation once, however often it is listed', async () => {
    environment.ended.push({
      functionName: 'unprotected-consumer',
      requestId: 'request-1',
      startedAt: Date.now() - 3000,
      durationMs: 3000,
      outcome: 'timeout',
      records: 1,
      failedRecords: 1,
    });
    await snapshotThat((one) => one.lanes.unprotected?.invocations === 1);
    const later = await snapshotThat(takenAfter(1500));
    expect(later.lanes.unprotected).toMatchObject({ invocations: 1, wastedSeconds: 3 });
  });

  test('counts an invocation under way as it runs, and once when it has ended', async () => {
    const before = (await snapshotThat(takenAfter(0))).lanes.protected;
    const running = {
      functionName: 'protected-consumer',
      requestId: 'request-2',
      startedAt: Date.now() - 20_000,
      records: 1,
    };
    environment.underWay = [running];
    const calm = (await snapshotThat((one) => one.lanes.protected?.running === 1)).lanes.protected;
    expect(calm?.invocations).toBe((before?.invocations ?? 0) + 1);
    expect(calm?.wastedSeconds).toBe(before?.wastedSeconds);
    environment.payment.setFault({ kind: 'down' });
    await snapshotThat((one) => (one.lanes.protected?.wastedSeconds ?? 0) >= (before?.wastedSeconds ?? 0) + 20);
    environment.payment.setFault({ kind: 'up' });
    // For a moment it is in both lists.
    environment.ended.push({ ...running, durationMs: 30_000, outcome: 'timeout', failedRecords: 1 });
    const after = takenAfter(1000);
    const { lanes } = await snapshotThat((one) => after(one) && one.lanes.protected?.running === 0);
    expect(lanes.protected?.invocations).toBe(calm?.invocations);
    expect(lanes.protected?.wastedSeconds).toBe((before?.wastedSeconds ?? 0) + 30);
    environment.underWay = [];
  });

  test('runs the redrive function with what was asked, and tells what it says', async () => {
    environment.redriveAnswer = { action: 'hold', reason: '3 parked, and they stay.', dryRun: true, parked: 3 };
    const answer = await post('/api/lanes/protected/release', { dryRun: true });
    expect(await answer.json()).toEqual(environment.redriveAnswer);
    expect(environment.invoked).toEqual([
      { functionName: 'protected-redrive', payload: { operation: 'redrive', dryRun: true } },
    ]);
  });

  test('without dead letters has nothing to release and nothing to look at', async () => {
    expect((await post('/api/lanes/unprotected/release', { dryRun: true })).status).toBe(404);
    expect((await fetch(`${server.url}/api/lanes/unprotected/parked`)).status).toBe(404);
    expect((await fetch(`${server.url}/api/lanes/nowhere/parked`)).status).toBe(404);
  });

  test('shows dead letters with their reasons and leaves them visible to all', async () => {
    const letter = {
      MessageId: 'message-1',
      Body: '{"orderId":1}',
      Attributes: { SentTimestamp: '1769846400000' },
      MessageAttributes: { 'Spillway.Note': { DataType: 'String', StringValue: '{"reason":"malformed"}' } },
    };
    environment.letters = [letter, letter];
    const answer = await fetch(`${server.url}/api/lanes/protected/repair`);
    expect(await answer.json()).toEqual({
      messages: [
        {
          messageId: 'message-1',
          body: '{"orderId":1}',
          sentAt: '2026-01-31T08:00:00.000Z',
          attributes: { 'Spillway.Note': '{"reason":"malformed"}' },
        },
      ],
    });
    expect(environment.received.at(-1)?.visibilityTimeout).toBe(0);
  });
});

describe('a breaker', () => {
  const until = new Date(Date.now() + 60_000).toISOString();

  test.each([
    ['without a name', { kind: 'open', dependency: 'payment', who: ' ', why: 'The bank called', until }],
    ['without a reason', { kind: 'closed', dependency: 'payment', who: 'Ada', until }],
    ['without an end', { kind: 'open', dependency: 'payment', who: 'Ada', why: 'The bank called' }],
    ['without a dependency', { kind: 'open', who: 'Ada', why: 'The bank called', until }],
  ])('takes no hold %s', async (_, request) => {
    expect((await post('/api/lanes/breaker/breaker', request)).status).toBe(400);
    expect(environment.breaker.hold).toBeUndefined();
  });

  const of = ({ lanes }: Snapshot, name: string) =>
    lanes.breaker?.breakers?.find(({ dependency }) => dependency === name);

  test('is held and let go through its hold function, and the snapshots show it until it expires', async () => {
    const asked = { kind: 'open', dependency: 'payment', who: 'Ada', why: 'The bank called', until };
    expect((await post('/api/lanes/breaker/breaker', asked)).status).toBe(200);
    const held = await snapshotThat((one) => of(one, 'payment')?.hold !== undefined);
    expect(of(held, 'payment')).toMatchObject({ state: 'closed', hold: { kind: 'open', who: 'Ada' } });
    expect(held.lanes.breaker?.receiving).toBe(true);
    environment.breaker = {
      ...environment.breaker,
      hold: { kind: 'open', who: 'Ada', why: '', until: Date.now() - 1 },
    };
    const later = takenAfter(0);
    await snapshotThat((one) => later(one) && of(one, 'payment')?.hold === undefined);
    const lift = { kind: 'release', dependency: 'payment', who: 'Ada', why: 'All clear' };
    expect((await post('/api/lanes/breaker/breaker', lift)).status).toBe(200);
    expect(environment.breaker.hold).toBeUndefined();
  });

  test('is there for each dependency, and each is held by itself', async () => {
    environment.otherBreaker = { ...environment.otherBreaker, state: 'open', evidence: '5 calls in a row failed' };
    const asked = { kind: 'closed', dependency: 'gift-cards', who: 'Ada', why: 'The shop is closed', until };
    expect((await post('/api/lanes/breaker/breaker', asked)).status).toBe(200);
    const held = await snapshotThat((one) => of(one, 'gift-cards')?.hold !== undefined);
    expect(of(held, 'gift-cards')).toMatchObject({ state: 'open', hold: { kind: 'closed' } });
    expect(of(held, 'payment')).toMatchObject({ state: 'closed' });
    expect(of(held, 'payment')?.hold).toBeUndefined();
  });

  test('is not where no lane has one, and neither is a saga', async () => {
    expect((await post('/api/lanes/protected/breaker', {})).status).toBe(404);
    expect(await (await fetch(`${server.url}/api/lanes/protected/sagas`)).json()).toEqual({
      error: 'The lane "protected" has no saga.',
    });
  });
});

describe('the dead-letter desk', () => {
  test('gets a body as large as a message of SQS, as its own API does', async () => {
    const body = JSON.stringify({ version: 1, body: '"'.repeat(1_048_576) });
    expect(await (await post('/api/desk/letters/x/edit', body)).json()).toEqual({ bytes: body.length });
    expect((await post('/api/desk/letters/x/edit', 'x'.repeat(6_400_000))).status).toBe(413);
  });
});

test('an emulator that is gone leaves the last numbers and says so', async () => {
  const broken = await new FakeEnvironment().start();
  const other = await startWebServer(broken, { port: 0 });
  try {
    broken.lane('protected').parked = 3;
    const first = server;
    server = other;
    await snapshotThat((one) => one.lanes.protected?.parked === 3);
    await broken.stop();
    const { lanes, trouble } = await snapshotThat((one) => one.trouble !== undefined);
    server = first;
    expect(lanes.protected?.parked).toBe(3);
    expect(trouble).not.toBe('');
  } finally {
    await other.stop();
  }
});

test('an emulator that hangs keeps nothing waiting: the server answers, and says since when the numbers are old', async () => {
  const hung = await new FakeEnvironment().start();
  const other = await startWebServer(hung, { port: 0 });
  const first = server;
  server = other;
  try {
    await snapshotThat((one) => one.trouble === undefined);
    hung.hangs = true;
    const { at, readAt, trouble } = await snapshotThat((one) => one.trouble !== undefined);
    expect(trouble).toBe('The emulator has given no answer for 3 s.');
    expect(at).toBeGreaterThan(readAt);
    hung.wake();
    await snapshotThat((one) => one.readAt > at && one.trouble === undefined);
  } finally {
    server = first;
    hung.wake();
    await other.stop();
    await hung.stop();
  }
});

test('a port that is taken is named', async () => {
  const port = Number(new URL(server.url).port);
  await expect(startWebServer(environment, { port })).rejects.toThrow(`Port ${port} is taken`);
});
