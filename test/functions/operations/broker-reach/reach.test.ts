import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { answers, hostAndPort } from '../../../../functions/operations/broker-reach/reach';

const KEY = Buffer.from('0123456789abcdef');
const open: Server[] = [];

async function listening(server: Server): Promise<string> {
  open.push(server);
  server.on('connection', (socket) => socket.resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `ssl://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

test.each([
  ['ssl://b-1.mq.eu-west-1.amazonaws.com:61617', { host: 'b-1.mq.eu-west-1.amazonaws.com', port: 61617 }],
  ['amqp+ssl://b-1.mq.eu-west-1.amazonaws.com:5671', { host: 'b-1.mq.eu-west-1.amazonaws.com', port: 5671 }],
])('%s is a host and a port', (endpoint, expected) => {
  expect(hostAndPort(endpoint)).toEqual(expected);
});

test('an active instance takes the TLS connection', async () => {
  // A shared key instead of a certificate: the test needs no file and no authority.
  const endpoint = await listening(createTlsServer({ ciphers: 'PSK', pskCallback: () => KEY }));
  const psk = {
    ciphers: 'PSK',
    pskCallback: () => ({ psk: KEY, identity: 'test' }),
    checkServerIdentity: () => undefined,
  };
  expect(await answers(endpoint, 2000, psk)).toBe(true);
});

test('a standby, which does not listen, does not answer', async () => {
  const endpoint = await listening(createServer());
  await new Promise((resolve) => open.pop()?.close(resolve));
  expect(await answers(endpoint, 1000)).toBe(false);
});

test('somebody who takes the connection and never speaks counts as no, in time', async () => {
  const endpoint = await listening(createServer());
  const started = Date.now();
  expect(await answers(endpoint, 200)).toBe(false);
  expect(Date.now() - started).toBeLessThan(2000);
});
