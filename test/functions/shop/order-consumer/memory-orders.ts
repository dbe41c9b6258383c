import { fingerprint, type Order, type OrderStatus } from '../../../../functions/shop/domain/order';
import type { OrderRecord, OrdersTable } from '../../../../functions/shop/orders/table';

const ENDS: readonly OrderStatus[] = ['paid', 'declined'];
const later = (sent: Date, now: Date) => (sent > now ? sent : now).toISOString();

/** The orders table in memory; orders-contract.ts holds that it does what the one in DynamoDB does. */
export class MemoryOrders implements Pick<OrdersTable, 'begin' | 'noteRound' | 'finish' | 'fail' | 'find'> {
  readonly records = new Map<string, OrderRecord>();

  async begin(order: Order, sent: Date, now: Date): Promise<OrderRecord> {
    const known = this.records.get(order.orderId);
    const content = { order, fingerprint: fingerprint(order) };
    const fresh = { ...content, status: 'accepted', failedRounds: 0, roundAt: later(sent, now) } as const;
    const first = { orderId: order.orderId, firstSeen: sent.toISOString(), deliveries: 0, ...fresh };
    const { repairAt, ...before } = known ?? { ...first, updatedAt: '' };
    const sentAgain = before.status === 'repair' && sent.toISOString() > (repairAt ?? '');
    const record: OrderRecord = {
      ...before,
      ...(sentAgain ? fresh : repairAt && { repairAt }),
      deliveries: before.deliveries + 1,
      updatedAt: now.toISOString(),
    };
    this.records.set(order.orderId, record);
    return record;
  }

  async noteRound(orderId: string, sent: Date, now: Date): Promise<number | undefined> {
    const known = this.records.get(orderId);
    if (!known || known.roundAt >= sent.toISOString()) return undefined;
    const failedRounds = known.failedRounds + 1;
    this.records.set(orderId, { ...known, failedRounds, roundAt: later(sent, now) });
    return failedRounds;
  }

  async finish(orderId: string, status: 'paid' | 'declined', detail: string, now: Date): Promise<void> {
    const known = this.records.get(orderId);
    if (!known || ENDS.includes(known.status)) return;
    const why = status === 'paid' ? { paymentId: detail } : { lastError: detail };
    this.records.set(orderId, { ...known, status, ...why, updatedAt: now.toISOString() });
  }

  async fail(
    orderId: string,
    status: 'retrying' | 'parked' | 'repair',
    lastError: string,
    now: Date,
    excused = false,
  ): Promise<OrderStatus | undefined> {
    const known = this.records.get(orderId);
    if (!known) return undefined;
    const stands = status === 'repair' ? ENDS : [...ENDS, 'repair'];
    if (stands.includes(known.status)) return known.status;
    const updatedAt = now.toISOString();
    const repair = status === 'repair' && { repairAt: updatedAt };
    const failedRounds = known.failedRounds - (excused ? 1 : 0);
    this.records.set(orderId, { ...known, status, lastError, updatedAt, failedRounds, ...repair });
    return status;
  }

  async find(orderId: string): Promise<OrderRecord | undefined> {
    return this.records.get(orderId);
  }
}
