import { compile } from '../../modules/saga';
import { sagaPicture } from '../../web/saga-picture';
import { sagaSvg } from '../../web/saga-picture-svg';
import { orderMachine } from '../functions/shop/order-saga/shop';
import { named } from '../modules/saga/definitions';

type Event = Record<string, unknown>;

/** A history as AWS writes it: every event names the one before it on its line of control. `charge!` fails and is caught, `charge?` still runs. */
function history(steps: readonly string[], end?: string): Event[] {
  const events: Event[] = [{ id: 1, type: 'ExecutionStarted' }];
  const add = (event: Event) => events.push({ ...event, id: events.length + 1, previousEventId: events.length });
  for (const step of steps) {
    const name = step.replace(/[!?]$/, '');
    if (orderMachine.States[name]?.Type !== 'Task') {
      add({ type: 'PassStateEntered', stateEnteredEventDetails: { name } });
      if (!step.endsWith('?')) add({ type: 'PassStateExited', stateExitedEventDetails: { name } });
      continue;
    }
    add({ type: 'TaskStateEntered', stateEnteredEventDetails: { name } });
    add({ type: 'TaskScheduled' });
    if (step.endsWith('?')) continue;
    add({ type: step.endsWith('!') ? 'TaskTimedOut' : 'TaskSucceeded' });
    add({ type: 'TaskStateExited', stateExitedEventDetails: { name } });
  }
  if (end) add({ type: end });
  return events;
}

/** The same without what the local emulator leaves out: links, and the exit of a state that was caught. */
const poor = (events: readonly Event[]): Event[] =>
  events
    .filter(({ type }, index) => !(String(type).endsWith('StateExited') && events[index - 1]?.type === 'TaskTimedOut'))
    .map(({ previousEventId: _, ...event }) => event);

const statesOf = (events: readonly Event[]) =>
  Object.fromEntries(
    sagaPicture(orderMachine, events).nodes.map(({ name, state, parked }) => [name, parked ? 'parked' : state]),
  );

describe.each<[string, (events: Event[]) => Event[]]>([
  ['as AWS writes it', (events) => events],
  ['as the emulator writes it', poor],
])('a history %s:', (_, written) => {
  test('before anything happened every node is pending', () => {
    expect(new Set(Object.values(statesOf([])))).toEqual(new Set(['pending']));
    expect(Object.keys(statesOf([]))).toEqual(
      expect.arrayContaining([
        'reserve-beans',
        'return-beans',
        'charge',
        'refund',
        'brew',
        'discard',
        'notify',
        'apologize',
        'committed',
        'compensated',
      ]),
    );
  });

  test('on the way the current step runs', () => {
    expect(statesOf(written(history(['begin', 'reserve-beans', 'charge?'])))).toMatchObject({
      'reserve-beans': 'done',
      charge: 'running',
      brew: 'pending',
      refund: 'pending',
    });
  });

  test('a saga that went well is done', () => {
    const end = history(['begin', 'reserve-beans', 'charge', 'brew', 'notify', 'committed'], 'ExecutionSucceeded');
    expect(statesOf(written(end))).toMatchObject({ notify: 'done', committed: 'done', compensated: 'pending' });
  });

  test('what was taken back is compensated, and what failed without effect is failed', () => {
    const events = history(
      ['begin', 'reserve-beans', 'charge', 'brew!', 'refund', 'return-beans', 'apologize', 'compensated'],
      'ExecutionSucceeded',
    );
    expect(statesOf(written(events))).toMatchObject({
      'reserve-beans': 'compensated',
      charge: 'compensated',
      brew: 'failed',
      discard: 'pending',
      refund: 'done',
      compensated: 'done',
      committed: 'pending',
    });
  });

  test('a compensation that gave up is parked, until it is redriven', () => {
    const parked = [
      ...history(
        ['begin', 'reserve-beans', 'charge!', 'refund!', 'park refund', 'refund is parked?'],
        'ExecutionFailed',
      ),
    ];
    expect(statesOf(written(parked))).toMatchObject({ charge: 'failed', refund: 'parked', 'return-beans': 'pending' });
    const id = parked.length;
    const resumed = [
      ...parked,
      { id: id + 1, previousEventId: id, type: 'ExecutionRedriven' },
      {
        id: id + 2,
        previousEventId: id - 1,
        type: 'ChoiceStateEntered',
        stateEnteredEventDetails: { name: 'refund is parked' },
      },
      {
        id: id + 3,
        previousEventId: id + 2,
        type: 'ChoiceStateExited',
        stateExitedEventDetails: { name: 'refund is parked' },
      },
      { id: id + 4, previousEventId: id + 3, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'refund' } },
    ];
    expect(statesOf(written(resumed))).toMatchObject({ refund: 'running' });
  });
});

test('edges lead forward, to the compensation of what failed, and back step by step', () => {
  const { edges } = sagaPicture(orderMachine, []);
  const of = (kind: string) => edges.filter((edge) => edge.kind === kind).map(({ from, to }) => `${from} → ${to}`);
  expect(of('next')).toEqual(['reserve-beans → charge', 'charge → brew', 'brew → notify', 'notify → committed']);
  expect(of('back')).toEqual(
    expect.arrayContaining(['discard → refund', 'refund → return-beans', 'apologize → compensated']),
  );
  expect(of('failure')).toEqual(
    expect.arrayContaining(['charge → refund', 'charge → return-beans', 'brew → discard', 'brew → refund']),
  );
});

test('branches stand side by side, and no two nodes in one place', () => {
  const machine = compile(named([1, [[1, 1], [2], [0, [[1], [1]]]], 1]), { comment: 'x', parkingQueueUrl: 'q' });
  const { nodes } = sagaPicture(machine, []);
  const places = nodes.map(({ column, row }) => `${column}/${row}`);
  expect(new Set(places).size).toBe(places.length);
  const rowOf = (name: string) => nodes.find((one) => one.name === name)?.row;
  expect(rowOf('s3')).toBe(rowOf('s5'));
  // Every task of the saga is drawn, and none twice.
  expect(nodes.map(({ name }) => name).sort()).toEqual([...new Set(nodes.map(({ name }) => name))].sort());
});

test('edges lead into every branch, out of it, and back through it', () => {
  const machine = compile(named([1, [[1, 1], [2]], 1]), { comment: 'x', parkingQueueUrl: 'q' });
  const edges = sagaPicture(machine, []).edges.map(({ from, to, kind }) => `${from} → ${to} ${kind}`);
  expect(edges).toEqual(
    expect.arrayContaining([
      's1 → s3 next',
      's1 → s5 next',
      's4 → s6 next',
      's5 → s6 next',
      'undo-s6 → undo-s4 back',
      'undo-s6 → undo-s5 back',
      'undo-s3 → undo-s1 back',
      'undo-s5 → undo-s1 back',
      's3 → undo-s3 failure',
    ]),
  );
});

test('in a group the events of one branch are not taken for another’s', () => {
  const machine = compile(named([[[1], [1]]]), { comment: 'x', parkingQueueUrl: 'q' });
  const entered = (id: number, previousEventId: number, name: string) => ({
    id,
    previousEventId,
    type: 'TaskStateEntered',
    stateEnteredEventDetails: { name },
  });
  const events = [
    { id: 1, type: 'ExecutionStarted' },
    { id: 2, previousEventId: 1, type: 'ParallelStateEntered', stateEnteredEventDetails: { name: 'group s1' } },
    entered(3, 2, 's2'),
    entered(4, 2, 's3'),
    { id: 5, previousEventId: 3, type: 'TaskTimedOut' },
    { id: 6, previousEventId: 4, type: 'TaskSucceeded' },
    { id: 7, previousEventId: 6, type: 'TaskStateExited', stateExitedEventDetails: { name: 's3' } },
    { id: 8, previousEventId: 5, type: 'TaskStateExited', stateExitedEventDetails: { name: 's2' } },
  ];
  const states = Object.fromEntries(sagaPicture(machine, events).nodes.map(({ name, state }) => [name, state]));
  expect(states).toMatchObject({ s2: 'failed', s3: 'done' });
});

test('the drawing tells everything in words, and a name cannot break out of it', () => {
  const picture = sagaPicture(orderMachine, history(['begin', 'reserve-beans', 'charge?']));
  const svg = sagaSvg(picture);
  expect(svg).toContain('role="img"');
  expect(svg).toContain('reserve-beans: done; charge: running');
  expect(svg.match(/<g class="saga-node/g)).toHaveLength(picture.nodes.length);
  expect(svg.match(/<path class="saga-edge/g)).toHaveLength(picture.edges.length);
  const evil = { ...picture, nodes: picture.nodes.map((one) => ({ ...one, name: '<script>' })), edges: [] };
  expect(sagaSvg(evil)).not.toContain('<script>');
});

test('what is no state machine is refused', () => {
  expect(() => sagaPicture({}, [])).toThrow('not a state machine');
});
