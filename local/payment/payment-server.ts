import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadRequest, parseFault, parsePayment, parseRefund } from '../../functions/shop/payment-simulator/requests';
import {
  type Books,
  emptyBooks,
  type Fault,
  find,
  type PaymentAnswer,
  type PaymentReport,
  pay,
  refund,
  report,
} from '../../functions/shop/payment-simulator/simulator';
import type { PaymentSystem } from '../environment';
import { bodyOf, pathOf, refuseHost, refusePages } from '../guard';

export interface PaymentServer extends PaymentSystem {
  stop(): Promise<void>;
}

const LONGEST_BODY = 64 * 1024;

/** The simulated payment system over HTTP, on 127.0.0.1. Every lane has books of its own; all share one fault. */
export async function startPaymentServer({ port = 0 }: { port?: number } = {}): Promise<PaymentServer> {
  const simulation = new Simulation();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refuseHost(request) ?? refusePages(request);
    if (refusal) return send(response, refusal.status, { error: refusal.error });
    await simulation.answer(request, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      if (error instanceof BadRequest) return send(response, error.status, { error: error.message });
      send(response, 500, { error: String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setFault: (fault) => simulation.setFault(fault),
    fault: () => simulation.fault,
    report: (lane) => simulation.report(lane),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

class Simulation {
  fault: Fault = { kind: 'up' };
  private readonly lanes = new Map<string, Books>();
  /** Calls that get no answer for as long as the fault lasts. */
  private readonly hanging = new Set<ServerResponse>();

  setFault(fault: Fault): void {
    this.fault = fault;
    // As a system that comes back would: what it was holding is cut off, and nothing of it was booked.
    for (const response of this.hanging) response.destroy();
    this.hanging.clear();
  }

  report(lane: string): PaymentReport {
    return report(this.books(lane));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [first = '', second, third] = pathOf(request).slice(1).split('/');
    const what = `${request.method} ${second ?? first}`;
    if (what === 'GET fault') return send(response, 200, this.fault);
    if (what === 'PUT fault') {
      this.setFault(parseFault(await readJson(request)));
      return send(response, 200, this.fault);
    }
    if (what === 'GET report' && first) return send(response, 200, this.report(first));
    if (what === 'GET payments' && third) {
      return this.delay(response, find(this.books(first), decodeURIComponent(third), this.fault, Math.random));
    }
    if (what === 'POST payments' || what === 'POST refunds') {
      const body = await readJson(request);
      const key = request.headers['idempotency-key'];
      const books = this.books(first);
      return this.delay(
        response,
        what === 'POST payments'
          ? pay(books, parsePayment(key, body), this.fault, Math.random)
          : refund(books, parseRefund(key, body), this.fault, Math.random),
      );
    }
    send(response, 404, { error: `There is no ${what} here.` });
  }

  private delay(response: ServerResponse, { delayMs, status, body }: PaymentAnswer): void {
    if (delayMs === 'never') {
      this.hanging.add(response);
      response.once('close', () => this.hanging.delete(response));
      return;
    }
    const timer = setTimeout(() => send(response, status, body), delayMs);
    response.once('close', () => clearTimeout(timer));
  }

  private books(lane: string): Books {
    const books = this.lanes.get(lane) ?? emptyBooks();
    this.lanes.set(lane, books);
    return books;
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await bodyOf(request, LONGEST_BODY, () => new BadRequest('The body is too long.', 413));
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new BadRequest('The body is not JSON.');
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
