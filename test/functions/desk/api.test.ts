import { QueueOperations } from '../../../functions/desk/core/operations';
import { RefusedError } from '../../../functions/desk/core/sending';
import { actorOf } from '../../../functions/desk/dead-letter-api/actor';
import { answer } from '../../../functions/desk/dead-letter-api/routes';
import { ADA, BOB, EVE, InMemory } from './in-memory';
import { QUEUE, SETTINGS } from './letters';

const good = (id: string) => `{"invoice":"${id}","amount":1.10}`;
const CLAIMS = { role: 'roles', name: 'sub' };

async function aDesk(...letters: Parameters<InMemory['arrive']>) {
  const world = new InMemory();
  const [id = ''] = await world.arrive(...letters);
  let started = 0;
  const invoked: unknown[] = [];
  const operations = new QueueOperations(world.desk, {
    invoke: async (functionArn, request) => {
      invoked.push([functionArn, request]);
      if ('until' in request && request.until === '2031-01-01T00:00:00Z')
        throw new RefusedError('until: SQS keeps 4 days');
      return { action: 'start', reason: 'the canary is green' };
    },
  });
  const start = async () => {
    started += 1;
  };
  const ask = (who: typeof ADA, method: string, path: string, body?: unknown) =>
    answer(
      { method, path, body: body === undefined ? undefined : JSON.stringify(body) },
      { desk: world.desk, operations, start },
      who,
    );
  return { invoked, world, id, ask, started: () => started };
}

test.each([
  ['operator', 'operator'],
  ['[viewer admin]', 'admin'],
  ['viewer,operator', 'operator'],
  [['viewer'], 'viewer'],
  ['superadmin', undefined],
  ['Operator', undefined],
  [{ operator: true }, undefined],
  [undefined, undefined],
])('a token with the roles %j is of a %s', (roles, role) => {
  expect(actorOf({ roles, sub: 'ada' }, CLAIMS)?.role).toBe(role);
});

test('a token that says nobody’s name is nobody’s', () => {
  expect(actorOf({ roles: 'admin' }, CLAIMS)).toBeUndefined();
});

test('a viewer looks, and is told who may send', async () => {
  const { world, id, ask } = await aDesk(['a', { body: good('a') }]);
  expect(await ask(EVE, 'POST', `/letters/${id}/show`)).toMatchObject({ status: 200, body: { letter: { id } } });
  expect(await ask(EVE, 'POST', `/letters/${id}/send`, { version: 1 })).toEqual({
    ...{ status: 403, body: { error: 'eve is viewer; to send takes operator' } },
  });
  expect(world.sent).toEqual([]);
});

test.each([
  ['edit', { version: 1, body: '{}' }],
  ['send', { version: 1 }],
  ['discard', { version: 1, why: 'x' }],
  ['set-aside', { version: 1, why: 'x' }],
  ['reopen', { version: 1 }],
  ['show', { reveal: true }],
])('a viewer may not %s', async (what, body) => {
  const { world, id, ask } = await aDesk(['a']);
  expect(await ask(EVE, 'POST', `/letters/${id}/${what}`, body)).toMatchObject({ status: 403 });
  expect(await world.store.find(id)).toMatchObject({ version: 1, status: 'open' });
});

test.each(['release', 'describe'])('a viewer may not %s a group', async (what) => {
  const { world, ask } = await aDesk(['a']);
  const [group] = await world.store.groups();
  expect(await ask(EVE, 'POST', `/groups/${group?.id}/${what}`, {})).toMatchObject({ status: 403 });
});

test('the second of two operators is told who and when', async () => {
  const { id, ask } = await aDesk(['a', { body: good('a') }]);
  expect(await ask(ADA, 'POST', `/letters/${id}/send`, { version: 1 })).toMatchObject({ status: 200 });
  expect(await ask(BOB, 'POST', `/letters/${id}/send`, { version: 1 })).toMatchObject({
    status: 409,
    body: { error: expect.stringContaining('ada has changed'), changed: { by: 'ada', what: 'sent' }, status: 'sent' },
  });
});

test('a release starts the worker', async () => {
  const { world, ask, started } = await aDesk(['a', { body: good('a') }]);
  const [group] = await world.store.groups();
  expect(await ask(ADA, 'POST', `/groups/${group?.id}/plan`, {})).toMatchObject({ status: 200, body: { fit: 1 } });
  expect(started()).toBe(0);
  expect(await ask(ADA, 'POST', `/groups/${group?.id}/release`, {})).toMatchObject({ body: { state: 'running' } });
  expect(started()).toBe(1);
});

test('an approved release starts the worker, and who began it does not approve it', async () => {
  const { world, ask, started } = await aDesk(['a', { body: good('a') }], ['b', { body: good('b') }]);
  const [settings = SETTINGS] = await world.store.settings();
  await world.store.settle({ ...settings, approvalAbove: 1 });
  const [group] = await world.store.groups();
  const { body } = await ask(ADA, 'POST', `/groups/${group?.id}/release`, {});
  const { id } = body as { id: string };
  expect(await ask(EVE, 'POST', `/releases/${id}/approve`, {})).toMatchObject({ status: 403 });
  expect(await ask(ADA, 'POST', `/releases/${id}/approve`, {})).toMatchObject({ status: 409 });
  expect(await ask(BOB, 'POST', `/releases/${id}/approve`, {})).toMatchObject({
    ...{ status: 200, body: { state: 'running', approvedBy: 'bob' } },
  });
  expect(started()).toBe(2);
});

test('a group’s comments and trend are read by who may look', async () => {
  const { world, ask } = await aDesk(['a']);
  const [group] = await world.store.groups();
  expect(await ask(ADA, 'POST', `/groups/${group?.id}/comment`, { text: 'mine' })).toEqual({ status: 200, body: {} });
  expect(await ask(EVE, 'POST', `/groups/${group?.id}/comment`, { text: 'x' })).toMatchObject({ status: 403 });
  expect(await ask(EVE, 'GET', `/groups/${group?.id}/history`)).toMatchObject({
    body: [
      { by: 'ada', note: 'mine' },
      { by: 'eve', refused: expect.any(String) },
    ],
  });
  expect(await ask(EVE, 'GET', `/groups/${group?.id}/trend`)).toMatchObject({
    status: 200,
    body: { hours: expect.any(Array) },
  });
});

test.each<[string, string, string, unknown, number]>([
  ['a path that is none', 'GET', '/', undefined, 404],
  ['another method', 'DELETE', '/groups', undefined, 404],
  ['a name with a slash', 'POST', '/letters/../x/show', {}, 404],
  ['no such letter', 'POST', '/letters/0123/show', {}, 404],
  ['no version', 'POST', '/letters/0123/send', {}, 400],
  ['a field that is unknown', 'POST', '/letters/0123/send', { version: 1, force: true }, 400],
  ['a limit that is too large', 'POST', '/groups/0123/letters', { limit: 1000 }, 400],
  ['a patch that is none', 'POST', '/groups/0123/plan', { patch: '{}' }, 400],
  ['a viewer for an admin', 'POST', '/audit/2030-01-31', {}, 403],
])('%s is refused, and nothing throws', async (_, method, path, body, status) => {
  const { ask } = await aDesk(['a']);
  expect(await ask(ADA, method, path, body)).toMatchObject({ status, body: { error: expect.any(String) } });
});

test('a fault of our own is no answer: the function fails, and rings', async () => {
  const { world, ask } = await aDesk(['a']);
  world.ports.store.groups = () => Promise.reject(new Error('no table'));
  await expect(ask(EVE, 'GET', '/groups')).rejects.toThrow('no table');
});

describe('the functions that operate a queue', () => {
  const operated = async () => {
    const made = await aDesk(['a']);
    await made.world.store.settle({ ...SETTINGS, redrive: 'redrive-arn', breaker: 'hold-arn' });
    return made;
  };
  const hold = { queue: QUEUE, dependency: 'bank', hold: 'open', why: 'repairs', until: '2030-02-01T00:00:00Z' };

  test('release what is parked for an operator, and say to a viewer what they would do', async () => {
    const { ask, invoked, world } = await operated();
    expect(await ask(EVE, 'POST', '/parked', { queue: QUEUE })).toMatchObject({ status: 403 });
    expect(await ask(EVE, 'POST', '/parked', { queue: QUEUE, dryRun: true })).toMatchObject({ status: 200 });
    expect(await ask(ADA, 'POST', '/parked', { queue: QUEUE, rate: 5 })).toMatchObject({ body: { action: 'start' } });
    expect(invoked).toEqual([
      ['redrive-arn', { operation: 'redrive', dryRun: true }],
      ['redrive-arn', { operation: 'redrive', dryRun: false, rate: 5 }],
    ]);
    expect(world.store.audit.at(-1)).toMatchObject({ by: 'ada', what: 'released parked', of: QUEUE });
    expect(world.store.audit.at(-1)?.note).toBe('start: the canary is green');
  });

  test('hold the breaker in the name of whoever asks, and what they refuse is told', async () => {
    const { ask, invoked, world } = await operated();
    expect(await ask(EVE, 'POST', '/breaker/hold', hold)).toMatchObject({ status: 403 });
    expect(await ask(ADA, 'POST', '/breaker/hold', { ...hold, who: 'bob' })).toMatchObject({ status: 400 });
    expect(await ask(ADA, 'POST', '/breaker/hold', hold)).toMatchObject({ status: 200 });
    const { queue, ...passedOn } = hold;
    expect(invoked).toEqual([['hold-arn', { operation: 'breaker-hold', ...passedOn, who: 'ada' }]]);
    expect(world.store.audit.at(-1)).toMatchObject({ by: 'ada', what: 'held bank open', of: queue });
    expect(await ask(ADA, 'POST', '/breaker/hold', { ...hold, until: '2031-01-01T00:00:00Z' })).toEqual({
      status: 409,
      body: { error: 'until: SQS keeps 4 days' },
    });
    expect(await ask(ADA, 'POST', '/breaker/lift', { queue, dependency: 'bank', why: 'mended' })).toMatchObject({
      status: 200,
    });
    expect(await ask(EVE, 'POST', '/breaker', { queue })).toMatchObject({ status: 200 });
  });

  const words = (world: InMemory) => world.store.audit.slice(1).map(({ what, refused }) => [what, refused]);

  test('are asked only after it was written down, and what they refuse is written down too', async () => {
    const { ask, world, invoked } = await operated();
    const record = world.store.record.bind(world.store);
    world.store.record = () => Promise.reject(new Error('no table'));
    await expect(ask(ADA, 'POST', '/breaker/hold', hold)).rejects.toThrow('no table');
    expect(invoked).toEqual([]);
    world.store.record = record;
    await ask(ADA, 'POST', '/breaker/hold', { ...hold, until: '2031-01-01T00:00:00Z' });
    expect(words(world)).toEqual([
      ['asked to hold bank open', undefined],
      ['hold bank open', 'until: SQS keeps 4 days'],
    ]);
  });

  test.each([
    ['/parked', { queue: QUEUE }, 'release parked', 'released parked'],
    ['/breaker/hold', hold, 'hold bank open', 'held bank open'],
    [
      '/breaker/lift',
      { queue: QUEUE, dependency: 'bank', why: 'x' },
      'lift the hold of bank',
      'lifted the hold of bank',
    ],
  ])(
    'killed before the outcome of %s is written, leave what was asked, and asked again the outcome',
    async (path, body, asked, done) => {
      const { ask, world, invoked } = await operated();
      const record = world.store.record.bind(world.store);
      world.store.record = (entry) => (entry.what === done ? Promise.reject(new Error('killed')) : record(entry));
      await expect(ask(ADA, 'POST', path, body)).rejects.toThrow('killed');
      expect(words(world)).toEqual([[`asked to ${asked}`, undefined]]);
      world.store.record = record;
      expect(await ask(ADA, 'POST', path, body)).toMatchObject({ status: 200 });
      expect(invoked[0]).toEqual(invoked[1]);
      expect(words(world).map(([what]) => what)).toEqual([`asked to ${asked}`, `asked to ${asked}`, done]);
    },
  );

  test('that a queue has not are refused by name', async () => {
    const { ask } = await aDesk(['a']);
    expect(await ask(ADA, 'POST', '/parked', { queue: QUEUE })).toMatchObject({ status: 409 });
    expect(await ask(ADA, 'POST', '/breaker/hold', hold)).toMatchObject({ status: 409 });
    expect(await ask(ADA, 'POST', '/parked', { queue: 'arn:other' })).toMatchObject({ status: 404 });
  });
});
