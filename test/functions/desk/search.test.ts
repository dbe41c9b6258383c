import { readQuery } from '../../../functions/desk/core/query';
import { searchLetters } from '../../../functions/desk/core/search';
import { timelineOf } from '../../../functions/desk/core/timeline';
import { ADA, EVE, InMemory } from './in-memory';
import { NOW, SETTINGS } from './letters';

async function world() {
  const made = new InMemory();
  await made.arrive(['a', { body: '{"invoice":"a","amount":1.10,"items":[{"size":"huge"}]}' }]);
  made.now += 3_600_000;
  await made.arrive(
    ['b', { note: { reason: 'conflict', path: 'invoice' } }],
    ['c', { body: '{"invoice":"c","note":"two words"}' }],
  );
  const search = async (where: string) => {
    const found: (string | undefined)[] = [];
    let after: string | undefined;
    do {
      const page = await searchLetters(made.desk, EVE, { where, after });
      found.push(...page.items.map(({ businessId }) => businessId));
      after = page.next;
    } while (after);
    return found.sort();
  };
  return { made, search };
}

test.each<[string, string[]]>([
  ['', ['a', 'b', 'c']],
  ['queue:invoices-repair', ['a', 'b', 'c']],
  ['queue:invoices', []],
  ['reason:conflict', ['b']],
  ['since:2030-01-31T12:30Z', ['b', 'c']],
  ['since:30m', ['b', 'c']],
  ['until:2030-01-31T12:30Z', ['a']],
  ['id:b reason:conflict', ['b']],
  ['id:b reason:malformed', []],
  ['text:"two words"', ['c']],
  ['body.items.*.size=huge', ['a']],
  ['body.amount=1.10', ['a']],
  ['body.amount=1.1', []],
  ['status:done', []],
])('the query %p finds %j', async (where, ids) => {
  const { search } = await world();
  expect(await search(where)).toEqual(ids);
});

test.each([
  ['size:huge', '"size:huge" is no term of a query; it takes queue:'],
  ['reason:odd', 'reason: is "odd"; it takes malformed'],
  ['since:soon', 'since: is "soon"; it takes a time such as'],
  ['queue:a queue:b', 'queue: stands there twice'],
  ['text:"open', '"text:"open" is no term'],
])('the query %s is refused, and it says what is allowed', (where, message) => {
  expect(() => readQuery(where, NOW)).toThrow(message);
});

test('what somebody may not see is not found either', async () => {
  const { made, search } = await world();
  await made.store.settle({ ...SETTINGS, sensitive: ['items'] });
  expect(await search('body.items.*.size=huge')).toEqual([]);
  expect(await search('text:huge')).toEqual([]);
  expect(await search('body.amount=1.10')).toEqual(['a']);
});

test('a long group is searched a page at a time, and to its end', async () => {
  const { made, search } = await world();
  for (let number = 0; number < 250; number += 1) {
    made.now += 1;
    await made.arrive([`n${String(number).padStart(3, '0')}`]);
  }
  expect(await search('text:n249')).toEqual(['n249']);
  expect(await search('')).toHaveLength(253);
  expect((await searchLetters(made.desk, EVE, { where: 'text:n249' })).next).toBeDefined();
});

test('a business id has one timeline of what the consumer and the desk did with it', async () => {
  const made = new InMemory();
  const [id = ''] = await made.arrive(['a', { body: '{"invoice":"a","amount":1}' }]);
  made.now += 1000;
  await made.desk.send(ADA, id, 1);
  made.ledger.set('a', {
    ...{ status: 'done', firstSeen: '2030-01-31T09:00:00.000Z', repairAt: '2030-01-31T11:00:00.000Z' },
    ...{ updatedAt: '2030-01-31T12:00:02.000Z', deliveries: 7, rounds: 2 },
  });
  const timeline = await timelineOf(made.desk, EVE, 'a');
  expect(timeline.map(({ what, by }) => (by ? `${what} by ${by}` : what))).toEqual([
    ...['first sent to the consumer', 'sent to the queue', 'put into repair by the consumer', 'kept by desk'],
    ...['sending by ada', 'sent by ada', "the consumer's ledger: done"],
  ]);
  expect(timeline.at(-1)?.note).toBe('7 deliveries begun; released 2 times from parked');
});
