import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type BreakerRecord, initial } from './state';
import type { BreakerStore, Permit, Shared } from './store';
import { BUCKETS, type Bucket, bucketAt, NOTHING, type Tally, total } from './window';

type Item = Record<string, AttributeValue>;

/** The sort key: an item for each kind of write, so that counting calls never races with changing state, and the stream of the one is free of the others. */
export const STATE_ITEM = 'state';
const CALLS_ITEM = 'calls';
const PERMITS_ITEM = 'permits';

/** Breakers in DynamoDB: table key `dependency` and `item`. */
export class DynamoDbStore implements BreakerStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
  ) {}

  async read(dependency: string): Promise<BreakerRecord> {
    const Key = { dependency: { S: dependency }, item: { S: STATE_ITEM } };
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true }),
    );
    return Item ? readRecord(Item) : initial(dependency);
  }

  async readShared(dependency: string, windowSeconds: number, now: number): Promise<Shared> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        KeyConditionExpression: 'dependency = :dependency',
        ExpressionAttributeValues: { ':dependency': { S: dependency } },
        ConsistentRead: true,
      }),
    );
    const state = Items.find(({ item }) => item?.S === STATE_ITEM);
    const calls = Items.find(({ item }) => item?.S === CALLS_ITEM);
    const record = state ? readRecord(state) : initial(dependency);
    const ofThisTerm = calls && number(calls.term) === record.term;
    return { record, tally: ofThisTerm ? readTally(calls, windowSeconds, now) : NOTHING };
  }

  async write(next: BreakerRecord): Promise<{ written: boolean; stored: BreakerRecord }> {
    const stored = await this.put(
      writeRecord(next),
      next.version === 1 ? 'attribute_not_exists(dependency)' : '#version = :before',
      next.version === 1 ? undefined : { '#version': 'version' },
      next.version === 1 ? undefined : { ':before': { N: String(next.version - 1) } },
    );
    if (stored === 'written') return { written: true, stored: next };
    return { written: false, stored: stored ? readRecord(stored) : initial(next.dependency) };
  }

  async share(
    dependency: string,
    term: number,
    seen: Tally,
    windowSeconds: number,
    now: number,
  ): Promise<Tally | undefined> {
    const { index, start } = bucketAt(now, windowSeconds);
    // In the common case the slice is there and the first write is the only one. It isn't when the window has moved on, a term has begun, or
    // a success ends the row.
    let endsRow = false;
    for (let race = 0; race < 8; race += 1) {
      const added = await this.add(dependency, term, seen, { index, start, endsRow });
      if ('item' in added) return readTally(added.item, windowSeconds, now);
      const found = added.found;
      endsRow = number(found?.rowBegan) <= seen.lastSuccess;
      if (!found || number(found.term) < term) {
        const fresh = {
          dependency: { S: dependency },
          item: { S: CALLS_ITEM },
          ...n({ term, failuresInARow: 0, rowBegan: 0 }),
        };
        await this.put(fresh, 'attribute_not_exists(dependency) OR term < :term', undefined, n({ ':term': term }));
      } else if (number(found.term) > term) return undefined;
      // Another clock is ahead by a whole window: what was seen here is too old to count.
      else if (number(found[`start${index}`]) > start) return readTally(found, windowSeconds, now);
      else if (number(found[`start${index}`]) < start) await this.openSlice(dependency, term, index, start);
    }
    throw new Error(`${dependency}: the shared window could not be written, too many others write it`);
  }

  async permit(dependency: string, { term, slot, limit, name }: Permit): Promise<boolean> {
    const holder = { SS: [name] };
    // The first of a slot opens it; all others join it, or find it full. Whoever loses the race to open it joins.
    for (let race = 0; race < 2; race += 1) {
      const joined = await this.update(
        dependency,
        {
          // A set, because adding a name to it twice is adding it once.
          UpdateExpression: 'ADD holders :holder',
          ConditionExpression: 'term = :term AND slot = :slot AND (size(holders) < :limit OR contains(holders, :name))',
          ExpressionAttributeValues: {
            ...n({ ':term': term, ':slot': slot, ':limit': limit }),
            ':holder': holder,
            ':name': { S: name },
          },
        },
        PERMITS_ITEM,
      );
      if ('item' in joined) return true;
      const { found } = joined;
      const ahead = number(found?.term) - term || number(found?.slot) - slot;
      if (found && ahead >= 0) return false;
      const fresh = { dependency: { S: dependency }, item: { S: PERMITS_ITEM }, ...n({ term, slot }), holders: holder };
      const stood = await this.put(
        fresh,
        'attribute_not_exists(dependency) OR term < :term OR (term = :term AND slot < :slot)',
        undefined,
        n({ ':term': term, ':slot': slot }),
      );
      if (stood === 'written') return true;
    }
    return false;
  }

  private async add(
    dependency: string,
    term: number,
    seen: Tally,
    { index, start, endsRow }: { index: number; start: number; endsRow: boolean },
  ) {
    const counts = `calls${index} :calls, failures${index} :failures, slowCalls${index} :slowCalls`;
    return this.update(dependency, {
      UpdateExpression: endsRow
        ? `ADD ${counts} SET failuresInARow = :row, rowBegan = :rowBegan`
        : `ADD ${counts}, failuresInARow :row`,
      ConditionExpression: `term = :term AND start${index} = :start AND rowBegan ${endsRow ? '<=' : '>'} :lastSuccess`,
      ExpressionAttributeValues: n({
        ':calls': seen.calls,
        ':failures': seen.failures,
        ':slowCalls': seen.slowCalls,
        ':row': seen.failuresInARow,
        ...(endsRow && { ':rowBegan': seen.rowBegan }),
        ':lastSuccess': seen.lastSuccess,
        ':term': term,
        ':start': start,
      }),
    });
  }

  private async openSlice(dependency: string, term: number, index: number, start: number) {
    return this.update(dependency, {
      UpdateExpression: `SET start${index} = :start, calls${index} = :zero, failures${index} = :zero, slowCalls${index} = :zero`,
      ConditionExpression: `term = :term AND (attribute_not_exists(start${index}) OR start${index} < :start)`,
      ExpressionAttributeValues: n({ ':start': start, ':zero': 0, ':term': term }),
    });
  }

  private async update(
    dependency: string,
    change: { UpdateExpression: string; ConditionExpression: string; ExpressionAttributeValues: Item },
    item = CALLS_ITEM,
  ): Promise<{ item: Item } | { found: Item | undefined }> {
    try {
      const { Attributes = {} } = await this.client.send(
        new UpdateItemCommand({
          TableName: this.tableName,
          Key: { dependency: { S: dependency }, item: { S: item } },
          ...change,
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { item: Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { found: error.Item };
      throw error;
    }
  }

  /** @returns `written`, or the item that was in the way */
  private async put(
    Item: Item,
    ConditionExpression: string,
    ExpressionAttributeNames: Record<string, string> | undefined,
    ExpressionAttributeValues: Item | undefined,
  ): Promise<'written' | Item | undefined> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.tableName,
          Item,
          ConditionExpression,
          ExpressionAttributeNames,
          ExpressionAttributeValues,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'written';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return error.Item;
      throw error;
    }
  }
}

const number = (value: AttributeValue | undefined): number => Number(value?.N ?? 0);

const n = (values: Record<string, number>): Item =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { N: String(value) }]));

function writeRecord({ dependency, state, evidence, hold, releasing, ...numbers }: BreakerRecord): Item {
  return {
    dependency: { S: dependency },
    item: { S: STATE_ITEM },
    state: { S: state },
    evidence: { S: evidence },
    releasing: { BOOL: releasing },
    ...n(numbers),
    ...(hold && {
      hold: {
        M: { kind: { S: hold.kind }, who: { S: hold.who }, why: { S: hold.why }, until: { N: String(hold.until) } },
      },
    }),
  };
}

/** Reads a state item, of the table or of its stream. */
export function readRecord(item: Item): BreakerRecord {
  const hold = item.hold?.M;
  return {
    dependency: item.dependency?.S ?? '',
    state: item.state?.S as BreakerRecord['state'],
    version: number(item.version),
    term: number(item.term),
    epoch: number(item.epoch),
    since: number(item.since),
    attempt: number(item.attempt),
    retryAt: number(item.retryAt),
    evidence: item.evidence?.S ?? '',
    run: number(item.run),
    releasing: item.releasing?.BOOL ?? false,
    sweeps: number(item.sweeps),
    releasedAt: number(item.releasedAt),
    ...(hold && {
      hold: {
        kind: hold.kind?.S as 'open' | 'closed',
        who: hold.who?.S ?? '',
        why: hold.why?.S ?? '',
        until: number(hold.until),
      },
    }),
  };
}

function readTally(item: Item, windowSeconds: number, now: number): Tally {
  const buckets: Bucket[] = Array.from({ length: BUCKETS }, (_, index) => ({
    start: number(item[`start${index}`]),
    calls: number(item[`calls${index}`]),
    failures: number(item[`failures${index}`]),
    slowCalls: number(item[`slowCalls${index}`]),
  }));
  const counts = total(buckets, now, windowSeconds);
  const failuresInARow = Math.min(number(item.failuresInARow), counts.failures);
  return { ...counts, failuresInARow, rowBegan: number(item.rowBegan), lastSuccess: 0 };
}
