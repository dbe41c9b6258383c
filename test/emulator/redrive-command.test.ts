import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
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

test('a stopped redrive function is called stopped, with what says so and the page that allows it again', async () => {
  const { name } = await on.deployFunction('exports.handler = async () => ({});');
  const stop = new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 });
  await on.client(LambdaClient).send(stop);
  const { status, stderr } = redrive('--function', name, '--dry-run');
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `${name} takes no run: it was stopped (reserved concurrency 0), or all its runs are in use. "aws lambda get-function-concurrency --function-name ${name}" says which; a stopped one is allowed again as docs/runbooks/parked.md says\n`,
  });
}, 60_000);
