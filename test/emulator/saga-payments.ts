import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Books, emptyBooks, pay, refund } from '../../functions/shop/payment-simulator/simulator';

/** The simulated payment system over HTTP; an order's id says what happens to its calls. */
export interface Payments {
  readonly url: string;
  readonly books: Books;
  /** Order ids whose refunds are refused with 503. */
  readonly refusing: Set<string>;
  stop(): Promise<void>;
}

export async function startPayments(): Promise<Payments> {
  const books = emptyBooks();
  const refusing = new Set<string>();
  const server = createServer(async (request, response) => {
    const { orderId, amount } = JSON.parse(await text(request)) as { orderId: string; amount: number };
    const key = String(request.headers['idempotency-key']);
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/refunds') {
      if (refusing.has(key)) return answer(503, { error: 'unavailable' });
      const { status, body } = refund(books, { key }, { kind: 'up' }, Math.random);
      return answer(status, body);
    }
    if (key.includes('declined')) return answer(402, { error: 'card_declined' });
    const { status, body } = pay(books, { key, orderId, amount, canary: false }, { kind: 'up' }, Math.random);
    // Charged, and the answer never comes: the caller can't know.
    if (key.includes('silent')) return;
    return answer(status, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    books,
    refusing,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
