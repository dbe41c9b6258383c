import { keepOrder, SHARDS } from '../../../functions/shop/orders/keep';
import { anOrder } from './orders';

/** Writes a second that one key of an index takes, and writes of one order. Source: DynamoDB guide, "Designing partition keys to distribute your workload". */
const WRITES_A_KEY = 1000;
const WRITES_AN_ORDER = 3;

test('the history takes 4,000 orders a second: a day is spread over keys so evenly that none is full before', () => {
  const day = new Date('2026-01-31T12:00:00Z');
  const orders = 40_000;
  const counts = new Map<string, number>();
  for (let index = 0; index < orders; index += 1) {
    const { day: key } = keepOrder(anOrder({ orderId: `order-${String(index).padStart(6, '0')}` }), day);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect(counts.size).toBe(SHARDS);
  const share = Math.max(...counts.values()) / orders;
  expect(WRITES_A_KEY / WRITES_AN_ORDER / share).toBeGreaterThan(4000);
});
