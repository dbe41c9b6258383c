import type { Construct } from 'constructs';
import type { LambdaFunction } from '../lambda-function';
import { Pipe, type PipeProps } from '../pipe';

export interface SagaPipeProps extends Omit<PipeProps, 'target'> {
  /** The starter function. It answers with the messages that have to come back (`batchItemFailures`), which a pipe understands. */
  readonly starter: LambdaFunction;
}

/**
 * Queue → starter → saga by EventBridge Pipes, where a pipe's filters or enrichment are wanted instead of an event source mapping. The pipe calls the starter and not
 * the state machine: a pipe can't name the execution it starts (its target parameters hold the invocation type, nothing else), and without the
 * order's id as its name every delivery of one order would start another saga.
 */
export class SagaPipe extends Pipe {
  constructor(scope: Construct, id: string, { starter, ...props }: SagaPipeProps) {
    super(scope, id, { ...props, target: { handler: starter } });
  }
}
