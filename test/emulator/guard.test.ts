import { request } from 'node:http';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { OnEmulator } from './on-emulator';

/** What a web page in the developer's browser can do to the emulator: nothing. */
const on = OnEmulator.forThisFile();

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** With `http`, because `fetch` lets nobody forge a host or an origin. */
const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  new Promise<Answer>((resolve, reject) => {
    const { hostname, port } = new URL(on.endpoint);
    const sent = request({ method, hostname, port, path, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, headers: response.headers });
    });
    // A handshake that is taken comes as an upgrade, not as an answer.
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, headers: response.headers });
    });
    sent.on('error', reject).end(body);
  });

const HEALTH = '/_ministack/health';

describe('a page on another site', () => {
  const evil = { origin: 'https://evil.example' };

  test('can create no function, by a request that browsers send without asking first', async () => {
    const code = zipSync({ 'index.js': strToU8('exports.handler = async () => 1;') });
    const ZipFile = Buffer.from(code).toString('base64');
    const role = 'arn:aws:iam::000000000000:role/x';
    const body = {
      FunctionName: 'evil',
      Role: role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile },
    };
    const headers = { ...evil, 'content-type': 'text/plain' };
    const { status } = await ask('POST', '/2015-03-31/functions', headers, JSON.stringify(body));
    expect(status).toBe(403);
    const wanted = on.client(LambdaClient).send(new GetFunctionCommand({ FunctionName: 'evil' }));
    await expect(wanted).rejects.toThrow(/not found/i);
  });

  test('can create no queue, by the address of a picture', async () => {
    const address = '/?Action=CreateQueue&QueueName=evil';
    expect((await ask('GET', address, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await on.sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'evil' }))).QueueUrls ?? []).toEqual([]);
  });

  test.each(['https://evil.example', 'null', 'http://localhost:3000'])(
    'of the origin %s may ask nothing',
    async (origin) => {
      for (const path of [HEALTH, '/_spillway/invocations?since=0', '/_aws/execute-api/a/orders']) {
        expect((await ask('GET', path, { origin })).status).toBe(403);
      }
    },
  );

  test('is not told by a preflight that it may', async () => {
    const { status, headers } = await ask('OPTIONS', '/', { ...evil, 'access-control-request-method': 'POST' });
    expect(status).toBe(403);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('opens no WebSocket', async () => {
    const handshake = {
      // One that MiniStack takes: that of IoT's messages.
      host: `iot.us-east-1.localhost:${new URL(on.endpoint).port}`,
      ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      ...{ 'sec-websocket-protocol': 'mqtt', 'sec-websocket-key': Buffer.from('0123456789abcdef').toString('base64') },
    };
    expect((await ask('GET', '/mqtt', handshake)).status).toBe(101);
    expect((await ask('GET', '/mqtt', { ...handshake, ...evil })).status).toBe(403);
  });

  test('on another server of this machine is another site too', async () => {
    expect((await ask('GET', HEALTH, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });
});

describe('a name', () => {
  test.each(['evil.example', 'evil.example:PORT', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:PORT'])(
    'that was re-bound to this machine is refused: %s',
    async (name) => {
      expect((await ask('GET', HEALTH, { host: name.replace('PORT', new URL(on.endpoint).port) })).status).toBe(421);
    },
  );

  test.each(['127.0.0.1:PORT', 'localhost:PORT', 'abcdef12.execute-api.localhost:PORT'])(
    'of our own is answered: %s',
    async (name) => {
      expect((await ask('GET', HEALTH, { host: name.replace('PORT', new URL(on.endpoint).port) })).status).toBe(200);
    },
  );
});

test('a person at the address bar is answered', async () => {
  expect((await ask('GET', HEALTH, { 'sec-fetch-site': 'none' })).status).toBe(200);
});
