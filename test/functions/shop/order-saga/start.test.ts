import type { SQSRecord } from 'aws-lambda';
import { fingerprint } from '../../../../functions/shop/domain/order';
import type { RepairNote } from '../../../../functions/shop/order-consumer/repair';
import { type Surroundings, startSaga } from '../../../../functions/shop/order-saga/start/start-saga';
import type { OrderRecord } from '../../../../functions/shop/orders/table';
import { anOrder } from '../orders';

const record = (body: unknown, receives = 1) =>
  ({
    messageId: 'message-1',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { SentTimestamp: '1769860800000', ApproximateReceiveCount: String(receives) },
    messageAttributes: {},
  }) as unknown as SQSRecord;

/** Step Functions as it is documented: a repeated start of a running execution with the same input is the first one; otherwise it is refused. */
function world() {
  const executions = new Map<string, { input: string; running: boolean }>();
  const known = new Map<string, string>();
  const repaired: RepairNote[] = [];
  const putOff: number[] = [];
  let starts = 0;
  const surroundings: Surroundings = {
    begin: async (order) => {
      if (!known.has(order.orderId)) known.set(order.orderId, fingerprint(order));
      return { fingerprint: known.get(order.orderId) } as OrderRecord;
    },
    start: async (name, input) => {
      const before = executions.get(name);
      if (before) return before.running && before.input === input ? 'started' : 'exists';
      executions.set(name, { input, running: true });
      starts += 1;
      return 'started';
    },
    inputOf: async (name) => executions.get(name)?.input ?? '',
    sendToRepair: async (_, note) => void repaired.push(note),
    policy: { backoff: { base: 2, cap: 300 }, maxReceiveCount: 3 },
    putOff: async (_, seconds) => void putOff.push(seconds),
    now: () => new Date(0),
    random: () => 0.5,
  };
  return { surroundings, executions, known, repaired, putOff, starts: () => starts };
}

const order = anOrder({ orderId: 'order-start-1' });

test('an order starts one saga, named by its id, however often and whenever it is delivered', async () => {
  const { surroundings, executions, starts } = world();
  expect((await startSaga(record(order), surroundings)).kind).toBe('started');
  expect((await startSaga(record(order), surroundings)).kind).toBe('started');
  executions.get(order.orderId)!.running = false;
  expect((await startSaga(record(order), surroundings)).kind).toBe('duplicate');
  expect(starts()).toBe(1);
  expect([...executions.keys()]).toEqual([order.orderId]);
});

test('the order of the fields makes no other input', async () => {
  const { surroundings, repaired } = world();
  await startSaga(record(order), surroundings);
  const turned = Object.fromEntries(Object.entries(order).reverse());
  expect(await startSaga(record(turned), surroundings)).toMatchObject({ kind: 'started' });
  expect(repaired).toEqual([]);
});

test('a field that a newer shop adds makes it no other order, and the saga doesn’t carry it', async () => {
  const { surroundings, executions, starts } = world();
  await startSaga(record({ ...order, note: 'x'.repeat(20_000) }), surroundings);
  expect(JSON.parse(executions.get(order.orderId)?.input ?? '')).toEqual(order);
  expect((await startSaga(record({ ...order, note: 'oat milk' }), surroundings)).kind).toBe('started');
  expect(starts()).toBe(1);
});

test('another order under a used id goes to repair, known to the orders table or only to Step Functions', async () => {
  const { surroundings, known, repaired } = world();
  await startSaga(record(order), surroundings);
  const other = { ...order, customer: 'Grace' };
  expect((await startSaga(record(other), surroundings)).kind).toBe('repair');
  known.clear();
  expect((await startSaga(record(other), surroundings)).kind).toBe('repair');
  expect(repaired.map(({ reason }) => reason)).toEqual(['conflict', 'conflict']);
});

test.each(['{"orderId":', '{}', JSON.stringify({ ...order, orderId: 'no spaces please' })])(
  'what could not name an execution or is no order (%s) goes to repair and starts nothing',
  async (body) => {
    const { surroundings, repaired, starts } = world();
    expect((await startSaga(record(body), surroundings)).kind).toBe('repair');
    expect(repaired[0]?.reason).toBe('malformed');
    expect(starts()).toBe(0);
  },
);

test.each(['begin', 'start', 'sendToRepair'] as const)(
  'when our own side fails (%s) the message is put off, longer at each receive, and parked at once after the last',
  async (part) => {
    const { surroundings, putOff } = world();
    const failing = { ...surroundings, [part]: () => Promise.reject(new Error('throttled')) };
    const body = part === 'sendToRepair' ? '{}' : order;
    const waits = [];
    for (const receives of [1, 2, 3]) {
      const started = await startSaga(record(body, receives), failing);
      expect(started).toEqual({ kind: 'retry', failure: 'own', detail: 'throttled' });
      waits.push(putOff.at(-1));
    }
    expect(waits).toEqual([1, 2, 0]);
  },
);

test('what can’t even be put off comes back when its visibility ends', async () => {
  const { surroundings } = world();
  const gone = () => Promise.reject(new Error('queue is gone'));
  await expect(startSaga(record(order), { ...surroundings, begin: gone, putOff: gone })).rejects.toThrow('gone');
});
