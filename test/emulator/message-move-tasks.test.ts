import { setTimeout as wait } from 'node:timers/promises';
import {
  CancelMessageMoveTaskCommand,
  DeleteQueueCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
  type StartMessageMoveTaskCommandInput,
} from '@aws-sdk/client-sqs';
import { OnEmulator, until } from './on-emulator';

const on = OnEmulator.forThisFile();

const start = async (input: StartMessageMoveTaskCommandInput) =>
  (await on.sqs.send(new StartMessageMoveTaskCommand(input))).TaskHandle;
const tasks = async (SourceArn: string, MaxResults = 10) =>
  (await on.sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults }))).Results ?? [];
const ended = (SourceArn: string) =>
  until(
    'the task has ended',
    async () => (await tasks(SourceArn))[0],
    (task) => task?.Status !== 'RUNNING' && task?.Status !== 'CANCELLING',
  );
const letters = (count: number) => Array.from({ length: count }, (_, index) => `letter ${index}`);

describe('what SQS says of message moves', () => {
  it('moves dead letters back to the queue that they came from', async () => {
    const { main, parked } = await on.withDeadLetters();
    const { main: other } = {
      main: await on.queue({
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: parked.arn, maxReceiveCount: 1 }),
        VisibilityTimeout: '0',
      }),
    };
    await on.park(main, 'one');
    await on.park(other, 'two');
    expect(await on.depth(parked.url)).toEqual({ waiting: 2, inFlight: 0 });

    await start({ SourceArn: parked.arn });
    expect(await ended(parked.arn)).toMatchObject({
      Status: 'COMPLETED',
      SourceArn: parked.arn,
      ApproximateNumberOfMessagesMoved: 2,
      ApproximateNumberOfMessagesToMove: 2,
    });
    expect((await on.receive(main.url)).map(({ Body }) => Body)).toEqual(['one']);
    expect((await on.receive(other.url)).map(({ Body }) => Body)).toEqual(['two']);
    expect(await on.depth(parked.url)).toEqual({ waiting: 0, inFlight: 0 });
  });

  it('makes a new message of each, with the body and the attributes of the old', async () => {
    const { main, parked } = await on.withDeadLetters();
    await on.park(main, 'kept');
    const [letter] = await on.receive(parked.url, 0);
    expect(letter?.Attributes?.DeadLetterQueueSourceArn).toBe(main.arn);
    await wait(50);

    await start({ SourceArn: parked.arn });
    await ended(parked.arn);
    const [moved] = await on.receive(main.url);
    expect(moved?.Body).toBe('kept');
    expect(moved?.MessageAttributes?.origin?.StringValue).toBe('test');
    expect(moved?.MessageId).not.toBe(letter?.MessageId);
    expect(Number(moved?.Attributes?.SentTimestamp)).toBeGreaterThan(Number(letter?.Attributes?.SentTimestamp));
    expect(moved?.Attributes?.ApproximateReceiveCount).toBe('1');
    expect(moved?.Attributes?.DeadLetterQueueSourceArn).toBeUndefined();
  });

  it('moves to another destination when told so', async () => {
    const { main, parked } = await on.withDeadLetters();
    const elsewhere = await on.queue();
    await on.park(main, 'away');
    await start({ SourceArn: parked.arn, DestinationArn: elsewhere.arn });
    expect(await ended(parked.arn)).toMatchObject({ Status: 'COMPLETED', DestinationArn: elsewhere.arn });
    expect((await on.receive(elsewhere.url)).map(({ Body }) => Body)).toEqual(['away']);
    expect(await on.depth(main.url)).toEqual({ waiting: 0, inFlight: 0 });
  });

  it('moves no faster than the rate', async () => {
    const { main, parked } = await on.withDeadLetters();
    const elsewhere = await on.queue();
    await on.park(main, ...letters(8));
    const started = Date.now();
    await start({ SourceArn: parked.arn, DestinationArn: elsewhere.arn, MaxNumberOfMessagesPerSecond: 4 });
    await until(
      'one has moved',
      () => on.depth(elsewhere.url),
      ({ waiting }) => waiting >= 1,
    );
    const after = (Date.now() - started) / 1000;
    expect((await on.depth(elsewhere.url)).waiting).toBeLessThanOrEqual(1 + Math.ceil(after * 4 + 0.4));
    await ended(parked.arn);
    // The first at once, the other seven at four a second.
    const seconds = (Date.now() - started) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(7 / 4);
    expect(seconds).toBeLessThan(4);
  });

  it('has one active task for a queue, and says so', async () => {
    const { main, parked } = await on.withDeadLetters();
    await on.park(main, ...letters(3));
    const handle = await start({ SourceArn: parked.arn, MaxNumberOfMessagesPerSecond: 1 });
    await expect(start({ SourceArn: parked.arn })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining('There is already a task running'),
    });
    await on.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: handle }));
    await ended(parked.arn);
    await expect(start({ SourceArn: parked.arn })).resolves.toEqual(expect.any(String));
  });

  it('stops when cancelled: what was moved stays moved, the rest stays', async () => {
    const { main, parked } = await on.withDeadLetters();
    const elsewhere = await on.queue();
    await on.park(main, ...letters(6));
    const TaskHandle = await start({
      SourceArn: parked.arn,
      DestinationArn: elsewhere.arn,
      MaxNumberOfMessagesPerSecond: 2,
    });
    await until(
      'two have moved',
      () => on.depth(elsewhere.url),
      ({ waiting }) => waiting === 2,
    );
    const { ApproximateNumberOfMessagesMoved } = await on.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(ApproximateNumberOfMessagesMoved).toBe(2);
    expect(await ended(parked.arn)).toMatchObject({ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 2 });
    await wait(1200);
    expect(await on.depth(elsewhere.url)).toEqual({ waiting: 2, inFlight: 0 });
    expect(await on.depth(parked.url)).toEqual({ waiting: 4, inFlight: 0 });
  });

  it('gives a handle only for a task that runs, and can cancel no other', async () => {
    const { main, parked } = await on.withDeadLetters();
    await on.park(main, ...letters(2));
    const TaskHandle = await start({ SourceArn: parked.arn, MaxNumberOfMessagesPerSecond: 1 });
    expect((await tasks(parked.arn))[0]).toMatchObject({
      TaskHandle,
      Status: 'RUNNING',
      MaxNumberOfMessagesPerSecond: 1,
    });
    expect(await ended(parked.arn)).toMatchObject({ Status: 'COMPLETED' });
    expect((await tasks(parked.arn))[0]?.TaskHandle).toBeUndefined();
    await expect(on.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(on.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: 'nonsense' }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  it('lists the latest tasks first, one unless asked for more and ten at most', async () => {
    const { main, parked } = await on.withDeadLetters();
    for (let round = 0; round < 12; round += 1) {
      if (round === 11) await on.park(main, 'last');
      await start({ SourceArn: parked.arn });
      await ended(parked.arn);
    }
    expect(await tasks(parked.arn)).toHaveLength(10);
    const { Results = [] } = await on.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: parked.arn }));
    expect(Results.map(({ ApproximateNumberOfMessagesMoved }) => ApproximateNumberOfMessagesMoved)).toEqual([1]);
    await expect(tasks(parked.arn, 11)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('leaves dead letters alone that somebody has in hand', async () => {
    const { main, parked } = await on.withDeadLetters();
    await on.park(main, 'held', 'free');
    const held = (await on.receive(parked.url, 0)).find(({ Body }) => Body === 'held');
    expect(held).toBeDefined();
    const hidden = await on.receive(parked.url, 60);
    expect(hidden).toHaveLength(2);
    await start({ SourceArn: parked.arn });
    expect(await ended(parked.arn)).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 0 });
    expect(await on.depth(parked.url)).toEqual({ waiting: 0, inFlight: 2 });
  });
});

describe('what SQS refuses', () => {
  it('a source that is nobody’s dead-letter queue', async () => {
    const { arn } = await on.queue();
    await expect(start({ SourceArn: arn })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'Source queue must be configured as a Dead Letter Queue.',
    });
  });

  it('queues that don’t exist', async () => {
    const { parked } = await on.withDeadLetters();
    const missing = 'arn:aws:sqs:us-east-1:000000000000:missing';
    await expect(start({ SourceArn: missing })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(tasks(missing)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(start({ SourceArn: parked.arn, DestinationArn: missing })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('DestinationArn'),
    });
  });

  it.each([0, 501])('a rate of %i', async (MaxNumberOfMessagesPerSecond) => {
    const { parked } = await on.withDeadLetters();
    await expect(start({ SourceArn: parked.arn, MaxNumberOfMessagesPerSecond })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  it('a destination of the other type', async () => {
    const { parked } = await on.withDeadLetters();
    const fifo = await on.queue({ FifoQueue: 'true' });
    await expect(start({ SourceArn: parked.arn, DestinationArn: fifo.arn })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });
});

describe('a task that fails', () => {
  it('says that the destination is gone, and keeps what it has not moved', async () => {
    const { main, parked } = await on.withDeadLetters();
    const elsewhere = await on.queue();
    await on.park(main, ...letters(4));
    await start({ SourceArn: parked.arn, DestinationArn: elsewhere.arn, MaxNumberOfMessagesPerSecond: 1 });
    await until(
      'one has moved',
      () => on.depth(elsewhere.url),
      ({ waiting }) => waiting === 1,
    );
    await on.sqs.send(new DeleteQueueCommand({ QueueUrl: elsewhere.url }));
    expect(await ended(parked.arn)).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'AWS.SimpleQueueService.NonExistentQueue',
    });
    expect(await on.depth(parked.url)).toEqual({ waiting: 3, inFlight: 0 });
  });

  it('says that it can’t tell where a message came from that was sent straight to the dead letters', async () => {
    const { parked } = await on.withDeadLetters();
    await on.sqs.send(new SendMessageCommand({ QueueUrl: parked.url, MessageBody: 'from nowhere' }));
    await start({ SourceArn: parked.arn });
    expect(await ended(parked.arn)).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'CouldNotDetermineMessageSource',
    });
    expect(await on.depth(parked.url)).toEqual({ waiting: 1, inFlight: 0 });
  });
});

it('ListDeadLetterSourceQueues names the queues whose dead letters it holds', async () => {
  const { main, parked } = await on.withDeadLetters();
  const { queueUrls } = await on.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: parked.url }));
  expect(queueUrls).toEqual([main.url]);
});
