import type { Invocable } from '../lambda-function';
import { isKnown, isWhole, type Rule, whole } from '../props';
import type { QueueTiers } from '../tiered-queue';

export interface ConsumerProps {
  /** Whose main queue is read: a `TieredQueue`, an `ExistingQueue`, or anything of that form. */
  readonly queue: QueueTiers;
  /** What handles the messages: a `LambdaFunction` or an `ExistingFunction`. Its `timeout` × 6 and the batching window must fit into the queue's visibility timeout. */
  readonly handler: Invocable;
  /** Messages an invocation: 1 to 10,000 (FIFO: 10); more than 10 needs a batching window. Default 10. Source: Lambda API, CreateEventSourceMapping. */
  readonly batchSize?: number;
  /** Seconds to gather a batch: 0 to 300. Not for FIFO. Default 0. */
  readonly batchingWindow?: number;
  /**
   * Invocations at once for this queue: 2 to 1,000, and no more than the function's reserved concurrency, or throttled
   * receives use up the receive count. Default: the function's reserved concurrency, if it has one of 2 or more.
   */
  readonly maximumConcurrency?: number;
  /** Only messages that match one of these patterns are handled; SQS **deletes** the others. At most 5. Default: all. */
  readonly filterPatterns?: readonly object[];
  /**
   * A circuit breaker switches the mapping and its concurrency at run time: Terraform creates both and then leaves them alone, or the next
   * apply would open the dam in mid-outage. Default false.
   */
  readonly switchedAtRunTime?: boolean;
}

export const rules: readonly Rule<ConsumerProps>[] = [
  {
    // Source: Lambda guide, "Creating and configuring an Amazon SQS event source mapping"; a message waits for the window with its visibility running.
    prop: 'queue',
    holds: ({ queue, handler, batchingWindow = 0 }) =>
      !isKnown(queue.visibilityTimeout) ||
      !isKnown(handler.timeout) ||
      queue.visibilityTimeout >= 6 * handler.timeout + batchingWindow,
    message: ({ queue, handler, batchingWindow = 0 }) =>
      `has a visibilityTimeout of ${queue.visibilityTimeout} s, but the handler's timeout is ${handler.timeout} s${batchingWindow > 0 ? ` and the batchingWindow ${batchingWindow} s` : ''}; Lambda needs at least 6 ×${batchingWindow > 0 ? ' and the window' : ''} (${6 * handler.timeout + batchingWindow} s)`,
  },
  {
    // A mapping can't be told to keep to fewer than 2. Source: Lambda guide, "Configuring maximum concurrency for Amazon SQS event sources".
    prop: 'handler',
    holds: ({ handler }) => !isKnown(handler.reservedConcurrency) || (handler.reservedConcurrency ?? 0) >= 2,
    message: ({ handler }) =>
      `has a reservedConcurrency of ${handler.reservedConcurrency}, and a mapping starts at least 2 invocations at once; throttled receives would use up the receive count and park healthy messages. Reserve 2 or more, or none`,
  },
  {
    prop: 'batchSize',
    holds: ({ batchSize, batchingWindow, queue }) =>
      isWhole(batchSize, 1, queue.fifo ? 10 : 10_000) && ((batchSize ?? 0) <= 10 || (batchingWindow ?? 0) >= 1),
    message: ({ batchSize, batchingWindow = 0, queue }) =>
      `is ${batchSize} with a batchingWindow of ${batchingWindow} s; Lambda takes 1 to ${queue.fifo ? '10 for FIFO' : '10,000, and more than 10 only with a window of 1 s or more'}`,
  },
  {
    prop: 'batchingWindow',
    holds: ({ batchingWindow, queue }) => isWhole(batchingWindow, 0, queue.fifo ? 0 : 300),
    message: ({ batchingWindow, queue }) =>
      `is ${batchingWindow} s; Lambda takes 0 to 300 s${queue.fifo ? ', and none for a FIFO queue' : ''}`,
  },
  whole('maximumConcurrency', [2, 1000], { by: 'Lambda' }),
  {
    prop: 'maximumConcurrency',
    holds: ({ maximumConcurrency = 0, handler }) =>
      maximumConcurrency <= (handler.reservedConcurrency ?? Number.POSITIVE_INFINITY),
    message: ({ maximumConcurrency, handler }) =>
      `is ${maximumConcurrency}, above the handler's reservedConcurrency of ${handler.reservedConcurrency}; throttled receives would use up the receive count and park healthy messages`,
  },
  {
    prop: 'filterPatterns',
    holds: ({ filterPatterns = [] }) => filterPatterns.length >= 1 && filterPatterns.length <= 5,
    message: ({ filterPatterns = [] }) => `has ${filterPatterns.length} patterns; Lambda takes 1 to 5`,
  },
];
