import type { ExistingRole } from '../defaults';
import type { Queue } from '../encrypted-queue';
import type { Invocable } from '../lambda-function';
import { account, isKnown, isWhole, kmsKeyArn, matching, type Rule, region } from '../props';

/** Where a pipe leads. */
export type PipeTarget =
  /** Waited for; it answers with the messages that have to come back (`batchItemFailures`). */
  | { readonly handler: Invocable }
  /** Started for each batch and not waited for: give it a batch of 1, if it is to be one execution a message. Names no execution, so that a message delivered twice starts two. */
  | { readonly stateMachineArn: string }
  /** `messageGroupId` for a FIFO queue, such as `$.body.orderId`. */
  | { readonly queue: Pick<Queue, 'arn' | 'kmsKeyArn'>; readonly messageGroupId?: string }
  | { readonly busArn: string; readonly detailType: string; readonly source: string };

export interface PipeProps {
  /** A role that is there already. Default: one of its own that may do exactly what the pipe needs. */
  readonly role?: ExistingRole;
  /** Name of the pipe and its role: 1 to 64 letters, digits, dots, hyphens, underscores. Source: EventBridge Pipes API, CreatePipe. */
  readonly pipeName: string;
  /** 12 digits: only this account's pipe may use the role. */
  readonly account: string;
  /** The region that it runs in; for ARNs. */
  readonly region: string;
  /** The queue that messages come from, such as the main queue of a `TieredQueue`, whose redrive policy parks what fails. */
  readonly source: { readonly arn: string };
  /** Seconds that the queue hides a received message, to be checked against what the pipe calls. Default: not checked. */
  readonly visibilityTimeout?: number;
  /** KMS key of that queue, if it has one of its own. Default: none. */
  readonly kmsKeyArn?: string;
  /** Messages at once: 1 to 10, and to a bus at most 10. Default 10. Source: EventBridge guide, "Pipes batching and concurrency". */
  readonly batchSize?: number;
  /** Seconds to gather a batch: 0 to 300. Default 0. Source: EventBridge Pipes API, PipeSourceSqsQueueParameters. */
  readonly batchingWindow?: number;
  /** Only messages that match one of these patterns go on; the pipe **deletes** the others. At most 5. Default: all. Source: EventBridge guide, "Pipes filtering". */
  readonly filterPatterns?: readonly object[];
  /** A function that gets each batch and answers with what goes on: a list, which may be shorter. When it fails, the batch comes back. Default: none. */
  readonly enrichment?: Invocable;
  /** Where messages go. */
  readonly target: PipeTarget;
  /** A circuit breaker stops and starts the pipe at run time: Terraform creates it running and then leaves that alone. Default false. */
  readonly switchedAtRunTime?: boolean;
}

/** Seconds that the functions of a pipe may take together. */
function called({ enrichment, target }: PipeProps): number {
  const timeouts = [enrichment, 'handler' in target ? target.handler : undefined].map((one) => one?.timeout ?? 0);
  return timeouts.every(isKnown) ? timeouts.reduce((sum, timeout) => sum + timeout, 0) : 0;
}

export const rules: readonly Rule<PipeProps>[] = [
  matching('pipeName', /^[.\w-]{1,64}$/, 'EventBridge takes 1 to 64 letters, digits, dots, hyphens and underscores'),
  account,
  region,
  {
    prop: 'batchSize',
    holds: ({ batchSize }) => isWhole(batchSize, 1, 10),
    message: ({ batchSize }) => `is ${batchSize}; a pipe from SQS takes whole numbers from 1 to 10`,
  },
  {
    prop: 'batchingWindow',
    holds: ({ batchingWindow }) => isWhole(batchingWindow, 0, 300),
    message: ({ batchingWindow }) => `is ${batchingWindow} s; EventBridge takes whole numbers from 0 to 300`,
  },
  {
    // Source: EventBridge guide, "Amazon Simple Queue Service as a source": six times the time of enrichment and target together, and the window.
    prop: 'visibilityTimeout',
    holds: (props) => (props.visibilityTimeout ?? 0) >= 6 * called(props) + (props.batchingWindow ?? 0),
    message: (props) =>
      `is ${props.visibilityTimeout} s, but enrichment and target may take ${called(props)} s; the queue has to hide a message for 6 × that, and the window (${6 * called(props) + (props.batchingWindow ?? 0)} s)`,
  },
  {
    prop: 'filterPatterns',
    holds: ({ filterPatterns = [] }) => filterPatterns.length >= 1 && filterPatterns.length <= 5,
    message: ({ filterPatterns = [] }) => `has ${filterPatterns.length} patterns; EventBridge takes 1 to 5`,
  },
  kmsKeyArn,
];
