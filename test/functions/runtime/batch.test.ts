import fc from 'fast-check';
import { type BatchRecord, processBatch } from '../../../functions/runtime/batch';

const record = (messageId: string, MessageGroupId?: string, queue = 'orders.fifo'): BatchRecord => ({
  messageId,
  eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${MessageGroupId ? queue : 'orders'}`,
  attributes: { MessageGroupId },
});
const failed = ({ batchItemFailures }: { batchItemFailures: { itemIdentifier: string }[] }) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort();

test('exactly the messages that failed or threw come back, their neighbours do not', async () => {
  const fate = fc.constantFrom('finished', 'failed', 'threw');
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 10 }), async (fates) => {
      const errors: string[] = [];
      const response = await processBatch(
        fates.map((_, index) => record(`m${index}`)),
        async ({ messageId }) => {
          const happened = fates[Number(messageId.slice(1))];
          if (happened === 'threw') throw new Error(messageId);
          return happened === 'finished';
        },
        ({ messageId }) => errors.push(messageId),
      );
      const expected = fates.flatMap((happened, index) => (happened === 'finished' ? [] : [`m${index}`]));
      expect(failed(response)).toEqual(expected.sort());
      expect(errors).toHaveLength(fates.filter((happened) => happened === 'threw').length);
    }),
  );
});

test('messages of a standard queue are handled at once: one that hangs does not hold up the others', async () => {
  const finished: string[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const batch = processBatch(
    [record('slow'), record('quick')],
    async ({ messageId }) => {
      if (messageId === 'slow') await gate;
      finished.push(messageId);
      return true;
    },
    () => {},
  );
  await new Promise(setImmediate);
  expect(finished).toEqual(['quick']);
  release();
  await batch;
});

test('in a FIFO group nothing overtakes what failed, and other groups go on', async () => {
  const handled: string[] = [];
  const skipped: string[] = [];
  const response = await processBatch(
    [record('a1', 'a'), record('b1', 'b'), record('a2', 'a'), record('b2', 'b'), record('a3', 'a'), record('a4', 'a')],
    async ({ messageId }) => {
      handled.push(messageId);
      return messageId !== 'a2';
    },
    () => {},
    async ({ messageId }) => {
      skipped.push(messageId);
    },
  );
  expect(handled.sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(skipped).toEqual(['a3', 'a4']);
  expect(failed(response)).toEqual(['a2', 'a3', 'a4']);
});

test('what can’t be passed over is told, and comes back as well', async () => {
  const errors: string[] = [];
  const response = await processBatch(
    [record('a1', 'a'), record('a2', 'a')],
    async () => false,
    ({ messageId }) => errors.push(messageId),
    async () => {
      throw new Error('the books are closed');
    },
  );
  expect(errors).toEqual(['a2']);
  expect(failed(response)).toEqual(['a1', 'a2']);
});

test('a message group of a standard queue shares it fairly and orders nothing', async () => {
  const response = await processBatch(
    ['a1', 'a2', 'a3'].map((id) => record(id, 'a', 'orders')),
    async ({ messageId }) => messageId !== 'a1',
    () => {},
  );
  expect(failed(response)).toEqual(['a1']);
});
