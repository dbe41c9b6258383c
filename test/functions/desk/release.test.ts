import { decideRelease, NO_COUNTS, type Release, wavesFor } from '../../../functions/desk/core/release';
import { beginRelease, planRelease, steer, watchRelease } from '../../../functions/desk/core/releases';
import { reconcile } from '../../../functions/desk/core/run-release';
import { NotSentError } from '../../../functions/desk/core/sending';
import { randomFrom } from '../runtime/histories';
import { ADA, BOB, InMemory } from './in-memory';
import { NOW, SETTINGS } from './letters';

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

/** The worker is started again, a minute later, until it ends by itself. @param done what the consumer has had @param wait milliseconds between two steps */
async function untilItLives(world: InMemory, done = { letters: 0 }, wait = 0): Promise<void> {
  for (let run = 0; run < 500; run += 1) {
    world.now += 61_000;
    const died = await reconcile(world.ports, {
      enough: () => false,
      wait: async () => {
        done.letters = await consume(world, done.letters, () => false);
        world.now += wait;
      },
    }).then(
      () => false,
      (error: Error) => error.message === 'killed',
    );
    if (!died) return;
  }
}

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'killed again and again in mid-wave, every letter has one effect and the counts match (seed %i)',
  async (seed) => {
    const random = randomFrom(seed + 1);
    const { world, group } = await aGroup(40);
    const { id } = await beginRelease(world.desk, ADA, { group, patch: PATCH });
    let kills = 0;
    world.onCall = () => {
      if (kills >= 20 || random() > 0.15) return;
      kills += 1;
      throw new Error('killed');
    };
    await untilItLives(world);
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

test('a change is made once to a letter that SQS refused, whatever died after it', async () => {
  const { world, group } = await aGroup(1);
  const [letter] = world.store.letters.values();
  const { send } = world.ports;
  world.ports.send = () => Promise.reject(new NotSentError('no such queue'));
  const patch = '[{"op":"replace","path":"/amount","value":1},{"op":"copy","from":"/invoice","path":"/copies/-"}]';
  const body = '{"invoice":"i0","amount":-1,"copies":[]}';
  await world.desk.edit(ADA, letter?.id ?? '', { version: 1, body });
  await beginRelease(world.desk, ADA, { group, patch });
  let refused = false;
  world.onCall = (what) => {
    const [now] = world.store.letters.values();
    refused ||= now?.changed.what === 'not sent';
    if (refused && what === 'before write') throw new Error('killed');
  };
  await expect(drive(world)).rejects.toThrow('killed');
  world.onCall = () => {};
  world.ports.send = send;
  await drive(world);
  expect(world.sent.map((each) => each.body)).toEqual(['{"invoice":"i0","amount":1,"copies":["i0"]}']);
});

test('a wave is never larger than it may be, whatever died in it', () => {
  const release = { state: 'running', wave: 2, upTo: 3, largestWave: 100, skipped: 0 } as Release;
  const decide = (counts: object) =>
    decideRelease(release, { canary: 'green', left: 100, counts: { ...NO_COUNTS, ...counts }, now: NOW });
  expect(decide({ done: 1, sending: 1 })).toEqual({ kind: 'send', letters: 1 });
  expect(decide({ done: 1, sent: 2 })).toMatchObject({ kind: 'wait' });
  expect(decide({ done: 3 })).toEqual({ kind: 'begin-wave', letters: 5 });
  expect(wavesFor(8, 100)).toEqual({ waves: 3, rated: 0 });
});

describe('a rate after the waves', () => {
  const flowing = { state: 'running', wave: 5, upTo: 78, largestWave: 100, rate: 10, skipped: 0 } as Release;
  const decide = (change: Partial<Release>, counts: object, now = NOW) =>
    decideRelease({ ...flowing, ...change }, { canary: 'green', left: 100, counts: { ...NO_COUNTS, ...counts }, now });
  const later = (ms: number) => new Date(NOW.getTime() + ms);

  test('begins when the last wave is done', () => {
    expect(decide({}, { done: 70, sent: 8 })).toMatchObject({ kind: 'wait' });
    expect(decide({}, { done: 78 })).toMatchObject({ kind: 'allow', letters: 10 });
    expect(decide({ rate: undefined }, { done: 78 })).toEqual({ kind: 'begin-wave', letters: 100 });
  });

  test('is kept on average, and makes up for no time that was lost', () => {
    const ratedUntil = NOW.toISOString();
    expect(decide({ ratedUntil }, { done: 78 }, later(90))).toMatchObject({ kind: 'wait' });
    expect(decide({ ratedUntil }, { done: 78 }, later(570))).toEqual({
      ...{ kind: 'allow', letters: 5, ratedUntil: later(500).toISOString() },
    });
    expect(decide({ ratedUntil }, { done: 78 }, later(3_600_000))).toMatchObject({ kind: 'allow', letters: 20 });
  });

  test('keeps those under way within the largest wave, and stops when one comes back', () => {
    const ratedUntil = NOW.toISOString();
    expect(decide({ ratedUntil, upTo: 98 }, { sent: 98 }, later(2000))).toMatchObject({ kind: 'allow', letters: 2 });
    expect(decide({ ratedUntil, upTo: 100 }, { sent: 100 }, later(2000))).toMatchObject({ kind: 'wait' });
    expect(decide({ ratedUntil }, { done: 77, failed: 1 }, later(2000))).toMatchObject({ kind: 'stop' });
  });

  test('is gone on with by who comes after a crash, never faster', async () => {
    const { world, group } = await aGroup(200);
    const { id } = await beginRelease(world.desk, ADA, { group, patch: PATCH, rate: 10 });
    const random = randomFrom(7);
    const firstSent = new Map<string, number>();
    const done = { letters: 0 };
    let kills = 0;
    world.onCall = (what) => {
      const { name = '' } = world.sent.at(-1) ?? {};
      if (what === 'sent' && done.letters >= 78 && !firstSent.has(name)) firstSent.set(name, world.now);
      if (done.letters < 78 || kills >= 20 || random() > 0.1) return;
      kills += 1;
      throw new Error('killed');
    };
    await untilItLives(world, done, 1000);
    expect(kills).toBe(20);
    const atOnce = new Map<number, number>();
    for (const at of firstSent.values()) atOnce.set(at, (atOnce.get(at) ?? 0) + 1);
    expect(Math.max(...atOnce.values())).toBeLessThanOrEqual(20);
    expect(firstSent.size).toBeGreaterThan(100);
    expect(await watchRelease(world.desk, ADA, id)).toMatchObject({ state: 'finished', counts: { done: 200 } });
  });

  test('out of its range is refused', async () => {
    const { world, group } = await aGroup(1);
    await expect(beginRelease(world.desk, ADA, { group, rate: 101 })).rejects.toThrow(
      'the rate is 101; it takes 1 to 100',
    );
  });
});

describe('a second pair of eyes', () => {
  const guarded = async (count: number) => {
    const made = await aGroup(count);
    const [settings = SETTINGS] = await made.world.store.settings();
    await made.world.store.settle({ ...settings, approvalAbove: 5 });
    return made;
  };

  test('is needed above the number of letters: nothing is sent before, and who began it is refused', async () => {
    const { world, group } = await guarded(6);
    expect(await planRelease(world.desk, ADA, { group, patch: PATCH })).toMatchObject({ needsApproval: true });
    const { id, state } = await beginRelease(world.desk, ADA, { group, patch: PATCH });
    expect(state).toBe('awaiting-approval');
    await drive(world);
    expect(world.sent).toEqual([]);
    for (const name of ['ada', 'shell:ada']) {
      await expect(steer(world.desk, { ...ADA, name }, id, 'approve')).rejects.toThrow(/somebody else has to approve/);
      expect(world.store.audit.at(-1)).toMatchObject({ by: name, of: id, refused: expect.any(String) });
    }
    await steer(world.desk, BOB, id, 'approve');
    await drive(world);
    expect(await watchRelease(world.desk, ADA, id)).toMatchObject({ state: 'finished', approvedBy: 'bob' });
    expect(world.sent).toHaveLength(6);
  });

  test('is asked for by the worker too, where more came than the API counted', async () => {
    const { world, group } = await guarded(3);
    const { id } = await beginRelease(world.desk, ADA, { group, patch: PATCH });
    const settings = await world.store.settings();
    await world.arrive(...names(20).slice(3));
    for (const each of settings) await world.store.settle(each);
    await drive(world);
    expect(await watchRelease(world.desk, ADA, id)).toMatchObject({ state: 'awaiting-approval' });
    expect(world.sent.length).toBeLessThanOrEqual(5);
    await steer(world.desk, BOB, id, 'approve');
    await drive(world);
    expect(world.sent).toHaveLength(20);
  });

  test('is not needed for as many as one person may send', async () => {
    const { world, group } = await guarded(5);
    expect(await beginRelease(world.desk, ADA, { group, patch: PATCH })).toMatchObject({ state: 'running' });
    await drive(world);
    expect(world.sent).toHaveLength(5);
  });

  test('keeps the group from another release meanwhile, and may refuse', async () => {
    const { world, group } = await guarded(6);
    const { id } = await beginRelease(world.desk, ADA, { group, patch: PATCH });
    await expect(beginRelease(world.desk, BOB, { group })).rejects.toThrow(
      `release ${id} of this group is awaiting-approval`,
    );
    expect(await steer(world.desk, BOB, id, 'cancel')).toMatchObject({ state: 'cancelled' });
  });
});
