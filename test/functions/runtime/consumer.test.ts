import { consumer, defineConsumer, Internal, Refused, Unavailable, type WorkContext } from 'spillway/runtime';
import { Line, type LineOptions } from 'spillway/testing';
import * as z from 'zod';

interface Invoice {
  readonly number: string;
  readonly cents: number;
}
const contract = defineConsumer({
  name: 'invoices',
  message: z.object({ number: z.string().min(1), cents: z.int().positive() }),
  id: 'number',
});
const anInvoice = (number = 'i-1', cents = 100): Invoice => ({ number, cents });

/** A bank that pays each key once, and does what a test says. */
function aBank() {
  const paid = new Map<string, number>();
  const bank = { works: true, calls: 0, paid, answer: (_: Invoice): void | Promise<void> => {} };
  return bank;
}

function aLine(bank: ReturnType<typeof aBank>, options: LineOptions = {}, more: object = {}) {
  const handler = consumer(contract, {
    async work(invoice, { idempotencyKey }) {
      bank.calls += 1;
      if (!bank.works) throw new Unavailable('the bank is down');
      await bank.answer(invoice);
      bank.paid.set(idempotencyKey, (bank.paid.get(idempotencyKey) ?? 0) + (bank.paid.has(idempotencyKey) ? 0 : 1));
      return { transfer: `t-${idempotencyKey}` };
    },
    ...more,
  });
  return new Line(handler, { canary: () => bank.works, ...options });
}

test('a message is worked on once, and its result kept', async () => {
  const bank = aBank();
  const line = aLine(bank);
  line.send(anInvoice());
  await line.settle();
  expect(bank.calls).toBe(1);
  expect(await line.find('i-1')).toMatchObject({ status: 'done', result: { transfer: 't-i-1' } });
});

test('a duplicate is not worked on', async () => {
  const bank = aBank();
  const line = aLine(bank);
  line.send(anInvoice());
  await line.settle();
  line.send(anInvoice());
  await line.settle();
  expect(bank.calls).toBe(1);
  expect(line.handled.map(({ outcome }) => outcome.kind)).toEqual(['done', 'duplicate']);
});

test('two copies in one batch are worked on once', async () => {
  const bank = aBank();
  const line = aLine(bank);
  line.send(anInvoice());
  line.send(anInvoice());
  await line.settle();
  expect(bank.calls).toBe(1);
});

test('the same id with other content goes to repair', async () => {
  const line = aLine(aBank());
  line.send(anInvoice());
  await line.settle();
  line.send(anInvoice('i-1', 200));
  await line.settle();
  expect(line.repair).toMatchObject([{ note: { reason: 'conflict', id: 'i-1' } }]);
});

test('a malformed message goes to repair with the fault at its field, and is found by its id', async () => {
  const line = aLine(aBank());
  line.send({ number: 'i-1', cents: -5 });
  line.send('{');
  await line.settle();
  const notes = line.repair.map(({ note }) => note);
  expect(notes).toContainEqual(
    expect.objectContaining({
      reason: 'malformed',
      path: 'cents',
      id: 'i-1',
      detail: expect.stringContaining('cents is -5'),
    }),
  );
  expect(notes).toContainEqual(expect.objectContaining({ reason: 'malformed', detail: 'The body is not JSON.' }));
  expect(await line.find('i-1')).toMatchObject({ status: 'repair' });
});

test('what is mended in repair is done under the same id', async () => {
  const line = aLine(aBank());
  line.send({ number: 'i-1', cents: -5 });
  await line.settle();
  line.sendAgain(() => anInvoice());
  await line.settle();
  expect(await line.find('i-1')).toMatchObject({ status: 'done' });
});

test('an outage parks a message, and a release after it does the work', async () => {
  const bank = aBank();
  const line = aLine(bank);
  bank.works = false;
  line.send(anInvoice());
  await line.settle();
  expect(line.parked).toHaveLength(1);
  expect(await line.find('i-1')).toMatchObject({ status: 'parked', detail: 'the bank is down' });
  bank.works = true;
  line.release();
  await line.settle();
  expect(await line.find('i-1')).toMatchObject({ status: 'done' });
});

test('an outage of many releases makes nothing poison', async () => {
  const bank = aBank();
  const line = aLine(bank);
  bank.works = false;
  line.send(anInvoice());
  await line.settle();
  for (let round = 0; round < 10; round += 1) {
    line.release();
    await line.settle();
  }
  expect(line.parked).toHaveLength(1);
});

test('what fails through three releases while the canary is green is poison', async () => {
  const bank = aBank();
  bank.answer = () => {
    throw new Unavailable('503');
  };
  const line = aLine(bank);
  line.send(anInvoice());
  await line.settle();
  for (let round = 1; round <= 3; round += 1) {
    expect(line.parked).toHaveLength(1);
    line.release();
    await line.settle();
  }
  expect(line.repair).toMatchObject([{ note: { reason: 'poison', detail: expect.stringContaining('3 rounds') } }]);
});

test('a refusal goes to repair at once', async () => {
  const bank = aBank();
  bank.answer = () => {
    throw new Refused('no such account', { path: 'number' });
  };
  const line = aLine(bank);
  line.send(anInvoice());
  await line.settle();
  expect(line.repair).toMatchObject([{ note: { reason: 'refused', detail: 'no such account', path: 'number' } }]);
});

test('a refusal of everything, the canary too, is an outage', async () => {
  const bank = aBank();
  bank.answer = () => {
    throw new Refused('the key has expired');
  };
  const line = aLine(bank, { canary: () => false });
  for (let number = 0; number < 24; number += 1) line.send(anInvoice(`i-${number}`));
  await line.settle();
  expect(line.repair).toHaveLength(0);
  expect(line.parked).toHaveLength(24);
});

test('Retry-After is waited for, and burns no receives before it is over', async () => {
  const bank = aBank();
  const line = aLine(bank);
  const began = line.now.getTime();
  bank.answer = () => {
    if (line.now.getTime() < began + 120_000) throw new Unavailable('429', { retryAfter: 120 });
  };
  line.send(anInvoice());
  await line.settle();
  expect(bank.calls).toBe(2);
  expect(await line.find('i-1')).toMatchObject({ status: 'done' });
});

test('a failure of our own side is told apart', async () => {
  const bank = aBank();
  bank.answer = () => {
    throw new Internal('no such secret');
  };
  const line = aLine(bank);
  line.send(anInvoice());
  await line.deliver();
  expect(line.handled[0]).toMatchObject({ outcome: { kind: 'internal' }, action: { kind: 'retry' } });
});

test('a message that kills its process goes to repair, and its mates are done', async () => {
  const bank = aBank();
  const line = aLine(bank, { maxReceiveCount: 5 });
  bank.answer = ({ number }) => (number === 'killer' ? line.kill() : undefined);
  line.send(anInvoice('killer'));
  for (let number = 0; number < 9; number += 1) line.send(anInvoice(`mate-${number}`));
  await line.settle();
  for (let round = 0; round < 3; round += 1) {
    line.release();
    await line.settle();
  }
  expect(line.repair).toMatchObject([{ note: { reason: 'poison', id: 'killer' } }]);
  for (let number = 0; number < 9; number += 1)
    expect(await line.find(`mate-${number}`)).toMatchObject({ status: 'done' });
});

test('a broken connection is asked once more at once, under the same key', async () => {
  const bank = aBank();
  let first = true;
  bank.answer = () => {
    if (!first) return;
    first = false;
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
  };
  const line = aLine(bank);
  line.send(anInvoice());
  await line.deliver();
  expect(bank.calls).toBe(2);
  expect(line.handled[0]).toMatchObject({ outcome: { kind: 'done' } });
});

test('what cannot be finished in time is not begun', async () => {
  const bank = aBank();
  const line = aLine(bank, { functionTimeout: 30 }, { concurrency: 1 });
  bank.answer = () => line.advance(27);
  line.send(anInvoice('i-1'));
  line.send(anInvoice('i-2'));
  await line.deliver();
  expect(bank.calls).toBe(1);
  expect(line.handled[1]).toMatchObject({ outcome: { kind: 'not-begun' }, action: { kind: 'retry' } });
});

describe('a provider that forgets keys after a day', () => {
  const day = 24 * 3600;
  async function unknownAfter(seconds: number, more: object) {
    const bank = aBank();
    const line = aLine(bank, { maxReceiveCount: 1 }, { idempotencyKeyLife: day, ...more });
    bank.answer = () => line.kill();
    line.send(anInvoice());
    await line.settle();
    bank.answer = () => {};
    line.advance(seconds);
    line.release();
    await line.settle();
    return { bank, line };
  }

  test('is asked again while it knows the key', async () => {
    const { bank, line } = await unknownAfter(3600, {});
    expect(bank.calls).toBe(2);
    expect(await line.find('i-1')).toMatchObject({ status: 'done' });
  });

  test('is never asked blindly after that', async () => {
    const { bank, line } = await unknownAfter(day, {});
    expect(bank.calls).toBe(1);
    expect(line.repair).toMatchObject([{ note: { reason: 'forgotten' } }]);
  });

  test('is looked up where it can be', async () => {
    const { bank, line } = await unknownAfter(day, { lookup: async () => ({ transfer: 't-old' }) });
    expect(bank.calls).toBe(1);
    expect(await line.find('i-1')).toMatchObject({ status: 'done', result: { transfer: 't-old' } });
  });
});

test('what was accepted before a deploy is done after it, at the price that it was accepted at', async () => {
  const bank = aBank();
  let price = 100;
  const line = aLine(
    bank,
    {},
    {
      admit: ({ cents }: Invoice) => {
        if (cents !== price) throw new Refused(`costs ${price}`, { path: 'cents' });
      },
    },
  );
  bank.works = false;
  line.send(anInvoice('i-1', 100));
  await line.settle();
  price = 120;
  bank.works = true;
  line.release();
  line.send(anInvoice('i-2', 100));
  await line.settle();
  expect(await line.find('i-1')).toMatchObject({ status: 'done' });
  expect(line.repair).toMatchObject([{ note: { reason: 'refused', id: 'i-2', path: 'cents' } }]);
});

test('a FIFO group keeps its order through failures', async () => {
  const bank = aBank();
  const order: string[] = [];
  let failures = 2;
  bank.answer = ({ number }) => {
    if (number === 'a-1' && failures-- > 0) throw new Unavailable('503');
    order.push(number);
  };
  const line = aLine(bank, { fifo: true, maxReceiveCount: 10 });
  for (const number of ['a-1', 'a-2', 'b-1', 'a-3']) line.send(anInvoice(number), { group: number[0] as string });
  await line.settle();
  expect(order.filter((number) => number.startsWith('a'))).toEqual(['a-1', 'a-2', 'a-3']);
  expect(order[0]).toBe('b-1');
});

test('a malformed message does not stand in the way of a good one with its id', async () => {
  const bank = aBank();
  const line = aLine(bank);
  line.send(anInvoice('i-1'));
  line.send({ number: 'i-1', cents: 'many' });
  await line.settle();
  expect(bank.calls).toBe(1);
  expect(line.repair).toMatchObject([{ note: { reason: 'malformed', id: 'i-1' } }]);
  expect(await line.find('i-1')).toMatchObject({ status: 'done' });
});

test('the signal aborts when the time of the work is over, and a copy of the context is known to have none', async () => {
  let [calls, reason]: [number, unknown] = [0, undefined];
  const line = aLine(
    aBank(),
    { workTimeout: 20 },
    {
      async work(_: Invoice, context: WorkContext) {
        calls += 1;
        // @ts-expect-error: it is made when the context itself is asked for it
        const copied: unknown = { ...context }.signal;
        if (copied !== undefined || calls > 1) return {};
        const { signal } = context;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        reason = signal.reason;
        return {};
      },
    },
  );
  line.send(anInvoice());
  await line.settle();
  expect(reason).toMatchObject({ name: 'TimeoutError', message: 'no answer in 20 ms' });
  expect(line.handled.map(({ outcome }) => outcome.kind)).toEqual(['unavailable', 'done']);
});
