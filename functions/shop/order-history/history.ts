import type { OrderRecord } from '../orders/table';

export type HistoryRequest = { readonly orderId: string } | { readonly limit: number } | { readonly error: string };

/** What is asked for, from the parts of an HTTP API event that say so. */
export function readRequest(event: {
  pathParameters?: Record<string, string | undefined>;
  queryStringParameters?: Record<string, string | undefined>;
}): HistoryRequest {
  const orderId = event.pathParameters?.id;
  if (orderId !== undefined) return { orderId };
  const limit = Number(event.queryStringParameters?.limit ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
    return { error: `limit is "${event.queryStringParameters?.limit}"; it takes a whole number from 1 to 200` };
  }
  return { limit };
}

/** Today and yesterday in UTC: the history never starts empty at midnight. */
export function days(now: Date): string[] {
  return [now, new Date(now.getTime() - 86_400_000)].map((date) => date.toISOString().slice(0, 10));
}

/** An order as the API shows it. */
export function show({ order, deliveries, fingerprint: _, roundAt: _ended, ...record }: OrderRecord) {
  const { customer, items, amount, currency } = order;
  return { ...record, attempts: deliveries, customer, items, amount, currency };
}
