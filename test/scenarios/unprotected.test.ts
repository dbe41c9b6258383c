import { type Lane, laneWith, type Shop, startShop, until } from './shop';

/** Back as soon as its time-out has passed, as in the talk, whose 30 s the story in the browser sits through. */
const TIMEOUT_SECONDS = 5;

let shop: Shop;
let lane: Lane;

beforeAll(async () => {
  const settings = laneWith('unprotected');
  const timeouts = { functionTimeoutSeconds: TIMEOUT_SECONDS, visibilityTimeoutSeconds: TIMEOUT_SECONDS };
  shop = await startShop([{ ...settings, consumer: { ...settings.consumer, ...timeouts } }]);
  lane = shop.lane('unprotected');
}, 60_000);
afterAll(() => shop?.stop());

test('without the patterns three orders keep coming back, each try costs the whole time-out, and nothing is done', async () => {
  shop.environment.payment.setFault({ kind: 'down' });
  const started = Date.now();
  await lane.place('order-0001', 'order-0002', 'order-0003');
  const tries = await until(
    'two rounds of time-outs',
    () => lane.invocations(started),
    (seen) => seen.length >= 6,
    40,
  );
  expect(await lane.depth('orders')).toBe(3);
  for (const { outcome, durationMs } of tries) {
    expect(outcome).toBe('timeout');
    expect(durationMs).toBeGreaterThan((TIMEOUT_SECONDS - 1) * 1000);
  }
  expect(lane.payments().charges).toBe(0);
}, 120_000);
