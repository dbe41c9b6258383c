import { DynamodbTableItem } from '@cdktf/provider-aws/lib/dynamodb-table-item';
import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import type { Construct } from 'constructs';
import { type QueueSettings, TABLE } from '../../functions/desk/contract';
import type { Grantee } from '../lambda-function';
import type { DeskQueue } from './props';

/** Invocations of the keeper at once for each queue: what they write about one group stays below what DynamoDB takes for one partition. */
const KEEPERS = 5;

/** A desk as a queue is attached to it. */
export interface AttachableDesk {
  readonly tableName: string;
  /** The function that takes dead letters in. */
  readonly keeper: Grantee & { readonly arn: string };
  /** The function that sends them again. */
  readonly worker: Grantee;
  /** The function that answers pages, where there is one. */
  readonly api?: Grantee | undefined;
}

/** What is known of a queue is an item of the table, where whatever attaches one by hand writes it as well. */
export function attachQueue(
  scope: Construct,
  { tableName, keeper, worker, api }: AttachableDesk,
  { id, deadLetters, sendTo, parked, ledger, canary, redrive, breaker, ...known }: DeskQueue,
): void {
  const settings: QueueSettings = {
    queue: deadLetters.arn,
    sendTo: sendTo?.url,
    ledger: ledger && { table: ledger.table.tableName, scope: ledger.scope },
    canary: canary?.handler.arn,
    redrive: redrive?.handler.arn,
    breaker: breaker?.hold.arn,
    ...known,
  };
  new DynamodbTableItem(scope, `${id}-settings`, {
    tableName,
    hashKey: TABLE.hashKey,
    rangeKey: TABLE.rangeKey,
    item: JSON.stringify({
      [TABLE.hashKey]: { S: 'queues' },
      [TABLE.rangeKey]: { S: deadLetters.arn },
      data: { S: JSON.stringify(settings) },
    }),
  });
  keeper.grant(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [deadLetters.arn]);
  if (deadLetters.kmsKeyArn) keeper.grant(['kms:Decrypt'], [deadLetters.kmsKeyArn]);
  new LambdaEventSourceMapping(scope, `${id}-mapping`, {
    eventSourceArn: deadLetters.arn,
    functionName: keeper.arn,
    batchSize: 10,
    functionResponseTypes: ['ReportBatchItemFailures'],
    scalingConfig: { maximumConcurrency: KEEPERS },
    enabled: true,
  });
  for (const sender of api ? [worker, api] : [worker]) {
    if (sendTo) sender.grant(['sqs:SendMessage'], [sendTo.arn]);
    if (sendTo?.kmsKeyArn) sender.grant(['kms:GenerateDataKey', 'kms:Decrypt'], [sendTo.kmsKeyArn]);
    if (canary) sender.grant(['lambda:InvokeFunction'], [canary.handler.arn]);
    ledger?.table.grantRead(sender);
  }
  for (const operated of [redrive?.handler, breaker?.hold])
    if (operated) api?.grant(['lambda:InvokeFunction'], [operated.arn]);
  const tiers = [deadLetters, ...(sendTo ? [sendTo] : []), ...(parked ? [parked] : [])].map(({ arn }) => arn);
  worker.grant(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], tiers);
}
