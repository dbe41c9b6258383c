import { setTimeout as wait } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { breakerLane, steadyOrders } from './breaker-lane';
import { quick, until } from './shop';

const on = breakerLane(quick('circuit-breaker'));

test('one recovery runs an outage; one that was stopped is started again, and a long one goes on in the next execution', async () => {
  const { shop, lane, breaker } = on();
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
  await breaker.recovered();
}, 300_000);

test('payment flaps, up 5 s and down 5 s: at most one change of state for each configured wait, and every order is paid once', async () => {
  const { shop, lane, breaker } = on();
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
  await breaker.recovered(120);
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
