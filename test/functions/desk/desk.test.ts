import { planRelease } from '../../../functions/desk/core/releases';
import { goOn, reconcile, SINGLE } from '../../../functions/desk/core/run-release';
import { StaleError } from '../../../functions/desk/core/store';
import { ADA, BOB, EVE, InMemory } from './in-memory';
import { NOW, SETTINGS } from './letters';

const good = (id: string) => `{"invoice":"${id}","amount":1.10}`;

test('a letter is mended, sent with its business id, and done when its consumer says so', async () => {
  const world = new InMemory();
  const [id = ''] = await world.arrive(['a']);
  const { letter, faults } = await world.desk.edit(ADA, id, { version: 1, body: good('a') });
  expect(faults).toEqual([]);
  await world.desk.send(ADA, id, letter.version);
  expect(world.sent).toMatchObject([{ body: good('a'), name: 'name-0', attributes: { till: { value: '4' } } }]);
  const wait = { enough: () => false, wait: async () => {} };
  await reconcile(world.ports, wait);
  expect(await world.store.find(id)).toMatchObject({ status: 'sent' });
  world.ledger.set('a', { status: 'done' });
  await reconcile(world.ports, wait);
  expect(await world.store.find(id)).toMatchObject({ status: 'done' });
  const { audit } = await world.desk.show(EVE, id);
  expect(audit.map(({ by, what }) => `${by} ${what}`)).toEqual([
    'desk kept',
    'ada edited',
    'ada sending',
    'ada sent',
    'desk done',
  ]);
});

describe('two operators at once', () => {
  test('one sends a letter, and the other is told who and when', async () => {
    const world = new InMemory();
    const [id = ''] = await world.arrive(['a', { body: good('a') }]);
    const both = await Promise.allSettled([world.desk.send(ADA, id, 1), world.desk.send(BOB, id, 1)]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(world.sent).toHaveLength(1);
    await expect(world.desk.send(BOB, id, 1)).rejects.toThrow(StaleError);
    await expect(world.desk.send(BOB, id, 1)).rejects.toThrow(
      `ada has changed letter ${id} at ${NOW.toISOString()} (sent)`,
    );
  });
});

test('killed between sending and writing it down, it is sent again under the same name', async () => {
  const world = new InMemory();
  const [id = ''] = await world.arrive(['a', { body: good('a') }]);
  world.onCall = (what) => {
    if (what === 'sent') throw new Error('killed');
  };
  await expect(world.desk.send(ADA, id, 1)).rejects.toThrow('killed');
  world.onCall = () => {};
  await goOn(SINGLE, () => SETTINGS, world.ports);
  expect(world.sent).toHaveLength(1);
  world.now += 61_000;
  await goOn(SINGLE, () => SETTINGS, world.ports);
  expect(world.sent.map(({ name }) => name)).toEqual(['name-0', 'name-0']);
  expect(await world.store.find(id)).toMatchObject({ status: 'sent', changed: { by: 'ada' } });
});

test('what comes back of a sending makes it failed, and is a letter of its own', async () => {
  const world = new InMemory();
  const [id = ''] = await world.arrive(['a', { body: good('a') }]);
  const { sending } = await world.desk.send(ADA, id, 1);
  const [back = ''] = await world.arrive(['b', { note: { messageId: sending?.messageId ?? '', id: 'a' } }]);
  expect(await world.store.find(id)).toMatchObject({ status: 'failed', cameBackAs: back });
  const { sameId } = await world.desk.show(EVE, back);
  expect(sameId.map((letter) => letter.id).sort()).toEqual([id, back].sort());
});

test('what would come back is not sent', async () => {
  const world = new InMemory();
  const [id = ''] = await world.arrive(['a']);
  await expect(world.desk.send(ADA, id, 1)).rejects.toThrow(/would come back, so it stays: amount/);
  expect(world.sent).toEqual([]);
});

test('another business id is another message, unless it is meant', async () => {
  const world = new InMemory();
  const [id = ''] = await world.arrive(['a']);
  await expect(world.desk.edit(ADA, id, { version: 1, body: good('b') })).rejects.toThrow(
    /the message is a, and would be b/,
  );
  const { letter } = await world.desk.edit(ADA, id, { version: 1, body: good('b'), newId: true });
  expect(letter).toMatchObject({ businessId: 'b', revision: 2 });
});

test('what a viewer may not do is refused, and written down', async () => {
  const world = new InMemory();
  const [id = ''] = await world.arrive(['a', { body: good('a') }]);
  await expect(world.desk.send(EVE, id, 1)).rejects.toThrow('eve is viewer; to send takes operator');
  expect(world.store.audit.at(-1)).toMatchObject({ by: 'eve', what: 'send', of: id, refused: expect.any(String) });
  expect(world.sent).toEqual([]);
});

test('a discarded letter has a reason, and can be reopened', async () => {
  const world = new InMemory();
  const [id = ''] = await world.arrive(['a']);
  await expect(world.desk.discard(ADA, id, 1, ' ')).rejects.toThrow('with a reason');
  const { version } = await world.desk.discard(ADA, id, 1, 'a test order');
  expect(await world.desk.reopen(BOB, id, version)).toMatchObject({ status: 'open' });
});

describe('what is sensitive', () => {
  const secret = async () => {
    const world = new InMemory();
    const [id = ''] = await world.arrive([
      'a',
      {
        body: '{"invoice":"a","card":{"number":4111},"items":[{"note":"x1"},{"note":"y2"}]}',
        note: { path: 'card.number', detail: 'card.number is 4111: wrong' },
      },
    ]);
    await world.store.settle({ ...SETTINGS, sensitive: ['card', 'items.*.note'] });
    return { ...world, desk: world.desk, store: world.store, id };
  };

  test('is hidden in the body, the detail and the search', async () => {
    const { desk, id } = await secret();
    const shown = JSON.stringify(await desk.show(EVE, id));
    for (const value of ['4111', 'x1', 'y2']) expect(shown).not.toContain(value);
    const { letter } = await desk.show(EVE, id);
    const look = (text: string) => desk.list(EVE, { group: letter.group, text });
    expect((await look('4111')).items).toEqual([]);
    expect((await look('invoice')).items).toHaveLength(1);
    expect(JSON.stringify(await desk.list(EVE, { group: letter.group }))).not.toContain('4111');
  });

  test('is shown to who has the right to it, which is written down', async () => {
    const { desk, store, id } = await secret();
    await expect(desk.show(EVE, id, { reveal: true })).rejects.toThrow('to reveal takes operator');
    expect((await desk.show(ADA, id, { reveal: true })).content.body).toContain('4111');
    expect(store.audit.at(-1)).toMatchObject({ by: 'ada', what: 'revealed', of: id });
  });

  test('is hidden in the preview of a release, faults included', async () => {
    const { desk, store, id } = await secret();
    const schema = { properties: { card: { properties: { number: { const: 1 } } } } };
    await store.settle({ ...SETTINGS, sensitive: ['card'], schema });
    const { group } = (await store.find(id)) ?? { group: '' };
    const plan = await planRelease(desk, EVE, { group });
    expect(plan).toMatchObject({ letters: 1, fit: 0 });
    expect(JSON.stringify(plan)).not.toContain('4111');
    const unreadable = await planRelease(desk, EVE, {
      group,
      patch: '[{"op":"test","path":"/card/number","value":1}]',
    });
    expect(unreadable.preview[0]?.faults).toEqual([{ path: '', message: '•••' }]);
  });

  test('is hidden in attributes as well', async () => {
    const { desk, store, id } = await secret();
    await store.settle({ ...SETTINGS, sensitiveAttributes: ['till'] });
    expect((await desk.show(EVE, id)).content.attributes).toMatchObject({ till: { type: 'Number', value: '•••' } });
    expect((await desk.show(ADA, id, { reveal: true })).content.attributes).toMatchObject({ till: { value: '4' } });
    expect(store.audit.at(-1)).toMatchObject({ by: 'ada', what: 'revealed', of: id });
  });

  test('is not lost by an edit of what was hidden', async () => {
    const { desk, id } = await secret();
    const { content } = await desk.show(ADA, id);
    await expect(desk.edit(ADA, id, { version: 1, body: content.body })).rejects.toThrow(/reveal it before you edit/);
  });
});

test('a group whose dependency is down says leave until the canary is green', async () => {
  const world = new InMemory();
  await world.arrive(['a']);
  world.canary = 'red';
  expect(await world.desk.groups(EVE)).toMatchObject([
    { verdict: 'leave', because: [expect.stringContaining('red'), expect.any(String)] },
  ]);
  world.canary = 'green';
  expect(await world.desk.groups(EVE)).toMatchObject([
    { verdict: 'fix', because: [expect.any(String), 'The message itself is wrong, at amount.'] },
  ]);
});

describe('what is said of a group', () => {
  test('stands in its history with what was done to it, and is no content of anybody else', async () => {
    const world = new InMemory();
    const [id = ''] = await world.arrive(['a']);
    const { group } = (await world.store.find(id)) ?? { group: '' };
    await world.desk.describe(ADA, group, { owner: 'bob' });
    await world.desk.comment(ADA, group, 'the supplier mends it today');
    await world.desk.comment(BOB, id, 'this one is a test');
    expect((await world.desk.history(EVE, group)).map(({ by, what, note }) => [by, what, note])).toEqual([
      ['ada', 'described', 'owner bob'],
      ['ada', 'commented', 'the supplier mends it today'],
    ]);
    expect((await world.desk.show(EVE, id)).audit.at(-1)).toMatchObject({ by: 'bob', note: 'this one is a test' });
    await expect(world.desk.comment(ADA, 'elsewhere', 'x')).rejects.toThrow('there is no letter or group elsewhere');
    await expect(world.desk.comment(EVE, group, 'x')).rejects.toThrow('to comment takes operator');
  });
});

test('a trend has every hour and day, those without letters too', async () => {
  const world = new InMemory();
  const [id = ''] = await world.arrive(['a'], ['b']);
  world.now += 2 * 3_600_000;
  await world.arrive(['c']);
  const { group } = (await world.store.find(id)) ?? { group: '' };
  const { hours, days } = await world.desk.trend(EVE, group);
  expect(hours).toHaveLength(24);
  expect(hours.slice(-3)).toEqual([
    { from: '2030-01-31T12:00:00.000Z', letters: 2 },
    { from: '2030-01-31T13:00:00.000Z', letters: 0 },
    { from: '2030-01-31T14:00:00.000Z', letters: 1 },
  ]);
  expect(days).toHaveLength(14);
  expect(days.slice(-2).map(({ letters }) => letters)).toEqual([0, 3]);
});
