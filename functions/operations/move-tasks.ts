import {
  CancelMessageMoveTaskCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';

/** A message move task that runs. */
export interface RunningMove {
  readonly taskHandle: string;
  readonly moved: number;
  readonly toMove: number;
  readonly rate: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** The latest message move task of the queue, if it failed. */
export interface FailedMove {
  /** SQS's own word, for example `AWS.SimpleQueueService.NonExistentQueue`. */
  readonly reason: string;
  readonly moved: number;
  /** Seconds since it was started. */
  readonly startedAgo: number;
}

/** What SQS's message move tasks of one dead-letter queue take. */
export interface MoveTasks {
  parked(): Promise<number>;
  runningMove(): Promise<RunningMove | undefined>;
  /** The latest move, if it failed. */
  failedMove(): Promise<FailedMove | undefined>;
  /** Seconds since each of the latest releases was started, newest first; only those that moved something. */
  releases(): Promise<readonly number[]>;
  /** False if another move of this queue began in between: SQS lets one run at a time. */
  start(rate: number): Promise<boolean>;
  cancel(taskHandle: string): Promise<void>;
}

/**
 * SQS's message move tasks of one dead-letter queue.
 *
 * @param destinationArn where messages go. Default: the queue that each was moved from, which SQS doesn't know of a message that was
 *   sent to the dead-letter queue by hand or by code
 */
export function moveTasks(sqs: SQSClient, sourceArn: string, queueUrl: string, destinationArn?: string): MoveTasks {
  /** The latest first. */
  const tasks = async () => {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: sourceArn, MaxResults: 10 }));
    return Results;
  };
  const running = async () => (await tasks()).find(({ Status }) => Status === 'RUNNING');
  const start = async (rate: number, attempts = 2): Promise<boolean> => {
    try {
      const settings = {
        SourceArn: sourceArn,
        DestinationArn: destinationArn,
        MaxNumberOfMessagesPerSecond: rate,
      };
      await sqs.send(new StartMessageMoveTaskCommand(settings));
      return true;
    } catch (error) {
      // SQS has no error of its own for "a task of this queue is active": it is an InvalidParameterValue like any other, so the tasks are asked. One that is
      // being cancelled is in the way as well. One that ended between the refusal and this look is not seen any more, and no longer in the way.
      if ((await tasks()).some(({ Status }) => Status === 'RUNNING' || Status === 'CANCELLING')) return false;
      if (attempts > 1) return start(rate, attempts - 1);
      throw error;
    }
  };
  return {
    runningMove: async () => {
      const task = await running();
      if (!task?.TaskHandle) return undefined;
      return {
        taskHandle: task.TaskHandle,
        moved: Number(task.ApproximateNumberOfMessagesMoved ?? 0),
        toMove: Number(task.ApproximateNumberOfMessagesToMove ?? 0),
        rate: task.MaxNumberOfMessagesPerSecond ?? 0,
        startedAt: Number(task.StartedTimestamp ?? 0),
      };
    },
    failedMove: async () => {
      const [latest] = await tasks();
      if (latest?.Status !== 'FAILED') return undefined;
      return {
        reason: latest.FailureReason ?? 'SQS gives no reason',
        moved: Number(latest.ApproximateNumberOfMessagesMoved ?? 0),
        startedAgo: (Date.now() - Number(latest.StartedTimestamp ?? 0)) / 1000,
      };
    },
    releases: async () =>
      (await tasks())
        .filter(({ ApproximateNumberOfMessagesMoved: moved = 0 }) => moved > 0)
        .map(({ StartedTimestamp: started = 0 }) => (Date.now() - Number(started)) / 1000),
    parked: async () => {
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },
    start,
    cancel: async (taskHandle) => {
      try {
        await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: taskHandle }));
      } catch (error) {
        // The task ended between the look and the cancel: nothing is left to cancel, whatever SQS calls that.
        if (await running()) throw error;
      }
    },
  };
}
