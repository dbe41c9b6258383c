import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { charge } from '../../../../functions/shop/domain/payment';

let server: Server;
let url: string;
let answer: (respond: (status: number, body: string) => void, key: string | undefined) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    answer((status, body) => response.writeHead(status).end(body), request.headers['idempotency-key'] as string);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const call = { orderId: 'order-0001', amount: 420, currency: 'USD' } as const;

test('the order id is the idempotency key', async () => {
  answer = (respond, key) => respond(200, JSON.stringify({ status: 'charged', paymentId: `for-${key}` }));
  expect(await charge(url, call, 1000)).toEqual({ kind: 'charged', paymentId: 'for-order-0001' });
});

test('a payment system that never answers is an outcome after the time-out, not an exception', async () => {
  answer = () => {};
  expect(await charge(url, call, 50)).toEqual({ kind: 'unavailable', reason: 'payment gave no answer in 50 ms' });
});

test('a time-out of nothing left is an outcome as well', async () => {
  answer = () => {};
  expect(await charge(url, call, -200)).toMatchObject({ kind: 'unavailable' });
});

test.each([
  ['not JSON', 'espresso'],
  ['null', 'null'],
  ['a list', '[1]'],
])('an answer that is %s is no success', async (_, body) => {
  answer = (respond) => respond(200, body);
  expect(await charge(url, call, 1000)).toMatchObject({ kind: 'unavailable' });
});

test('nobody listening is an outcome', async () => {
  expect(await charge('http://127.0.0.1:1', call, 1000)).toEqual({
    kind: 'unavailable',
    reason: 'payment could not be reached',
  });
});
