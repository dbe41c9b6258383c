import { Journal } from '../../local/web/journal';
import { KEPT_SNAPSHOTS } from '../../web/wire';
import { snapshot } from './snapshots';

const times = (journal: Journal, cursor?: string) => journal.since(cursor).snapshots.map(({ at }) => at);

test('who asks first gets everything, and then only what is new', () => {
  const journal = new Journal(7, () => 9);
  journal.add(snapshot(1, {}));
  journal.add(snapshot(2, {}));
  const first = journal.since();
  expect(first).toMatchObject({ run: 7, now: 9, anew: true, snapshots: [{ at: 1 }, { at: 2 }] });
  expect(journal.since(first.cursor)).toMatchObject({ anew: false, snapshots: [] });
  journal.add(snapshot(3, {}));
  expect(times(journal, first.cursor)).toEqual([3]);
});

test.each(['8.1', 'nonsense', '7.99', '7.-1', '7', ''])('a cursor %j that is of no use gets everything', (cursor) => {
  const journal = new Journal(7);
  journal.add(snapshot(1, {}));
  expect(journal.since(cursor)).toMatchObject({ anew: true, snapshots: [{ at: 1 }] });
});

test('who was away for longer than is kept gets what is kept', () => {
  const journal = new Journal(7);
  const { cursor } = journal.since();
  for (let at = 1; at <= KEPT_SNAPSHOTS + 5; at += 1) journal.add(snapshot(at, {}));
  expect(times(journal, cursor)).toHaveLength(KEPT_SNAPSHOTS);
  expect(times(journal, cursor)[0]).toBe(6);
});
