import { setTimeout as wait } from 'node:timers/promises';
import { DeleteQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { moveTasks, type RunningMove } from '../../functions/operations/move-tasks';
import { type RedriveSurroundings, reconcile } from '../../functions/operations/redrive/reconcile';
import { OnEmulator, until } from './on-emulator';

const on = OnEmulator.forThisFile();
const green = { green: true, sent: 1, detail: 'answered' };

/** A queue with this many dead letters, and what a redrive of it does. */
async function withParked(count: number) {
  const { main, parked } = await on.withDeadLetters();
  await on.park(main, ...Array.from({ length: count }, (_, index) => `letter ${index}`));
  const moves = moveTasks(on.sqs, parked.arn, parked.url, main.arn);
  const around: RedriveSurroundings = { ...moves, canary: async () => green };
  return { main, parked, moves, redrive: (rate = 1) => reconcile({ rate, dryRun: false }, around) };
}
const ended = (moves: { runningMove(): Promise<RunningMove | undefined> }) =>
  until('the move has ended', moves.runningMove, (move) => move === undefined);

test('two redrives at once start one move, and neither fails', async () => {
  const { redrive, moves } = await withParked(3);
  const reports = await Promise.all([redrive(), redrive()]);
  expect(reports.map(({ action }) => action).sort()).toEqual(['continue', 'start']);
  expect(await redrive()).toMatchObject({ action: 'continue', move: { rate: 1 } });
  await moves.cancel((await moves.runningMove())?.taskHandle ?? '');
});

test('what is an error of ours stays one: a queue that is nobody’s dead-letter queue can’t be moved', async () => {
  const { url, arn } = await on.queue();
  await expect(moveTasks(on.sqs, arn, url).start(1)).rejects.toThrow('must be configured as a Dead Letter Queue');
});

test('to cancel a move that has just ended is no failure', async () => {
  const { redrive, moves } = await withParked(2);
  await redrive();
  const { taskHandle = '' } = (await moves.runningMove()) ?? {};
  await ended(moves);
  await expect(moves.cancel(taskHandle)).resolves.toBeUndefined();
});

test('while a move is being cancelled the next one waits for its turn', async () => {
  const { redrive, moves } = await withParked(5);
  await redrive();
  await moves.cancel((await moves.runningMove())?.taskHandle ?? '');
  // Cancelled at once or in a moment: a start is refused or taken, and never an exception.
  expect(await moves.start(1)).toEqual(expect.any(Boolean));
});

test('what code of ours has sent to parked goes back with what SQS has parked', async () => {
  const { main, parked, redrive, moves } = await withParked(1);
  await on.sqs.send(new SendMessageCommand({ QueueUrl: parked.url, MessageBody: 'sent there' }));
  await redrive(50);
  await ended(moves);
  expect(await moves.failedMove()).toBeUndefined();
  expect((await on.receive(main.url)).map(({ Body }) => Body).sort()).toEqual(['letter 0', 'sent there']);
});

test('a move that fails is told with SQS’s reason, and not started again at once', async () => {
  const { main, redrive, moves } = await withParked(3);
  await redrive();
  await until('one has moved', moves.runningMove, (move) => (move?.moved ?? 0) > 0);
  await on.sqs.send(new DeleteQueueCommand({ QueueUrl: main.url }));
  await ended(moves);
  await wait(50);
  expect(await moves.failedMove()).toMatchObject({ reason: 'AWS.SimpleQueueService.NonExistentQueue' });
  expect(await redrive()).toMatchObject({
    action: 'hold',
    problem: expect.stringContaining('NonExistentQueue'),
    canary: { green: true },
  });
});
