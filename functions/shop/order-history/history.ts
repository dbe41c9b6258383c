import type { OrderStatus } from '../domain/order';
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

/** An order as the API shows it: where it stands in the customer's words. */
export function show({ id, order, rounds, deliveries, firstSeen, updatedAt, repairAt, ...record }: OrderRecord) {
  const { customer, items, amount, currency } = order ?? {};
  return {
    orderId: id,
    ...standing(record),
    attempts: deliveries,
    failedRounds: rounds,
    ...{ firstSeen, updatedAt, repairAt },
    ...{ customer, items, amount, currency },
  };
}

function standing({ status, detail, result, ending }: Pick<OrderRecord, 'status' | 'detail' | 'result' | 'ending'>): {
  readonly status: OrderStatus;
  readonly paymentId?: string;
  readonly lastError?: string | undefined;
} {
  if (ending) return { status: ending.status, [ending.status === 'paid' ? 'paymentId' : 'lastError']: ending.detail };
  switch (status) {
    case 'done': {
      const { paymentId, declined } = (result ?? {}) as Partial<Record<'paymentId' | 'declined', string>>;
      if (paymentId !== undefined) return { status: 'paid', paymentId };
      // Done without either is an order whose saga is under way.
      return declined === undefined ? { status: 'accepted' } : { status: 'declined', lastError: declined };
    }
    case 'in-progress':
      return { status: detail === undefined ? 'accepted' : 'retrying', lastError: detail };
    default:
      return { status, lastError: detail };
  }
}
