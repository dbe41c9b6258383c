/** The part of an SQS event's record that handling a batch needs. */
export interface BatchRecord {
  readonly messageId: string;
  readonly attributes: { readonly MessageGroupId?: string | undefined };
}

/** What Lambda takes as a partial batch response. An empty or unknown identifier would fail the whole batch, so only received ones go in. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * Handles a batch so that one failed message fails alone. Messages of a standard queue are handled at once; those of a FIFO queue in order within
 * their group, and after a failure the rest of the group comes back too, or it would overtake.
 *
 * @param handle true: the message is finished with; false: it comes back. A throw counts as false, after `onError`.
 */
export async function processBatch<R extends BatchRecord>(
  records: readonly R[],
  handle: (record: R) => Promise<boolean>,
  onError: (record: R, error: unknown) => void,
): Promise<BatchResponse> {
  const batchItemFailures: BatchResponse['batchItemFailures'] = [];
  const attempt = async (record: R): Promise<boolean> => {
    try {
      if (await handle(record)) return true;
    } catch (error) {
      onError(record, error);
    }
    batchItemFailures.push({ itemIdentifier: record.messageId });
    return false;
  };
  if (records[0]?.attributes.MessageGroupId === undefined) {
    await Promise.all(records.map(attempt));
    return { batchItemFailures };
  }
  await Promise.all(
    groups(records).map(async (group) => {
      let ordered = true;
      for (const record of group) {
        if (ordered) ordered = await attempt(record);
        else batchItemFailures.push({ itemIdentifier: record.messageId });
      }
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
