import { setTimeout as wait } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { BreakerLane, steadyOrders } from './breaker-lane';
import { type Lane, quick, type Shop, startShop, until } from './shop';

let shop: Shop;
let lane: Lane;
let breaker: BreakerLane;

beforeAll(async () => {
  shop = await startShop([quick('circuit-breaker')]);
  lane = shop.lane('breaker');
  breaker = new BreakerLane(shop, lane);
}, 120_000);

afterAll(async () => {
  await shop?.stop();
}, 30_000);

afterEach(() => shop.environment.payment.setFault({ kind: 'up' }));

async function recovered(seconds = 90): Promise<void> {
  await breaker.state('closed', seconds);
  await until(
    'all paid',
    () => breaker.unpaid(),
    (left) => left.length === 0,
    seconds,
  );
  await until(
    'mapping as before',
    () => breaker.mapping(),
    ({ state, maximumConcurrency }) => state === 'Enabled' && maximumConcurrency === 10,
    20,
  );
  await until(
    'parked is empty',
    () => lane.depth('parked'),
    (depth) => depth === 0,
    30,
  );
}

test('payment hangs while orders come in: the mapping goes off, nothing is called, a deploy keeps it off, and it comes back by itself', async () => {
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
  await recovered();
  await watch.stop();
  expect(watch.seen.map(({ record }) => record.state)).toEqual(['closed', 'open', 'half-open', 'closed']);
  expect(lane.payments().doubleCharges).toBe(0);
  expect(await lane.depth('repair')).toBe(0);
}, 240_000);

test('one recovery runs an outage; one that was stopped is started again, and a long one goes on in the next execution', async () => {
  const orders = steadyOrders([lane], 4, 'stopped');
  shop.environment.payment.setFault({ kind: 'failing' });
  const { epoch } = await breaker.state('open', 30);
  await orders.stop();
  const name = `payment-${epoch}-0`;
  const ofThisOutage = async () =>
    (await breaker.executions()).filter((each) => each.name?.startsWith(`payment-${epoch}-`));
  const [first] = await until('recovery', ofThisOutage, (seen) => seen.length > 0, 15);
  expect(first).toMatchObject({ name, status: 'RUNNING' });
  await breaker.sfn.send(new StopExecutionCommand({ executionArn: first?.executionArn }));
  await breaker.handOverAfter(4);
  const run = (number: number) => async () =>
    (await ofThisOutage()).find((each) => each.name === `payment-${epoch}-${number}`);
  await until('another recovery', run(1), (seen) => seen !== undefined, 75);
  await until('a third one', run(2), (seen) => seen !== undefined, 90);
  // Four looks are too few for all the canaries.
  await breaker.handOverAfter(1000);
  const second = await until('the second to end', run(1), (seen) => seen?.status !== 'RUNNING', 10);
  // What it ended with is what starting the third one answered: it was no reconciler that did.
  expect(await breaker.output(second?.executionArn)).toMatchObject({
    ExecutionArn: expect.stringMatching(`:payment-${epoch}-2$`),
  });
  shop.environment.payment.setFault({ kind: 'up' });
  await recovered();
}, 300_000);

test('people hold it open with who, why and until when; it expires by itself and comes back by its canary', async () => {
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
  await recovered();
  expect((await breaker.record()).hold).toBeUndefined();
}, 240_000);

test('forced closed it lets everything through, whatever fails', async () => {
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
  await recovered(150);
}, 300_000);

test('payment flaps, up 5 s and down 5 s: at most one change of state for each configured wait, and every order is paid once', async () => {
  const { doubleCharges } = lane.payments();
  const watch = breaker.watch();
  const orders = steadyOrders([lane], 4, 'flap');
  for (let round = 0; round < 6; round += 1) {
    shop.environment.payment.setFault({ kind: 'failing' });
    await wait(5000);
    shop.environment.payment.setFault({ kind: 'up' });
    await wait(5000);
  }
  await orders.stop();
  await recovered(120);
  await watch.stop();
  const [, ...changes] = watch.seen.map(({ record }) => record);
  expect(changes.length).toBeGreaterThan(0);
  const { waitSeconds, watchSeconds } = quick('circuit-breaker').breaker;
  for (const [index, { state, since }] of changes.slice(1).entries()) {
    const before = changes[index] as (typeof changes)[number];
    const configured = before.state === 'open' ? waitSeconds : watchSeconds;
    expect(`${state} ${since - before.since >= configured * 1000 ? 'in its time' : 'too early'}`).toBe(
      `${state} in its time`,
    );
  }
  expect(lane.payments().doubleCharges).toBe(doubleCharges);
  expect(await lane.depth('repair')).toBe(0);
}, 300_000);
