import { consumer } from '../../../../functions/runtime/consumer';
import { Line } from '../../../../functions/runtime/testing';
import { checkPrice } from '../../../../functions/shop/domain/order';
import { startOrderSaga } from '../../../../functions/shop/order-saga/start/contract';
import { pipe } from '../../../../functions/shop/order-saga/start/pipe';
import { type Executions, startSaga } from '../../../../functions/shop/order-saga/start/start-saga';
import { anOrder } from '../orders';

/** Step Functions as it is documented: a repeated start of a running execution with the same input is the first one; otherwise it is refused. */
function world() {
  const executions = new Map<string, { input: string; running: boolean }>();
  const steps: Executions & { starts: number } = {
    starts: 0,
    start: async (name, input) => {
      const before = executions.get(name);
      if (before) return before.running && before.input === input ? 'started' : 'exists';
      executions.set(name, { input, running: true });
      steps.starts += 1;
      return 'started';
    },
    inputOf: async (name) => executions.get(name)?.input ?? '',
  };
  const starter = consumer(startOrderSaga, { admit: checkPrice, work: (order) => startSaga(order, steps) });
  return { executions, steps, line: new Line(starter) };
}

const order = anOrder({ orderId: 'order-start-1' });

test('an order starts one saga, named by its id, however often and whenever it is delivered', async () => {
  const { executions, steps, line } = world();
  await Promise.all([startSaga(order, steps), startSaga(order, steps)]);
  for (const one of executions.values()) one.running = false;
  line.send(order);
  await line.settle();
  expect(steps.starts).toBe(1);
  expect([...executions.keys()]).toEqual([order.orderId]);
  expect(await line.find(order.orderId)).toMatchObject({ status: 'done' });
});

test('a copy that comes when Step Functions has forgotten the execution starts nothing', async () => {
  const { executions, steps, line } = world();
  line.send(order);
  await line.settle();
  executions.clear();
  line.advance(91 * 86_400);
  line.send(order);
  await line.settle();
  expect(steps.starts).toBe(1);
  expect(line.handled.map(({ outcome }) => outcome.kind)).toEqual(['done', 'duplicate']);
});

test('the order of the fields makes no other input', async () => {
  const { steps } = world();
  await startSaga(order, steps);
  await startSaga(Object.fromEntries(Object.entries(order).reverse()) as typeof order, steps);
  expect(steps.starts).toBe(1);
});

test('a field that a newer shop adds makes it no other order, and the saga doesn’t carry it', async () => {
  const { executions, steps, line } = world();
  line.send({ ...order, note: 'x'.repeat(20_000) });
  await line.settle();
  line.send({ ...order, note: 'oat milk' });
  await line.settle();
  expect(JSON.parse(executions.get(order.orderId)?.input ?? '')).toEqual(order);
  expect([steps.starts, line.repair.length]).toEqual([1, 0]);
});

test.each(['the ledger', 'Step Functions'])('another order under an id that %s knows goes to repair', async (who) => {
  const { steps, line } = world();
  const other = { ...order, customer: 'Grace' };
  if (who === 'Step Functions') await startSaga(order, steps);
  else line.send(order);
  await line.settle();
  line.send(other);
  await line.settle();
  expect(line.repair.map(({ note }) => note?.detail)).toEqual([
    `The id ${order.orderId} was used before, by ${who === 'the ledger' ? 'a message' : 'an order'} with other content.`,
  ]);
});

test.each(['{"orderId":', '{}', JSON.stringify({ ...order, orderId: 'no spaces please' })])(
  'what could not name an execution or is no order (%s) goes to repair and starts nothing',
  async (body) => {
    const { steps, line } = world();
    line.send(body);
    await line.settle();
    expect(line.repair.map(({ note }) => note?.reason)).toEqual(['malformed']);
    expect(steps.starts).toBe(0);
  },
);

test('of a pipe’s records what comes back waits for its visibility to end', async () => {
  const sqs = { send: () => Promise.reject(new Error('a pipe receives and deletes')) };
  const { read } = pipe({ sqs: sqs as never, queueUrl: 'main', maxReceiveCount: 5 });
  const record = { messageId: 'm-1', body: '{}', attributes: { SentTimestamp: '0' }, messageAttributes: {} };
  const batch = read([{ ...record, eventSource: 'aws:sqs', eventSourceARN: 'arn:main' }]);
  const [message] = batch?.messages ?? [];
  await batch?.retry(message as never, 5);
  expect(batch?.respond([message as never], [])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
  expect(read({ Records: [] })).toBeUndefined();
});
