import type { Letter } from '../../../functions/desk/core/letter';
import type { TierLook } from '../../../functions/desk/core/loss-clock';
import type { Release } from '../../../functions/desk/core/release';
import { type DeskStore, StaleError } from '../../../functions/desk/core/store';
import { aLetter, NOW, QUEUE } from './letters';

/** What every store has to do; run against the one in memory, that the other tests use, and against DynamoDB. */
export function storeContract(store: () => DeskStore): void {
  let number = 0;
  /** Ids, and a cause, that no other test has. */
  const fresh = (count: number) => {
    number += 1;
    return Array.from({ length: count }, (_, index) =>
      aLetter(`${number}-${index}`, { note: { path: `field${'x'.repeat(number)}` } }, new Date(NOW.getTime() + index)),
    );
  };
  const kept = async (count: number) => {
    const letters = fresh(count);
    for (const letter of letters) await store().keep(letter);
    return Promise.all(letters.map(async ({ id }) => (await store().find(id)) as Letter));
  };
  const at = NOW.toISOString();
  const edit = { status: 'open', by: 'ada', at, what: 'edited' } as const;

  test('a letter is kept once, however often it comes', async () => {
    const [letter] = fresh(1);
    if (!letter) throw new Error('none');
    const { content, ...rest } = letter;
    expect([await store().keep(letter), await store().keep(letter)]).toEqual([true, false]);
    expect(await store().find(letter.id)).toEqual(JSON.parse(JSON.stringify(rest)));
    expect(await store().content(letter)).toEqual(content);
    const [group] = (await store().groups()).filter(({ id }) => id === letter.group);
    expect(group).toMatchObject({ counts: { open: 1 }, firstSeen: letter.keptAt, cause: { queue: QUEUE } });
  });

  test('a letter is counted in the hour in which it was kept, once', async () => {
    const [letter] = fresh(1);
    if (!letter) throw new Error('none');
    for (let time = 0; time < 2; time += 1) await store().keep(letter);
    const { group, keptAt } = letter;
    expect(await store().arrivals(group, ['2030-01-30', keptAt.slice(0, 10)])).toEqual(
      new Map([[keptAt.slice(0, 13), 1]]),
    );
    expect(await store().arrivals(group, ['2030-01-30'])).toEqual(new Map());
  });

  test('a body of the largest size is kept to the byte', async () => {
    const random = Array.from({ length: 1_048_576 }, (_, index) =>
      String.fromCharCode(33 + ((index * 7919 + (index >> 3) * 104_729) % 90)),
    ).join('');
    number += 1;
    const letter = aLetter(`${number}-large`, { body: random });
    await store().keep(letter);
    expect((await store().content(letter)).body === random).toBe(true);
  });

  test('who changes what somebody else has changed is told who, and changes nothing', async () => {
    const [seen] = await kept(1);
    if (!seen) throw new Error('none');
    const content = { body: '{"by":"ada"}', attributes: {} };
    const edited = await store().change(seen, { ...edit, content });
    const late = store().change(seen, { ...edit, by: 'bob', content: { ...content, body: '{"by":"bob"}' } });
    await expect(late).rejects.toThrow(StaleError);
    await expect(late).rejects.toThrow(/ada has changed letter/);
    expect(await store().content(edited)).toEqual(content);
    expect((await store().content(edited, 1)).body).toContain('invoice');
    expect((await store().auditOf(seen.id)).map(({ by, what }) => `${by} ${what}`)).toEqual([
      'desk kept',
      'ada edited',
    ]);
  });

  test('of twenty who change a letter at once one does', async () => {
    const [seen] = await kept(1);
    if (!seen) throw new Error('none');
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => store().change(seen, { ...edit, by: `operator ${index}` })),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await store().find(seen.id))?.version).toBe(2);
  });

  test('a group is listed page by page, the first kept first', async () => {
    const letters = await kept(5);
    const group = letters[0]?.group ?? '';
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await store().list(group, 'open', 2, after);
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(seen).toEqual(letters.map(({ id }) => id));
  });

  test('what a release has taken is counted with the letters', async () => {
    const [first, second] = await kept(2);
    if (!first || !second) throw new Error('none');
    const release = `release-${number}`;
    const sending = { name: `name-${number}`, at, until: at, release };
    const leased = await store().change(first, { ...edit, status: 'sending', what: 'sending', sending });
    expect((await store().ofRelease(release, 'sending', 10)).map(({ id }) => id)).toEqual([first.id]);
    const sent = { ...sending, messageId: `sent-${number}` };
    const marked = await store().change(leased, { ...edit, status: 'sent', what: 'sent', sending: sent });
    expect(await store().sentAs(`sent-${number}`)).toBe(first.id);
    await store().change(second, { ...edit, status: 'sending', what: 'sending', sending });
    expect(await store().counts(release)).toEqual({ sending: 1, sent: 1, done: 0, failed: 0, unknown: 0 });
    await store().change(marked, { ...edit, status: 'done', what: 'done' });
    expect(await store().counts(release)).toEqual({ sending: 1, sent: 0, done: 1, failed: 0, unknown: 0 });
    expect(await store().ofRelease(release, 'sent', 10)).toEqual([]);
    const [group] = (await store().groups()).filter(({ id }) => id === first.group);
    expect(group?.counts).toEqual({ sending: 1, done: 1 });
  });

  test('letters of one business id are found, the first first', async () => {
    const [letter] = fresh(1);
    if (!letter) throw new Error('none');
    const again = { ...letter, id: `${letter.id.slice(0, -1)}f`, keptAt: new Date(NOW.getTime() + 5000).toISOString() };
    await store().keep(again);
    await store().keep(letter);
    expect((await store().ofBusinessId(letter.businessId ?? '')).map(({ id }) => id)).toEqual([letter.id, again.id]);
  });

  test('words about a group, settings of a queue and releases are read back', async () => {
    const [letter] = await kept(1);
    const group = letter?.group ?? '';
    await store().describe(group, { owner: 'ada' });
    await store().describe(group, { note: 'a supplier sends −1' });
    const [found] = (await store().groups()).filter(({ id }) => id === group);
    expect(found).toMatchObject({ owner: 'ada', note: 'a supplier sends −1' });
    await store().settle({ queue: QUEUE, idPath: 'id' });
    await store().settle({ queue: QUEUE, idPath: 'invoice' });
    expect(await store().settings()).toEqual([{ queue: QUEUE, idPath: 'invoice' }]);
    const look: TierLook = {
      ...{ of: QUEUE, queue: QUEUE, tier: 'dead-letters', at, messages: 2, retentionSeconds: 60 },
    };
    await store().noteLook(look);
    await store().noteLook({ ...look, messages: 3 });
    expect(await store().looks()).toEqual([{ ...look, messages: 3 }]);
    const release: Release = {
      ...{ id: `r-${number}`, group, by: 'ada', createdAt: at, state: 'running', because: 'begun' },
      ...{ wave: 0, upTo: 0, largestWave: 100, skipped: 0, version: 1 },
    };
    const paused: Release = { ...release, state: 'paused', version: 2 };
    expect(await store().write(release)).toBe(true);
    expect([await store().write(paused), await store().write({ ...paused, by: 'bob' })]).toEqual([true, false]);
    expect(await store().release(release.id)).toEqual(paused);
    expect(await store().releases()).toContainEqual(paused);
  });

  test('the audit of a day has everything of it, refusals too', async () => {
    await store().record({
      at: '2031-05-05T01:00:00.000Z',
      by: 'eve',
      what: 'send',
      of: 'x',
      refused: 'eve is viewer',
    });
    await store().record({ at: '2031-05-05T02:00:00.000Z', by: 'ada', what: 'attached', of: QUEUE });
    const { items } = await store().auditOn('2031-05-05');
    expect(items.map(({ by, refused }) => [by, refused])).toEqual([
      ['eve', 'eve is viewer'],
      ['ada', undefined],
    ]);
  });
}
