import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

let server: Server;
let asked: unknown[];
let status: number;
beforeEach(async () => {
  [asked, status] = [[], 200];
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    asked.push(JSON.parse(Buffer.concat(parts).toString()));
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"status":"canary"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env.PAYMENT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  delete process.env.LEDGER_TABLE;
  jest.restoreAllMocks();
  server.close();
});

/** The handler as a new sandbox has it. */
async function ask(table?: () => Promise<never>) {
  let answer: unknown;
  await jest.isolateModulesAsync(async () => {
    if (table) {
      const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
      jest.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(table);
    }
    const { handler } = await import('../../../../functions/shop/payment-canary/handler');
    answer = await handler();
  });
  return answer;
}

test('an order of $0 that is answered is green', async () => {
  expect(await ask()).toEqual({ green: true, detail: 'charged' });
  expect(asked).toEqual([{ orderId: expect.stringMatching(/^canary-/), amount: 0, currency: 'USD', canary: true }]);
});

test('a payment system that fails is red', async () => {
  status = 503;
  expect(await ask()).toEqual({ green: false, detail: 'payment answered 503' });
});

test('a table that can’t be written is told as our own side’s failure, and payment is not asked', async () => {
  process.env.LEDGER_TABLE = 'orders';
  const refused = () => Promise.reject(new Error('AccessDenied'));
  expect(await ask(refused)).toEqual({ green: false, internal: true, detail: 'our own side fails: AccessDenied' });
  expect(asked).toEqual([]);
});
