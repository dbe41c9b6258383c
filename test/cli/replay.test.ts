import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { UsageError } from '../../cli/night/command';
import { line, replay, requestOf, say } from '../../cli/replay';

const NOW = Date.parse('2026-12-31T20:00:00Z');
const bus = 'arn:aws:events:eu-central-1:123456789012:event-bus/orders';
const time = ['--from', '2026-12-31T18:00:00Z', '--to', '2026-12-31T19:30:00+01:00'];
const planOf = (...more: string[]) => {
  const { request } = requestOf(['--bus', bus, ...time, ...more], NOW);
  if (request.kind !== 'start') throw new Error('no replay is asked for');
  return request.plan;
};

test('the bus says where its archive is and what its rules are called', () => {
  expect(planOf('--rule', 'kitchen', '--rule', 'audit')).toMatchObject({
    archiveArn: 'arn:aws:events:eu-central-1:123456789012:archive/orders',
    rules: [
      'arn:aws:events:eu-central-1:123456789012:rule/orders/kitchen',
      'arn:aws:events:eu-central-1:123456789012:rule/orders/audit',
    ],
  });
  expect(planOf('--archive', 'a-year').archiveArn).toBe('arn:aws:events:eu-central-1:123456789012:archive/a-year');
});

test('the same events to the same rules are one replay, and others are another', () => {
  const { name } = planOf('--rule', 'kitchen', '--rule', 'audit');
  expect(name).toMatch(/^[.\-_A-Za-z0-9]{1,64}$/);
  expect(planOf('--rule', 'audit', '--rule', 'kitchen').name).toBe(name);
  expect(planOf('--rule', 'kitchen').name).not.toBe(name);
  expect(planOf().name).not.toBe(name);
  expect(planOf('--rule', 'kitchen', '--rule', 'audit', '--again', '2').name).toBe(`${name}-2`);
});

test('what it will do is said before: which events, to which rules, and who acts again', () => {
  const one = say(planOf('--rule', 'kitchen'), true);
  expect(one).toContain('would replay the events of 2026-12-31T18:00:00.000Z to 2026-12-31T18:30:00.000Z (30 min)');
  expect(one).toContain('to kitchen alone');
  expect(one).toContain('it takes no rate');
  expect(say(planOf(), false)).toContain('to every rule of the bus but those that ignore replays');
});

test('how it gets on is one line', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 11, 31, 18, minute));
  expect(
    line({
      ReplayName: 'r',
      State: 'RUNNING',
      EventLastReplayedTime: at(12),
      EventEndTime: at(30),
      StateReason: 'a\nb',
    }),
  ).toBe('r: RUNNING has reached 2026-12-31T18:12:00.000Z of 2026-12-31T18:30:00.000Z (a\\u000ab)');
});

test.each([
  ['no bus', [...time], '--bus is missing'],
  ['what is no bus', ['--bus', 'orders', ...time], '--bus is "orders"; it takes the ARN of a bus'],
  [
    'a time without its zone',
    ['--bus', bus, '--from', '2026-12-31T18:00:00', '--to', 'now'],
    '--from is "2026-12-31T18:00',
  ],
  [
    'an end before its beginning',
    ['--bus', bus, ...['--from', '2026-12-31T19:00:00Z', '--to', '2026-12-31T18:00:00Z']],
    'not before',
  ],
  [
    'what may not be archived yet',
    ['--bus', bus, '--from', '2026-12-31T19:00:00Z', '--to', '2026-12-31T19:51:00Z'],
    '10 minutes late',
  ],
  ['a second time that is none', ['--bus', bus, ...time, '--again', '1'], '--again is "1"'],
  ['a dry run that is watched', ['--bus', bus, ...time, '--dry-run', '--watch'], 'nothing to --watch'],
  ['another word', ['--bus', bus, 'stop', 'a'], '"stop" is no command'],
  ['a status of nothing', ['--bus', bus, 'status'], 'status takes the name of one replay'],
])('%s is refused', (_, args, message) => {
  const ask = () => requestOf(args, NOW);
  expect(ask).toThrow(UsageError);
  expect(ask).toThrow(message);
});

/** EventBridge as far as replays go, by its documented errors: the emulator gives every event the time of its arrival, and the command takes none of the last 10 minutes. */
describe('against EventBridge', () => {
  const started = new Map<string, Record<string, unknown>>();
  /** The states that a replay goes through, one with each look. */
  let states: string[];
  let server: Server;
  let endpoint: string;
  let said: string[];
  beforeEach(async () => {
    started.clear();
    states = ['STARTING', 'COMPLETED'];
    said = [];
    jest.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    server = createServer(async (request, response) => {
      const asked = (await json(request)) as { ReplayName: string; EventSourceArn?: string };
      const { ReplayName: name } = asked;
      const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
      const refuse = (type: string, message: string) => answer(400, { __type: type, message });
      const operation = String(request.headers['x-amz-target']).split('.')[1];
      if (operation === 'StartReplay') {
        if (started.has(name)) return refuse('ResourceAlreadyExistsException', `Replay ${name} already exists.`);
        if (asked.EventSourceArn?.endsWith('archive/another'))
          return refuse('ResourceNotFoundException', 'Archive another does not exist.');
        started.set(name, asked);
        return answer(200, { State: 'STARTING' });
      }
      const found = started.get(name);
      if (!found) return refuse('ResourceNotFoundException', `Replay ${name} does not exist.`);
      if (operation === 'CancelReplay') states = ['CANCELLING'];
      answer(200, { ...found, State: states.length > 1 ? states.shift() : states[0] });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    server.closeAllConnections();
    server.close();
  });
  const past = ['--from', '2026-01-31T18:00:00Z', '--to', '2026-01-31T18:30:00Z', '--rule', 'kitchen'];
  const run = (...args: string[]) => replay.main(['--bus', bus, '--endpoint', endpoint, ...args]);
  const name = () => [...started.keys()][0] ?? '';

  test('a dry run says what it would do, and asks nobody', async () => {
    await run(...past, '--dry-run');
    expect(said.join('\n')).toContain('would replay');
    expect(started.size).toBe(0);
  });

  test('the events of the time go to the one rule', async () => {
    await run(...past);
    expect(started.get(name())).toMatchObject({
      EventSourceArn: 'arn:aws:events:eu-central-1:123456789012:archive/orders',
      EventStartTime: Date.parse('2026-01-31T18:00:00Z') / 1000,
      EventEndTime: Date.parse('2026-01-31T18:30:00Z') / 1000,
      Destination: { Arn: bus, FilterArns: ['arn:aws:events:eu-central-1:123456789012:rule/orders/kitchen'] },
    });
    expect(said.at(-1)).toBe(`${name()}: STARTING`);
  });

  test('asked again, as after an answer that was lost, it is found and not started a second time', async () => {
    await run(...past);
    await run(...past);
    expect(started.size).toBe(1);
    expect(said.join('\n')).toContain('it was started before, and is not started again');
    await run(...past, '--again', '2');
    expect([...started.keys()]).toEqual([name(), `${name()}-2`]);
  });

  test('it is stopped by its name', async () => {
    await run(...past);
    await run('cancel', name());
    expect(said.at(-1)).toBe(`${name()}: CANCELLING`);
  });

  test('an archive of another name is asked for', async () => {
    await expect(run(...past, '--archive', 'another')).rejects.toThrow(
      "Archive another does not exist. (the bus's archive is looked for as arn:aws:events:eu-central-1:123456789012:archive/another; another one: --archive)",
    );
  });
});
