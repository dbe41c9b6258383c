import fc from 'fast-check';
import { act, type Change, pauseMilliseconds, undo } from '../../../../functions/shop/order-saga/ledger';
import { Clock, seeded } from '../../../modules/saga/clock';
import { MemoryLedger } from './shop';

/** Seconds that a transaction holds the items that it writes. */
const TRANSACTION = 0.02;

/** A ledger whose stock is one item: a second write of it while one is under way is cancelled, as DynamoDB does it. */
class ContendedLedger extends MemoryLedger {
  private writing = false;
  collisions = 0;
  constructor(
    stock: number,
    private readonly clock: Clock,
  ) {
    super(stock);
  }

  override async write(change: Change) {
    if (change.stock === undefined) return super.write(change);
    if (this.writing) {
      this.collisions += 1;
      return 'busy' as const;
    }
    this.writing = true;
    await this.clock.sleep(TRANSACTION);
    this.writing = false;
    return super.write(change);
  }
}

/** So many orders reserve at one instant; then half of them are taken back, again at one instant. */
async function rush(orders: number, seed: number, pause?: (round: number) => Promise<unknown>) {
  const clock = new Clock();
  const random = seeded(seed);
  const ledger = new ContendedLedger(10 * orders, clock);
  const jittered = (round: number) => clock.sleep(pauseMilliseconds(round, random()) / 1000);
  const ids = Array.from({ length: orders }, (_, index) => `order-${index}`);
  const all = (work: (id: string) => Promise<unknown>) => clock.until(Promise.all(ids.map(work)));
  await all((id) => act(ledger, id, 'beans', -10, pause ?? jittered));
  const reserved = ledger.stock;
  const half = new Set(ids.slice(0, orders / 2));
  await all(async (id) => half.has(id) && undo(ledger, id, 'beans', { stock: 10 }, pause ?? jittered));
  return { reserved, returned: ledger.stock, collisions: ledger.collisions, seconds: clock.now };
}

test('sixty orders that want the one stock at the same instant all get their beans, once each', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { reserved, returned, collisions, seconds } = await rush(60, seed);
    expect({ reserved, returned }).toEqual({ reserved: 0, returned: 300 });
    expect(collisions).toBeGreaterThan(60);
    // Both together, and each within the time-out of its function.
    expect(seconds).toBeLessThan(20);
  }
});

test('without the pauses most of them would be sent away, although there are beans', async () => {
  await expect(rush(60, 1, () => Promise.resolve())).rejects.toThrow('is contended');
});

test('a pause is a random part of a growing one, never more than a second', () => {
  fc.assert(
    fc.property(fc.nat({ max: 40 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (round, random) => {
      const pause = pauseMilliseconds(round, random);
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThanOrEqual(Math.min(1000, 25 * 2 ** round));
    }),
  );
  expect(pauseMilliseconds(3, 0.5)).toBe(100);
});
