/** The part of an SQS event's record that handling a batch needs. */
export interface BatchRecord {
  readonly messageId: string;
  readonly eventSourceARN: string;
  readonly attributes: { readonly MessageGroupId?: string | undefined };
}

/** What Lambda takes as a partial batch response. An empty or unknown identifier would fail the whole batch, so only received ones go in. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** A message group alone says nothing: messages of a standard queue have one as well where tenants share it fairly. Source: SQS guide, "Fair queues". */
export const isFifo = ({ eventSourceARN }: Pick<BatchRecord, 'eventSourceARN'>): boolean =>
  eventSourceARN.endsWith('.fifo');

/**
 * Handles a batch so that one failed message fails alone. Messages of a standard queue are handled at once; those of a FIFO queue in order within
 * their group, and after a failure the rest of the group comes back too, or it would overtake.
 *
 * @param handle true: the message is finished with; false: it comes back. A throw counts as false, after `onError`.
 * @param onSkipped what is done with a message of a FIFO group that comes back untried, because one before it failed. Default: nothing.
 */
export async function processBatch<R extends BatchRecord>(
  records: readonly R[],
  handle: (record: R) => Promise<boolean>,
  onError: (record: R, error: unknown) => void,
  onSkipped: (record: R) => Promise<void> = async () => {},
): Promise<BatchResponse> {
  const batchItemFailures: BatchResponse['batchItemFailures'] = [];
  const attempt = async (record: R, step: (record: R) => Promise<boolean> = handle): Promise<boolean> => {
    try {
      if (await step(record)) return true;
    } catch (error) {
      onError(record, error);
    }
    batchItemFailures.push({ itemIdentifier: record.messageId });
    return false;
  };
  if (!records[0] || !isFifo(records[0])) {
    await Promise.all(records.map((record) => attempt(record)));
    return { batchItemFailures };
  }
  const skip = async (record: R) => {
    await onSkipped(record);
    return false;
  };
  await Promise.all(
    groups(records).map(async (group) => {
      let ordered = true;
      for (const record of group) ordered = await attempt(record, ordered ? handle : skip);
    }),
  );
  return { batchItemFailures };
}

function groups<R extends BatchRecord>(records: readonly R[]): R[][] {
  const byGroup = new Map<string, R[]>();
  for (const record of records) {
    const name = record.attributes.MessageGroupId ?? '';
    const group = byGroup.get(name);
    if (group) group.push(record);
    else byGroup.set(name, [record]);
  }
  return [...byGroup.values()];
}
