import { decideRelease, NO_COUNTS, type Release, wavesFor } from '../../../functions/desk/core/release';
import { beginRelease, planRelease, steer, watchRelease } from '../../../functions/desk/core/releases';
import { reconcile } from '../../../functions/desk/core/run-release';
import { randomFrom } from '../runtime/histories';
import { ADA, InMemory } from './in-memory';

const PATCH = '[{"op":"replace","path":"/amount","value":1}]';
const names = (count: number): [string][] => Array.from({ length: count }, (_, index) => [`i${index}`]);

/** A consumer that does what was sent, but for those that `fails` names: they come back. */
async function consume(world: InMemory, from: number, fails: (id: string) => boolean): Promise<number> {
  for (const { body, name, messageId } of world.sent.slice(from)) {
    const { invoice: id } = JSON.parse(body) as { invoice: string };
    if (!fails(id)) world.ledger.set(id, { status: 'done' });
    else {
      world.ledger.set(id, { status: 'repair', sentAgain: name, detail: 'refused' });
      await world.arrive([
        `back-${id}`,
        { body, note: { id, messageId, reason: 'refused', detail: 'refused', path: '' } },
      ]);
    }
  }
  return world.sent.length;
}

async function drive(world: InMemory, fails: (id: string) => boolean = () => false): Promise<void> {
  let consumed = 0;
  await reconcile(world.ports, {
    enough: () => false,
    wait: async () => {
      consumed = await consume(world, consumed, fails);
    },
  });
}

async function aGroup(count: number) {
  const world = new InMemory();
  await world.arrive(...names(count));
  const [group] = await world.store.groups();
  return { world, group: group?.id ?? '' };
}

test('a dry run shows each before and after, and changes nothing', async () => {
  const { world, group } = await aGroup(8);
  const plan = await planRelease(world.desk, ADA, { group, patch: PATCH });
  expect(plan).toMatchObject({ letters: 8, fit: 8, waves: 3, more: false, seconds: 7 });
  expect(plan.dollars).toBeCloseTo(0.00035, 5);
  expect(plan.preview[0]).toMatchObject({
    before: '{"invoice":"i0","amount":-1}',
    after: '{"invoice":"i0","amount":1}',
  });
  expect(await planRelease(world.desk, ADA, { group })).toMatchObject({ letters: 8, fit: 0 });
  expect([...world.store.letters.values()].every(({ version }) => version === 1)).toBe(true);
});

test('a group is mended and sent in waves of 1, 2, 5, 20 …, each after the one before it is done', async () => {
  const { world, group } = await aGroup(30);
  const { id } = await beginRelease(world.desk, ADA, { group, patch: PATCH });
  const sizes: number[] = [];
  let consumed = 0;
  await reconcile(world.ports, {
    enough: () => false,
    wait: async () => {
      sizes.push(world.sent.length - consumed);
      consumed = await consume(world, consumed, () => false);
    },
  });
  expect(sizes.filter((size) => size > 0)).toEqual([1, 2, 5, 20, 2]);
  expect(await watchRelease(world.desk, ADA, id)).toMatchObject({ state: 'finished', counts: { done: 30 } });
});

test('one that comes back stops it by itself, after the canary alone', async () => {
  const { world, group } = await aGroup(30);
  const { id } = await beginRelease(world.desk, ADA, { group, patch: PATCH });
  await drive(world, () => true);
  expect(await watchRelease(world.desk, ADA, id)).toMatchObject({ state: 'stopped', counts: { failed: 1 } });
  expect(world.sent).toHaveLength(1);
});

test('nothing is sent while the canary is red', async () => {
  const { world, group } = await aGroup(3);
  world.canary = 'red';
  await beginRelease(world.desk, ADA, { group, patch: PATCH });
  let looks = 0;
  await reconcile(world.ports, {
    enough: () => looks > 3,
    wait: async () => {
      looks += 1;
    },
  });
  expect(world.sent).toEqual([]);
  world.canary = 'green';
  await drive(world);
  expect(world.sent).toHaveLength(3);
});

describe('in a FIFO queue', () => {
  const inGroups = async (...letters: [id: string, body?: string][]) => {
    const world = new InMemory();
    for (const [id, body] of letters) {
      world.now += 1000;
      await world.arrive([id, { group: id.slice(0, 1), ...(body && { body }) }]);
    }
    world.now += 1000;
    const [group] = await world.store.groups();
    const { id } = await beginRelease(world.desk, ADA, { group: group?.id ?? '', patch: PATCH });
    const waves: string[][] = [];
    let consumed = 0;
    await reconcile(world.ports, {
      enough: () => false,
      wait: async () => {
        const sent = world.sent
          .slice(consumed)
          .map(({ body: each }) => (JSON.parse(each) as { invoice: string }).invoice);
        if (sent.length > 0) waves.push(sent);
        consumed = await consume(world, consumed, () => false);
      },
    });
    return { waves, release: await watchRelease(world.desk, ADA, id), world };
  };

  test('a letter goes only after the one before it in its group is done', async () => {
    const { waves, release } = await inGroups(['a1'], ['a2'], ['b1'], ['a3'], ['a4']);
    expect(waves).toEqual([['a1'], ['a2', 'b1'], ['a3'], ['a4']]);
    expect(release).toMatchObject({ state: 'finished', counts: { done: 5 } });
  });

  test('one that does not fit keeps those after it in its group, and no other', async () => {
    const { waves, release, world } = await inGroups(['a1', '{"invoice":"a1"}'], ['b1'], ['a2'], ['b2']);
    expect(waves.flat()).toEqual(['b1', 'b2']);
    expect(release).toMatchObject({ state: 'finished', skipped: 2, blocked: ['a'] });
    expect((await world.store.groups())[0]?.counts).toEqual({ open: 2, done: 2 });
  });
});

test('paused, it sends nothing; resumed, it goes on; cancelled, it is over', async () => {
  const { world, group } = await aGroup(10);
  const { id } = await beginRelease(world.desk, ADA, { group, patch: PATCH });
  await steer(world.desk, ADA, id, 'pause');
  await drive(world);
  expect(world.sent).toEqual([]);
  await steer(world.desk, ADA, id, 'resume');
  await drive(world);
  expect(world.sent).toHaveLength(10);
  await expect(steer(world.desk, ADA, id, 'cancel')).rejects.toThrow(/is finished; to cancel takes/);
});

test('a letter that does not fit is skipped and stays open, and the others go on', async () => {
  const world = new InMemory();
  await world.arrive(['a', { body: '{"invoice":"a"}' }], ['b', { body: 'not JSON' }], ['c']);
  const [group] = await world.store.groups();
  const { id } = await beginRelease(world.desk, ADA, { group: group?.id ?? '', patch: PATCH });
  await drive(world);
  expect(await watchRelease(world.desk, ADA, id)).toMatchObject({ state: 'finished', skipped: 2, counts: { done: 1 } });
  expect((await world.store.groups())[0]?.counts).toEqual({ open: 2, done: 1 });
});

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'killed again and again in mid-wave, every letter has one effect and the counts match (seed %i)',
  async (seed) => {
    const random = randomFrom(seed + 1);
    const { world, group } = await aGroup(40);
    const { id } = await beginRelease(world.desk, ADA, { group, patch: PATCH });
    let kills = 0;
    let consumed = 0;
    world.onCall = () => {
      if (kills >= 20 || random() > 0.15) return;
      kills += 1;
      throw new Error('killed');
    };
    for (let run = 0; run < 500; run += 1) {
      world.now += 61_000;
      const died = await reconcile(world.ports, {
        enough: () => false,
        wait: async () => {
          consumed = await consume(world, consumed, () => false);
        },
      }).then(
        () => false,
        (error: Error) => error.message === 'killed',
      );
      if (!died) break;
    }
    expect(kills).toBe(20);
    expect(await watchRelease(world.desk, ADA, id)).toMatchObject({
      state: 'finished',
      skipped: 0,
      counts: { ...NO_COUNTS, done: 40 },
    });
    const byId = new Map<string, Set<string>>();
    for (const { body, name } of world.sent) {
      const { invoice } = JSON.parse(body) as { invoice: string };
      byId.set(invoice, (byId.get(invoice) ?? new Set()).add(name));
    }
    expect(byId.size).toBe(40);
    expect([...byId.values()].every((each) => each.size === 1)).toBe(true);
  },
);

test('a wave is never larger than it may be, whatever died in it', () => {
  const release = { state: 'running', wave: 2, upTo: 3, largestWave: 100, skipped: 0 } as Release;
  const decide = (counts: object) =>
    decideRelease(release, { canary: 'green', left: true, counts: { ...NO_COUNTS, ...counts } });
  expect(decide({ done: 1, sending: 1 })).toEqual({ kind: 'send', letters: 1 });
  expect(decide({ done: 1, sent: 2 })).toMatchObject({ kind: 'wait' });
  expect(decide({ done: 3 })).toEqual({ kind: 'begin-wave', letters: 5 });
  expect(wavesFor(8, 100)).toBe(3);
});
