import { consumer, defineConsumer, kinesis, Unavailable } from 'spillway/runtime';
import { Line } from 'spillway/testing';
import * as z from 'zod/mini';

const contract = defineConsumer({ name: 'pages', message: z.object({ page: z.string() }), id: 'page' });
const LARGE = 'x'.repeat(1_500_000);
const event = (...pages: readonly string[]) => ({
  Records: pages.map((page, index) => ({
    ...{ eventID: `shard:${index}`, eventSource: 'aws:kinesis', eventSourceARN: 'arn:aws:kinesis:…' },
    kinesis: {
      ...{ partitionKey: page.slice(0, 9), sequenceNumber: String(index), approximateArrivalTimestamp: 1 },
      data: Buffer.from(JSON.stringify({ page })).toString('base64'),
    },
  })),
});

function aLine({ canary, fifo = false, fails = true }: { canary: boolean; fifo?: boolean; fails?: boolean }) {
  const done: string[] = [];
  const handler = consumer(contract, {
    source: kinesis,
    work({ page }) {
      if (page.startsWith('x') && fails) throw new Unavailable('503');
      done.push(page);
    },
  });
  // An id is at most 512 characters; the ledger has no part in this.
  const named = {
    contract: { ...contract, id: ({ page }: { page: string }) => page.slice(0, 9) },
    definition: handler.definition,
  };
  return { done, line: new Line(named, { canary: () => canary, fifo }) };
}

test('a record too large for the main queue is worked on like any other', async () => {
  const { done, line } = aLine({ canary: true, fails: false });
  expect(await line.deliverFrom(event(LARGE))).toEqual({ batchItemFailures: [] });
  expect(done).toEqual([LARGE]);
});

test('one that fails while others work is in repair, whole, and its shard goes on', async () => {
  const { done, line } = aLine({ canary: true });
  expect(await line.deliverFrom(event(LARGE, 'small'))).toEqual({ batchItemFailures: [] });
  expect(done).toEqual(['small']);
  expect(line.repair.map(({ note }) => note)).toMatchObject([
    { reason: 'too-large', piece: '1 of 2', detail: expect.stringContaining('(unavailable): 503') },
    { reason: 'too-large', piece: '2 of 2' },
  ]);
  const whole = Buffer.from(line.repair.map(({ body }) => body).join(''), 'base64').toString();
  expect(JSON.parse(whole)).toEqual({ page: LARGE });
  expect((await line.find('xxxxxxxxx'))?.status).toBe('repair');
});

test('in an outage it waits in its shard, and the others in the queue', async () => {
  const { line } = aLine({ canary: false });
  expect(await line.deliverFrom(event('x-small', LARGE))).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
  expect(line.waiting.map(({ body }) => body)).toEqual(['{"page":"x-small"}']);
  expect(line.repair).toEqual([]);
});

test('where all records go through a FIFO queue it is in repair at once', async () => {
  const { line, done } = aLine({ canary: false, fifo: true, fails: false });
  expect(await line.deliverFrom(event('small', LARGE))).toEqual({ batchItemFailures: [] });
  expect(line.repair.map(({ note }) => note?.reason)).toEqual(['too-large', 'too-large']);
  await line.settle();
  expect(done).toEqual(['small']);
});
