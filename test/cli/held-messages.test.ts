import { HeldMessages } from '../../cli/night/held-messages';
import { MemorySqs } from './memory-sqs';

const QUEUE = 'https://queue';

const filled = (count: number, millisecondsOfReceive?: number) => {
  const sqs = new MemorySqs(millisecondsOfReceive);
  for (let index = 0; index < count; index += 1) sqs.put({ QueueUrl: QUEUE, MessageBody: String(index) });
  return { sqs, held: new HeldMessages(sqs, QUEUE, () => sqs.now) };
};

async function receiveAll(held: HeldMessages): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  for (let messages = await held.receive(); messages.length > 0; messages = await held.receive()) {
    seen.push(...messages.map(({ Body }) => Body));
  }
  return seen;
}

test('two thousand messages are seen once each, however long it takes, and all of them are put back', async () => {
  // 200 receives of 2 s each: far beyond the time that a message is hidden for.
  const { sqs, held } = filled(2000, 2000);
  const seen = await receiveAll(held);
  expect(seen).toHaveLength(2000);
  expect(new Set(seen).size).toBe(2000);
  expect(sqs.messages(QUEUE).every(({ receives }) => receives === 1)).toBe(true);
  await held.putBack();
  expect(sqs.visible(QUEUE)).toBe(2000);
});

test('what is deleted is gone, the rest comes back', async () => {
  const { sqs, held } = filled(25);
  const [first] = await held.receive();
  await receiveAll(held);
  await held.delete(first!);
  expect(held.count).toBe(24);
  await held.putBack();
  expect(sqs.visible(QUEUE)).toBe(24);
  expect(held.count).toBe(0);
});

test('what can’t be put back is said and hides no outcome', async () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const { sqs, held } = filled(25);
  await receiveAll(held);
  sqs.failing.add('ChangeMessageVisibilityBatchCommand');
  await held.putBack();
  expect(said.mock.calls).toEqual([['25 could not be put back; they are visible again in 120 s']]);
  said.mockRestore();
});

test('what another look hides is known, and what is held here isn’t counted to it', async () => {
  const { sqs, held } = filled(25);
  await receiveAll(held);
  expect(await held.hiddenElsewhere()).toBe(0);
  const other = new HeldMessages(sqs, QUEUE, () => sqs.now);
  expect(await receiveAll(other)).toEqual([]);
  expect(await other.hiddenElsewhere()).toBe(25);
  await held.putBack();
  expect(await other.hiddenElsewhere()).toBe(0);
});
