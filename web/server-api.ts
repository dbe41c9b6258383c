import type { Order } from '../functions/shop/domain/order';
import type { DeadLetter, Fault, HoldRequest, News, Release, Saga, SagaSummary, Welcome } from './wire';

/** An answer of the server that is not what was asked for; its message is meant for people. */
class ServerError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'ServerError';
  }
}

/**
 * Whether what was asked for is known not to have been done: it was refused as it stands (HTTP 4xx). Any other failure leaves it open: what gave no
 * answer may have done it all the same.
 */
export const wasRefused = (error: unknown): boolean =>
  error instanceof ServerError && error.status >= 400 && error.status < 500;

/** Longer than the server itself waits for whatever is behind it. */
const PATIENCE_MS = 90_000;

async function ask(path: string, body?: unknown, patienceMs = PATIENCE_MS): Promise<unknown> {
  const response = await fetch(path, {
    signal: AbortSignal.timeout(patienceMs),
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  }).catch(() => {
    throw new ServerError(0, 'The server gives no answer. Is it still running?');
  });
  const text = await response.text();
  const value = response.headers.get('content-type')?.includes('json') ? JSON.parse(text || 'null') : text;
  if (response.ok) return value;
  const said = (value as { error?: string; message?: string } | null) ?? {};
  throw new ServerError(response.status, said.error ?? said.message ?? `The server answered ${response.status}.`);
}

/** An order as the lane's history shows it. */
export interface HistoryRecord {
  readonly orderId: string;
  readonly status: string;
  readonly attempts?: number;
  readonly lastError?: string;
  readonly updatedAt?: string;
}

const lanePath = (lane: string) => `/api/lanes/${encodeURIComponent(lane)}`;

export const server = {
  news: (cursor?: string) =>
    ask(cursor ? `/api/news?since=${encodeURIComponent(cursor)}` : '/api/news', undefined, 5_000) as Promise<News>,
  welcome: () => ask('/api/welcome') as Promise<Welcome>,
  setFault: (fault: Fault) => ask('/api/fault', fault) as Promise<Fault>,
  placeOrder: (lane: string, order: Order) => ask(`${lanePath(lane)}/orders`, order),
  orders: async (lane: string) => ((await ask(`${lanePath(lane)}/orders`)) as { orders: HistoryRecord[] }).orders,
  order: (lane: string, orderId: string) =>
    ask(`${lanePath(lane)}/orders/${encodeURIComponent(orderId)}`) as Promise<HistoryRecord>,
  release: (lane: string, dryRun: boolean) => ask(`${lanePath(lane)}/release`, { dryRun }) as Promise<Release>,
  sagas: async (lane: string) => ((await ask(`${lanePath(lane)}/sagas`)) as { sagas: SagaSummary[] }).sagas,
  saga: (lane: string, name: string) => ask(`${lanePath(lane)}/sagas/${encodeURIComponent(name)}`) as Promise<Saga>,
  hold: (lane: string, request: HoldRequest) => ask(`${lanePath(lane)}/breaker`, request),
  setEnrichment: (down: boolean) => ask('/api/pipeline/enrichment', { down }),
  visit: (visitors: number) => ask('/api/pipeline/visits', { visitors }),
  putBroken: () => ask('/api/pipeline/broken', {}),
  look: async (lane: string, tier: 'parked' | 'repair') =>
    ((await ask(`${lanePath(lane)}/${tier}`)) as { messages: DeadLetter[] }).messages,
};
