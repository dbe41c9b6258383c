import { command } from './command';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
const redrive = (...parameters: string[]) => command(on.endpoint, 'redrive', ...parameters);

test('the redrive function is asked by hand, and what it answers or refuses is said', async () => {
  const { name } = await on.deployFunction(`
    let looks = 0;
    exports.handler = async (request) => {
      if (request.rate === 500) throw new Error('the rate is too high for me');
      looks += 1;
      return { action: looks === 2 ? 'continue' : 'hold', reason: JSON.stringify(request), dryRun: request.dryRun, parked: 3 };
    };`);
  expect(redrive('--function', name, '--dry-run')).toMatchObject({
    ...{ status: 0, stderr: '' },
    stdout: 'would hold back: {"operation":"redrive","dryRun":true}\n  parked: about 3\n',
  });
  const watched = redrive('--function', name, '--watch', '--rate', '20');
  expect(watched.stdout.match(/^(goes on|held back): .*"rate":20/gm)).toHaveLength(2);
  expect(redrive('--function', name, '--rate', '500')).toMatchObject({
    status: 1,
    stderr: 'the rate is too high for me\n',
  });
  expect(redrive('--function', 'nothing-of-that-name')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('there is no function nothing-of-that-name in us-east-1; for another region'),
  });
}, 60_000);
