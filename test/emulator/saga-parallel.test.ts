import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { compile, type SagaDefinition, type Step, type Task } from '../../modules/saga';
import { OnEmulator, until } from './on-emulator';

const on = OnEmulator.forThisFile();

test('branches side by side commit together, and a branch that fails takes back what the others did', async () => {
  const { arn } = await on.deployFunction(`
    exports.handler = async ({ task, fails }) => {
      if (fails.includes(task)) { const error = new Error('no'); error.name = 'Refused'; throw error; }
      return { by: task };
    };`);
  const task = (name: string): Task => ({
    ...{ name, resource: 'arn:aws:states:::lambda:invoke', result: '$states.result.Payload' },
    arguments: { FunctionName: arn, Payload: { task: name, fails: '{% $states.input.input.fails %}' } },
  });
  const step = (name: string): Step => ({
    ...{ action: task(name), compensation: task(`undo-${name}`), finalErrors: ['Refused'] },
  });
  const definition: SagaDefinition = {
    steps: [step('reserve'), { name: 'together', branches: [[step('a1'), step('a2')], [step('b1')]] }, step('ship')],
    retry: { interval: 1, attempts: 0 },
    lastingRetry: { interval: 1, attempts: 0 },
  };
  const states = on.client(SFNClient);
  const { stateMachineArn } = await states.send(
    new CreateStateMachineCommand({
      name: on.name('saga'),
      roleArn: 'arn:aws:iam::000000000000:role/test',
      definition: JSON.stringify(compile(definition, { comment: 'parallel', parkingQueueUrl: (await on.queue()).url })),
    }),
  );
  const run = async (...fails: string[]) => {
    const input = JSON.stringify({ fails });
    const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn, input }));
    const ended = await until(
      'the saga has ended',
      () => states.send(new DescribeExecutionCommand({ executionArn })),
      ({ status }) => status !== 'RUNNING',
    );
    return { status: ended.status, ...(ended.output ? JSON.parse(ended.output) : { cause: ended.cause }) };
  };
  const done = { reserve: 'done', a1: 'done', a2: 'done', b1: 'done', ship: 'done' };
  expect(await run()).toMatchObject({ status: 'SUCCEEDED', outcome: 'committed', steps: done });
  const undone = { reserve: 'compensated', a1: 'compensated', a2: 'compensated' };
  expect(await run('b1')).toMatchObject({
    ...{ status: 'SUCCEEDED', outcome: 'compensated', steps: { ...undone, b1: 'refused' } },
    ...{ failure: { task: 'b1', error: 'Refused' }, results: { 'undo-a1': { by: 'undo-a1' } } },
  });
  expect(await run('ship')).toMatchObject({
    outcome: 'compensated',
    steps: { ...undone, b1: 'compensated', ship: 'refused' },
  });
}, 60_000);
