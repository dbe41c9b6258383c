import {
  CancelMessageMoveTaskCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ResourceNotFoundException,
  type SQSClient,
  StartMessageMoveTaskCommand,
  UnsupportedOperation,
} from '@aws-sdk/client-sqs';
import type { RunningMove } from './decide';
import type { RedriveSurroundings } from './reconcile';

/**
 * SQS's message move tasks of one dead-letter queue.
 *
 * @param destinationArn where messages go. Default: the queue that each was moved from, which SQS doesn't know of a message that was
 *   sent to the dead-letter queue by hand or by code
 */
export function moveTasks(
  sqs: SQSClient,
  sourceArn: string,
  queueUrl: string,
  destinationArn?: string,
): Omit<RedriveSurroundings, 'canary'> {
  const tasks = async () => {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: sourceArn, MaxResults: 10 }));
    return Results;
  };
  /** A task that is being cancelled is in the way of the next one as well. */
  const activeMove = async () =>
    (await tasks()).find(({ Status }) => Status === 'RUNNING' || Status === 'CANCELLING') !== undefined;
  const runningMove = async (): Promise<RunningMove | undefined> => {
    const running = (await tasks()).find(({ Status }) => Status === 'RUNNING');
    if (!running?.TaskHandle) return undefined;
    return {
      taskHandle: running.TaskHandle,
      moved: Number(running.ApproximateNumberOfMessagesMoved ?? 0),
      toMove: Number(running.ApproximateNumberOfMessagesToMove ?? 0),
      rate: running.MaxNumberOfMessagesPerSecond ?? 0,
    };
  };
  return {
    runningMove,
    parked: async () => {
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },
    start: async (rate) => {
      try {
        const settings = {
          SourceArn: sourceArn,
          DestinationArn: destinationArn,
          MaxNumberOfMessagesPerSecond: rate,
        };
        await sqs.send(new StartMessageMoveTaskCommand(settings));
        return true;
      } catch (error) {
        // SQS answers so when a task of this queue is active; anything else that it may mean is an error of ours.
        if (error instanceof UnsupportedOperation && (await activeMove())) return false;
        throw error;
      }
    },
    cancel: async (taskHandle) => {
      try {
        await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: taskHandle }));
      } catch (error) {
        // The task ended between the look and the cancel: nothing is left to cancel.
        if (!(error instanceof ResourceNotFoundException) && !(error instanceof UnsupportedOperation)) throw error;
      }
    },
  };
}
