import { UsageError } from '../../cli/night/command';
import { requestOf, say, watchRelease } from '../../cli/redrive';
import type { RedriveReport } from '../../functions/operations/redrive/contract';

const held: RedriveReport = {
  ...{ action: 'hold', reason: '12 parked, and they stay: payment answered 503.', dryRun: false, parked: 12 },
  canary: { green: false, sent: 1, detail: 'canary 1 of 3 failed: payment answered 503' },
};
const moving: RedriveReport = {
  ...{ action: 'continue', reason: 'Messages are moving and the canary is green.', dryRun: false, parked: 7 },
  canary: { green: true, sent: 3, detail: '3 of 3 canaries answered' },
  move: { moved: 5, toMove: 12, rate: 1 },
};

test('the function is asked what the command line says', () => {
  const connection = { region: undefined, endpoint: undefined };
  expect(requestOf(['--function', 'redrive'])).toEqual({
    ...{
      request: { operation: 'redrive', dryRun: false },
      watch: false,
      json: false,
      functionName: 'redrive',
      connection,
    },
  });
  expect(requestOf(['--function', 'redrive', '--dry-run']).request).toMatchObject({ dryRun: true });
  expect(requestOf(['--function', 'redrive', '--watch', '--rate', '20'])).toMatchObject({
    ...{ request: { operation: 'redrive', dryRun: false, rate: 20 }, watch: true },
  });
});

test.each([
  [[], '--function is missing'],
  [['now', '--function', 'f'], '"now" is one word too many'],
  [['--function', 'f', '--rate', '501'], '--rate is "501"; it takes whole messages a second, 1 to 500'],
  [['--function', 'f', '--rate', 'fast'], '--rate is "fast"'],
  [['--function', 'f', '--dry-run', '--watch'], 'nothing to --watch'],
])('%j: %s', (parameters, wrong) => {
  expect(() => requestOf(parameters)).toThrow(UsageError);
  expect(() => requestOf(parameters)).toThrow(wrong);
});

test('a decision is told in words, with its reason and what it rests on', () => {
  expect(say(held)).toBe(`held back: 12 parked, and they stay: payment answered 503.
  parked: about 12
  canary: red after 1: canary 1 of 3 failed: payment answered 503`);
  expect(say({ ...held, dryRun: true })).toMatch(/^would hold back: /);
  expect(say(moving)).toContain(
    '  canary: green after 3: 3 of 3 canaries answered\n  move: 5 of 12 moved, at most 1 a second',
  );
  expect(say({ ...held, problem: 'The last move failed after 4: AccessDenied.' })).toContain(
    'on our own side: The last move failed after 4: AccessDenied.',
  );
  expect(say({ action: 'idle', reason: 'Nothing is parked.', dryRun: true, parked: 0 })).toBe(
    'nothing to do: Nothing is parked.\n  parked: about 0',
  );
});

test('a release is watched until it has ended, or is stopped', async () => {
  const reports: RedriveReport[] = [{ ...moving, action: 'start' }, moving, { ...held, action: 'cancel' }, moving];
  const printed: string[] = [];
  const ask = async () => reports.shift() as RedriveReport;
  const pauses: number[] = [];
  const pause = async () => void pauses.push(printed.length);
  await watchRelease(ask, true, (report) => printed.push(say(report)), pause);
  expect(pauses).toEqual([1, 2]);
  expect(printed).toHaveLength(3);
  expect(reports).toHaveLength(1);
  await watchRelease(ask, false, (report) => printed.push(say(report)));
  expect(printed).toHaveLength(4);
});
