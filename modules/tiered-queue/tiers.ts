import type { Queue } from '../encrypted-queue';
import type { Grantee } from '../lambda-function';

/**
 * A queue with its two tiers of dead letters, as whatever works with it sees it: a `TieredQueue`, an `ExistingQueue`, or anything of this form.
 */
export interface QueueTiers {
  readonly main: Queue;
  /** Where SQS puts what was received too often: the dead-letter queue of `main`. */
  readonly parked: Queue;
  /** Where the consumer sends what a person has to mend. */
  readonly repair: Queue;
  readonly fifo: boolean;
  /** Seconds; a consumer's time-out must fit into it six times. */
  readonly visibilityTimeout: number;
  /** Receives before SQS parks a message. */
  readonly maxReceiveCount: number;
  /** Seconds that the main queue keeps a message. */
  readonly messageRetention: number;
}

/** Source of the list: service authorization reference, SQS, CancelMessageMoveTask. */
const STOP_A_MOVE = [
  'sqs:ListMessageMoveTasks',
  'sqs:CancelMessageMoveTask',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
];
const DECRYPT = ['kms:Decrypt'];
const ENCRYPT = ['kms:GenerateDataKey', 'kms:Decrypt'];

function grant(grantee: Grantee, actions: string[], { arn, kmsKeyArn }: Queue, keyActions: string[]): void {
  grantee.grant(actions, [arn]);
  if (kmsKeyArn) grantee.grant(keyActions, [kmsKeyArn]);
}

/** Sending to the main queue. */
export function grantSend({ main }: QueueTiers, grantee: Grantee): void {
  grant(grantee, ['sqs:SendMessage', 'sqs:GetQueueAttributes'], main, ENCRYPT);
}

/** Receiving from the main queue, putting a message off, and sending what is wrong with it to repair. */
export function grantConsume(tiers: QueueTiers, grantee: Grantee): void {
  const receive = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'];
  grant(grantee, receive, tiers.main, DECRYPT);
  grantRepair(tiers, grantee);
}

/** Sending to repair, for what gets its messages from somebody else who receives them: a pipe. */
export function grantRepair({ repair }: QueueTiers, grantee: Grantee): void {
  grant(grantee, ['sqs:SendMessage'], repair, ENCRYPT);
}

/** Handing over what another source can't hold back: to the main queue, where it waits and is parked, and to repair. */
export function grantHandOver(tiers: QueueTiers, grantee: Grantee): void {
  grantSend(tiers, grantee);
  grantRepair(tiers, grantee);
}

/** Carrying messages from the main queue to parked, by an event source mapping. Source: Lambda guide, "Configuring a queue to use with Lambda". */
export function grantPark({ main, parked }: QueueTiers, grantee: Grantee): void {
  grant(grantee, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], main, DECRYPT);
  grant(grantee, ['sqs:SendMessage'], parked, ENCRYPT);
}

/** Seeing how much is parked and moved, and stopping the move. */
export function grantStopRedrive({ parked }: QueueTiers, grantee: Grantee): void {
  grant(grantee, STOP_A_MOVE, parked, DECRYPT);
}

/** Moving parked messages back to the main queue. Source of the list: SQS guide, "Configuring queue permissions for DLQ redrive". */
export function grantRedrive({ main, parked }: QueueTiers, grantee: Grantee): void {
  grant(grantee, ['sqs:StartMessageMoveTask', ...STOP_A_MOVE], parked, DECRYPT);
  grant(grantee, ['sqs:SendMessage'], main, ENCRYPT);
}
