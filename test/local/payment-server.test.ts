import { request } from 'node:http';
import { type PaymentServer, startPaymentServer } from '../../local/payment/payment-server';

let payment: PaymentServer;
beforeAll(async () => {
  payment = await startPaymentServer();
});
afterAll(() => payment.stop());

/** With `http`, because `fetch` tidies addresses and lets nobody forge a host. */
const status = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const { hostname, port } = new URL(payment.url);
    request({ method, hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end(body);
  });

const key = { 'idempotency-key': 'key-1' };
const order = JSON.stringify({ orderId: 'order-0001', amount: 480, currency: 'USD' });

test('takes a payment once, whatever other lanes do', async () => {
  expect(await status('POST', '/one/payments', key, order)).toBe(200);
  expect(await status('POST', '/one/payments', key, order)).toBe(200);
  expect(payment.report('one')).toMatchObject({ calls: 2, charges: 1, doubleCharges: 0 });
  expect(payment.report('two')).toMatchObject({ calls: 0, charges: 0 });
});

test.each([
  ['POST', '/guarded/payments', key, order],
  ['PUT', '/fault', {}, '{"kind":"down"}'],
  ['GET', '/guarded/report', {}, undefined],
])(
  'a web page may not %s %s, and neither may a name that was re-bound to this machine',
  async (method, path, headers, body) => {
    expect(await status(method, path, { ...headers, origin: 'https://evil.example' }, body)).toBe(403);
    expect(await status(method, path, { ...headers, 'sec-fetch-site': 'cross-site' }, body)).toBe(403);
    expect(await status(method, path, { ...headers, host: 'evil.example' }, body)).toBe(421);
    expect(payment.report('guarded')).toMatchObject({ calls: 0 });
    expect(payment.fault()).toEqual({ kind: 'up' });
  },
);

test.each([
  ['GET', '//', undefined, 404],
  ['GET', 'http://[/', undefined, 404],
  ['GET', '/%', undefined, 404],
  ['POST', '/one/payments', '{', 400],
  ['POST', '/one/payments', 'x'.repeat(70_000), 413],
  ['PUT', '/fault', '{"kind":"gone"}', 400],
])('%s %s with nonsense is answered, and the server goes on', async (method, path, body, expected) => {
  expect(await status(method, path, key, body)).toBe(expected);
  expect(await status('GET', '/fault')).toBe(200);
});
