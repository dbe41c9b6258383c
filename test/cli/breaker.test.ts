import { line, requestOf } from '../../cli/breaker';
import { UsageError } from '../../cli/night/command';
import type { BreakerRecord } from '../../functions/runtime/breaker/state';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const hold = (...more: string[]) =>
  requestOf(['hold', 'payment', '--who', 'Ada', '--why', 'it is back', '--function', 'breaker-hold', ...more], NOW);

test('status, hold and lift are what the function is asked', () => {
  expect(requestOf(['status', '--function', 'breaker-hold', '--region', 'eu-west-1'], NOW)).toEqual({
    ...{
      request: { operation: 'breaker-status' },
      json: false,
      functionName: 'breaker-hold',
      connection: { region: 'eu-west-1', endpoint: undefined },
    },
  });
  expect(hold('--open', '--until', '90m').request).toEqual({
    ...{
      operation: 'breaker-hold',
      dependency: 'payment',
      hold: 'open',
      who: 'Ada',
      why: 'it is back',
      until: '2026-01-31T13:30:00.000Z',
    },
  });
  expect(hold('--closed', '--until', '2026-02-01T00:00:00+01:00').request).toMatchObject({
    ...{ hold: 'closed', until: '2026-02-01T00:00:00+01:00' },
  });
  expect(hold('--open', '--until', '1h', '--replace').request).toMatchObject({ hold: 'open', replace: true });
  const lift = ['lift', 'payment', '--who', 'Ada', '--why', 'done', '--function', 'breaker-hold'];
  expect(requestOf(lift, NOW).request).toEqual({
    ...{ operation: 'breaker-lift', dependency: 'payment', who: 'Ada', why: 'done' },
  });
});

test.each([
  [[], 'a command is missing'],
  [['foo', 'payment', '--who', 'a', '--why', 'b'], '"foo" is no command; there are status, hold and lift'],
  [['status'], '--function is missing'],
  [['hold', '--function', 'f'], 'hold takes the name of a dependency'],
  [['lift', 'payment', '--function', 'f', '--who', 'a'], 'lift takes --who and --why'],
  [['lift', 'payment', 'is', '--function', 'f'], '"is" is one word too many'],
  [['hold', 'payment', '--function', 'f', '--who', 'a', '--why', 'b'], 'either --open or --closed'],
  [
    ['hold', 'payment', '--function', 'f', '--who', 'a', '--why', 'b', '--open', '--closed'],
    'either --open or --closed',
  ],
  [['hold', 'payment', '--function', 'f', '--who', 'a', '--why', 'b', '--open'], 'hold takes --until'],
  ...['2d', 'tomorrow', '2026-12-31', '2026-12-31T18:00:00', '2026-13-31T18:00:00Z'].map(
    (until): [string[], string] => [
      ['hold', 'payment', '--function', 'f', '--who', 'a', '--why', 'b', '--open', '--until', until],
      `--until is "${until}"; it takes minutes or hours`,
    ],
  ),
])('%j: %s', (parameters, wrong) => {
  expect(() => requestOf(parameters, NOW)).toThrow(UsageError);
  expect(() => requestOf(parameters, NOW)).toThrow(wrong);
});

test('a breaker is told in a line, with who holds it and why', () => {
  const record = {
    ...{ dependency: 'payment', state: 'open', since: NOW, evidence: '5 calls in a row failed' },
    hold: { kind: 'open', who: 'Ada\u001b[2J', why: 'its owners work on it', until: NOW + 3_600_000 },
  } as unknown as BreakerRecord;
  expect(line(record)).toBe(
    'payment: open since 2026-01-31T12:00:00.000Z (5 calls in a row failed); held open by Ada\\u001b[2J until 2026-01-31T13:00:00.000Z: its owners work on it',
  );
});
