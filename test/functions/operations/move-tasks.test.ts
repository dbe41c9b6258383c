import { ListMessageMoveTasksCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { moveTasks } from '../../../functions/operations/move-tasks';

/** What SQS answers to one start after the other (an error, or none), and how the latest task stands whenever it is asked. */
function sqs(starts: readonly (Error | undefined)[], status: string) {
  let started = 0;
  const send = async (command: unknown) => {
    if (command instanceof ListMessageMoveTasksCommand) return { Results: [{ Status: status }] };
    const refused = starts[started++];
    if (refused) throw refused;
    return {};
  };
  const client = { send } as unknown as SQSClient;
  return { tasks: moveTasks(client, 'arn:parked', 'https://parked'), started: () => started };
}
const refused = new Error('There is already a task running.');

test.each(['RUNNING', 'CANCELLING'])('a start that a %s task is in the way of waits for its turn', async (status) => {
  const { tasks, started } = sqs([refused], status);
  expect(await tasks.start(1)).toBe(false);
  expect(started()).toBe(1);
});

test.each(['COMPLETED', 'CANCELLED', 'FAILED'])(
  'a task that was in the way and is %s by the time of the look is no error: the next start is taken',
  async (status) => {
    const { tasks, started } = sqs([refused, undefined], status);
    expect(await tasks.start(1)).toBe(true);
    expect(started()).toBe(2);
  },
);

test('what has another reason stays an error', async () => {
  const { tasks, started } = sqs([refused, new Error('no such queue')], 'COMPLETED');
  await expect(tasks.start(1)).rejects.toThrow('no such queue');
  expect(started()).toBe(2);
});
