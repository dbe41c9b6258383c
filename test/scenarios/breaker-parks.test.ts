import { setTimeout as wait } from 'node:timers/promises';
import { breakerLane } from './breaker-lane';
import { quick, until } from './shop';

const settings = quick('circuit-breaker');
const on = breakerLane({ ...settings, breaker: { ...settings.breaker, park: 'queue' } });

test('with park: queue, what comes in during an outage is carried to parked and not tried; back, every order is released and paid once', async () => {
  const { shop, lane, breaker } = on();
  shop.environment.payment.setFault({ kind: 'failing' });
  await lane.place(...Array.from({ length: 8 }, (_, index) => `first-${String(index).padStart(4, '0')}`));
  await breaker.state('open', 30);
  await until(
    'mapping off',
    () => breaker.mapping(),
    ({ state }) => state === 'Disabled',
    15,
  );
  await wait(2000);
  const { calls, canaries } = lane.payments();
  await lane.place(...Array.from({ length: 30 }, (_, index) => `later-${String(index).padStart(4, '0')}`));
  await until(
    'all that waits is parked',
    async () => ({ main: await lane.depth('orders'), parked: await lane.depth('parked') }),
    ({ main, parked }) => main === 0 && parked >= 30,
    45,
  );
  const after = lane.payments();
  expect(after.calls - calls).toBe(after.canaries - canaries);

  shop.environment.payment.setFault({ kind: 'up' });
  await breaker.state('closed', 90);
  await until(
    'all paid',
    () => breaker.unpaid(),
    (left) => left.length === 0,
    90,
  );
  await until(
    'parked is empty',
    () => lane.depth('parked'),
    (depth) => depth === 0,
    30,
  );
  expect(await lane.depth('repair')).toBe(0);
  expect(lane.payments().doubleCharges).toBe(0);
}, 300_000);
