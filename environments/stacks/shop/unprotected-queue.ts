import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Construct } from 'constructs';
import type { Queue } from '../../../modules/encrypted-queue';
import type { Grantee, LambdaFunction } from '../../../modules/lambda-function';

/**
 * The queue as the story begins: no dead letters, visible again as soon as its consumer has timed out, one message an invocation. It shows what
 * happens without the patterns, and only the `local` environment has it.
 */
export class UnprotectedQueue extends Construct {
  readonly main: Queue;
  readonly fifo = false;

  constructor(scope: Construct, id: string, queueName: string, visibilityTimeoutSeconds: number) {
    super(scope, id);
    const queue = new SqsQueue(this, 'main', { name: queueName, visibilityTimeoutSeconds, sqsManagedSseEnabled: true });
    this.main = { arn: queue.arn, url: queue.url, name: queue.name };
  }

  grantSend(grantee: Grantee): void {
    grantee.grant(['sqs:SendMessage'], [this.main.arn]);
  }

  /** @returns the mapping's uuid */
  feed(handler: LambdaFunction): string {
    handler.grant(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [this.main.arn]);
    return new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: this.main.arn,
      functionName: handler.arn,
      batchSize: 1,
    }).uuid;
  }
}
