import { setTimeout as wait } from 'node:timers/promises';
import { breakerLane, steadyOrders } from './breaker-lane';
import { quick, until } from './shop';

const on = breakerLane(quick('circuit-breaker'));

test('payment hangs while orders come in: the mapping goes off, nothing is called, a deploy keeps it off, and it comes back by itself', async () => {
  const { shop, lane, breaker } = on();
  const watch = breaker.watch();
  const orders = steadyOrders([lane], 4, 'hang');
  await wait(2000);
  shop.environment.payment.setFault({ kind: 'down' });
  const open = await breaker.state('open', 20);
  expect(open).toMatchObject({ epoch: 1, evidence: expect.stringMatching(/failed/) });
  await until(
    'mapping off',
    () => breaker.mapping(),
    ({ state }) => state === 'Disabled',
    15,
  );

  // From here on only the canary asks.
  await wait(3000);
  const quiet = Date.now();
  const { calls, canaries } = lane.payments();
  await shop.environment.deploy();
  await wait(10_000);
  expect(await breaker.mapping()).toMatchObject({ state: 'Disabled', maximumConcurrency: 2 });
  expect(await lane.invocations(quiet)).toHaveLength(0);
  const after = lane.payments();
  expect(after.calls - calls).toBe(after.canaries - canaries);

  shop.environment.payment.setFault({ kind: 'up' });
  await breaker.state('half-open', 40);
  await orders.stop();
  await breaker.recovered();
  await watch.stop();
  expect(watch.seen.map(({ record }) => record.state)).toEqual(['closed', 'open', 'half-open', 'closed']);
  expect(lane.payments().doubleCharges).toBe(0);
  expect(await lane.depth('repair')).toBe(0);
}, 240_000);

test('people hold it open with who, why and until when; it expires by itself and comes back by its canary', async () => {
  const { lane, breaker } = on();
  const end = new Date(Date.now() + 15_000).toISOString();
  await expect(
    breaker.hold({ operation: 'breaker-hold', dependency: 'payment', hold: 'open', until: end }),
  ).rejects.toThrow(/Allowed/);
  await breaker.hold({
    operation: 'breaker-hold',
    dependency: 'payment',
    hold: 'open',
    who: 'ada',
    why: 'the bank moves house',
    until: end,
  });
  await until(
    'mapping off',
    () => breaker.mapping(),
    ({ state }) => state === 'Disabled',
    15,
  );
  await lane.place('held-000001');
  await wait(5000);
  expect(await lane.order('held-000001')).toBeUndefined();
  const [held] = await breaker.hold({ operation: 'breaker-status' });
  expect(held).toMatchObject({ state: 'open', hold: { who: 'ada', why: 'the bank moves house' } });
  await breaker.recovered();
  expect((await breaker.record()).hold).toBeUndefined();
}, 240_000);

test('forced closed it lets everything through, whatever fails', async () => {
  const { shop, lane, breaker } = on();
  const end = new Date(Date.now() + 60_000).toISOString();
  await breaker.hold({
    operation: 'breaker-hold',
    dependency: 'payment',
    hold: 'closed',
    who: 'ada',
    why: 'failures are expected',
    until: end,
  });
  shop.environment.payment.setFault({ kind: 'failing' });
  await lane.place(...Array.from({ length: 10 }, (_, index) => `forced-${String(index).padStart(4, '0')}`));
  await wait(5000);
  expect(await breaker.record()).toMatchObject({ state: 'closed', hold: { kind: 'closed' } });
  expect(lane.payments().failures).toBeGreaterThan(10);
  shop.environment.payment.setFault({ kind: 'up' });
  await breaker.hold({ operation: 'breaker-lift', dependency: 'payment', who: 'ada', why: 'over' });
  await breaker.recovered(150);
}, 300_000);
