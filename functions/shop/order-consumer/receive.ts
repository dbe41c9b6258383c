import type { Logger } from '@aws-lambda-powertools/logger';
import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { Backoff } from '../../runtime/backoff';
import { processBatch } from '../../runtime/batch';
import { type Outcome, tell } from './report';

/** The waits of a function that receives orders. */
export const backoffIn = (environment: {
  readonly BACKOFF_BASE_SECONDS?: string;
  readonly BACKOFF_CAP_SECONDS?: string;
}): Backoff => ({
  base: Number(environment.BACKOFF_BASE_SECONDS ?? 2),
  cap: Number(environment.BACKOFF_CAP_SECONDS ?? 300),
});

/** Puts a message of that queue off. Without a URL nothing is put off: it comes back when its visibility ends. */
export const putOffIn =
  (sqs: SQSClient, QueueUrl: string | undefined) =>
  async ({ receiptHandle }: SQSRecord, VisibilityTimeout: number): Promise<void> => {
    if (!QueueUrl) return;
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }));
  };

/** A message that could not even be put off: it comes back when its visibility ends. */
type Untreated = Outcome & { readonly kind: 'retry'; readonly failure: 'own' };

/**
 * Handles each message for itself, and says of each in the log what became of it.
 *
 * @param handle what is to be tried again has the kind `retry`
 * @param behind what becomes of a message of a FIFO group behind one that is tried again
 */
export async function receive<One extends Outcome>(
  records: readonly SQSRecord[],
  logger: Logger,
  handle: (record: SQSRecord) => Promise<One>,
  behind?: (record: SQSRecord) => Promise<One>,
): Promise<{ readonly all: readonly (One | Untreated)[]; readonly response: SQSBatchResponse }> {
  const all: (One | Untreated)[] = [];
  const note = (one: One | Untreated, { messageId }: SQSRecord): boolean => {
    all.push(one);
    tell(one, messageId, logger);
    return one.kind !== 'retry';
  };
  const response = await processBatch(
    records,
    async (record) => note(await handle(record), record),
    (record, error) => note({ kind: 'retry', failure: 'own', detail: (error as Error).message }, record),
    behind && (async (record) => void note(await behind(record), record)),
  );
  return { all, response };
}
