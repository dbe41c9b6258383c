import { ENVIRONMENTS } from '../../environments';
import type { ShopSettings } from '../../environments/settings';
import { type Lane, type Shop, startShop, until } from './shop';

let shop: Shop;
let lane: Lane;

beforeAll(async () => {
  const settings = ENVIRONMENTS.local?.shops.find(({ part }) => part === 'unprotected') as ShopSettings;
  shop = await startShop([settings]);
  lane = shop.lane('unprotected');
}, 60_000);
afterAll(() => shop?.stop());

test('without the patterns three orders keep coming back, each try costs 30 seconds, and nothing is done', async () => {
  shop.environment.payment.setFault({ kind: 'down' });
  const started = Date.now();
  await lane.place('order-0001', 'order-0002', 'order-0003');
  const tries = await until(
    'two rounds of time-outs',
    () => lane.invocations(started),
    (seen) => seen.length >= 6,
    90,
  );
  expect(await lane.depth('orders')).toBe(3);
  for (const { outcome, durationMs } of tries) {
    expect(outcome).toBe('timeout');
    expect(durationMs).toBeGreaterThan(29_000);
  }
  expect(lane.payments().charges).toBe(0);
}, 120_000);
