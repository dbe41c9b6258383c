import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { QueueSettings } from '../contract';
import type { AuditEntry, Content, Group, Letter, Status, WholeLetter } from '../core/letter';
import { STATUSES } from '../core/letter';
import type { TierLook } from '../core/loss-clock';
import { NO_COUNTS, type Release, type ReleaseCounts } from '../core/release';
import { positionOf, SINGLE } from '../core/run-release';
import {
  changed,
  type DeskStore,
  entryOf,
  type LetterChange,
  NotFoundError,
  type Page,
  StaleError,
} from '../core/store';
import { forgottenAt, hourOf } from '../core/trend';

type Item = Record<string, AttributeValue>;

/** Bytes of one piece of a content. An item has at most 400 KB, and a message 1 MiB, so a content takes at most a few. Source: DynamoDB guide, "Quotas". */
const PIECE_BYTES = 350_000;

/** A group's counts are spread over so many items: DynamoDB takes about 1,000 writes a second for one. Source: DynamoDB guide, "Designing partition keys". */
const SPREAD = 4;

/** Attempts at a write that met another one of the same items. Source: DynamoDB guide, "Transaction conflict handling": the SDK does not repeat it. */
const ATTEMPTS = 8;

const shardOf = (id: string): number => Number.parseInt(id.slice(-1), 16) % SPREAD;
const text = (S: string): AttributeValue => ({ S });
const json = (value: unknown): AttributeValue => ({ S: JSON.stringify(value) });
const key = (pk: string, sk: string): Item => ({ pk: text(pk), sk: text(sk) });
const readJson = <T>(item: Item | undefined): T | undefined =>
  item?.data?.S ? (JSON.parse(item.data.S) as T) : undefined;

/** The desk's store in one DynamoDB table. */
export class DynamoDbDeskStore implements DeskStore {
  constructor(
    private readonly client: Pick<DynamoDBClient, 'send'>,
    private readonly tableName: string,
  ) {}

  async keep({ content, ...letter }: WholeLetter): Promise<boolean> {
    const isNew = 'attribute_not_exists(pk)';
    const written = await this.transact([
      this.put(letterItem(letter), isNew),
      ...pieces(letter.id, letter.revision, content).map((item) => this.put(item)),
      ...this.counted(letter, undefined, letter.status),
      this.arrived(letter),
      this.put(auditItem(entryOf(letter, { ...letter.changed, status: 'open' }), letter.version)),
    ]);
    return written;
  }

  async find(id: string): Promise<Letter | undefined> {
    return readJson<Letter>(await this.get(`letter#${id}`, 'letter'));
  }

  async content({ id, revision: present }: Letter, revision = present): Promise<Content> {
    const items: Item[] = [];
    for (let next: Item | undefined, first = true; first || next; first = false) {
      const { Items = [], LastEvaluatedKey } = await this.client.send(
        new QueryCommand({
          TableName: this.tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': text(`letter#${id}`), ':sk': text(`content#${revision}#`) },
          ConsistentRead: true,
          ExclusiveStartKey: next,
        }),
      );
      items.push(...Items);
      next = LastEvaluatedKey;
    }
    if (items.length === 0) throw new NotFoundError(`letter ${id} has no revision ${revision}`);
    const whole = Buffer.concat(items.map(({ data }) => data?.B ?? new Uint8Array()));
    return JSON.parse(gunzipSync(whole).toString('utf8')) as Content;
  }

  async change(seen: Letter, change: LetterChange): Promise<Letter> {
    const letter = changed(seen, change);
    const release = letter.sending?.release;
    const written = await this.transact([
      this.put(letterItem(letter, change.expiresAt), '#version = :seen', { ':seen': { N: String(seen.version) } }),
      ...(change.content ? pieces(letter.id, letter.revision, change.content).map((item) => this.put(item)) : []),
      this.put(auditItem(entryOf(seen, change), letter.version)),
      ...(letter.status === seen.status ? [] : this.counted(letter, seen.status, letter.status)),
      ...(release && letter.status !== seen.status ? [this.countedInRelease(release, seen.status, letter.status)] : []),
      ...(letter.status === 'sent' && letter.sending?.messageId
        ? [this.put({ ...key(`sent#${letter.sending.messageId}`, 'sent'), data: json(letter.id) })]
        : []),
    ]);
    if (written) return letter;
    const now = await this.find(seen.id);
    if (!now) throw new NotFoundError(`there is no letter ${seen.id}`);
    throw new StaleError(now);
  }

  async list(group: string, status: Status, limit: number, after?: string): Promise<Page<Letter>> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        ...this.index('by-group', 'groupKey', `${group}#${status}`),
        Limit: limit,
        ...(after && {
          KeyConditionExpression: '#hash = :hash AND #position > :after',
          ExpressionAttributeNames: { '#hash': 'groupKey', '#position': 'position' },
          ExpressionAttributeValues: { ':hash': text(`${group}#${status}`), ':after': text(after) },
        }),
      }),
    );
    const items = Items.map((item) => readJson<Letter>(item) as Letter);
    const last = items.at(-1);
    return { items, ...(LastEvaluatedKey && last && { next: positionOf(last) }) };
  }

  async ofBusinessId(businessId: string): Promise<readonly Letter[]> {
    return this.all<Letter>(this.index('by-business-id', 'businessId', businessId), 200);
  }

  async sentAs(messageId: string): Promise<string | undefined> {
    return readJson<string>(await this.get(`sent#${messageId}`, 'sent'));
  }

  async groups(): Promise<readonly Group[]> {
    const items: Item[] = [];
    for (let next: Item | undefined, first = true; first || next; first = false) {
      const { Items = [], LastEvaluatedKey } = await this.client.send(
        new QueryCommand({ ...this.partition('groups'), ExclusiveStartKey: next }),
      );
      items.push(...Items);
      next = LastEvaluatedKey;
    }
    return groupsOf(items);
  }

  async arrivals(group: string, days: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = await Promise.all(
      days.map(async (day) => {
        const { Items = [] } = await this.client.send(new QueryCommand(this.partition(`arrivals#${day}`, `${group}#`)));
        return { day, Items };
      }),
    );
    const arrivals = new Map<string, number>();
    for (const { day, Items } of found) {
      for (const item of Items) {
        for (const [name, value] of Object.entries(item)) {
          const hour = `${day}T${name.slice(1)}`;
          if (/^h\d\d$/.test(name)) arrivals.set(hour, (arrivals.get(hour) ?? 0) + Number(value.N));
        }
      }
    }
    return arrivals;
  }

  async describe(group: string, words: { readonly owner?: string; readonly note?: string }): Promise<void> {
    const given = Object.entries(words).filter(([, value]) => value !== undefined);
    if (given.length === 0) return;
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.tableName,
        Key: key('groups', `${group}#words`),
        UpdateExpression: `SET ${given.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          given.map(([name, value]) => [`:${name}`, text(value as string)]),
        ),
      }),
    );
  }

  async record(entry: AuditEntry): Promise<void> {
    await this.client.send(new PutItemCommand({ TableName: this.tableName, Item: auditItem(entry) }));
  }

  async auditOf(of: string): Promise<readonly AuditEntry[]> {
    return this.all<AuditEntry>(this.partition(`letter#${of}`, 'audit#'), 1000);
  }

  async auditOn(day: string, after?: string): Promise<Page<AuditEntry>> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        ...this.index('by-day', 'day', day),
        ExclusiveStartKey:
          after === undefined ? undefined : (JSON.parse(Buffer.from(after, 'base64url').toString()) as Item),
      }),
    );
    return {
      items: Items.map((item) => readJson<AuditEntry>(item) as AuditEntry),
      ...(LastEvaluatedKey && { next: Buffer.from(JSON.stringify(LastEvaluatedKey)).toString('base64url') }),
    };
  }

  async settings(): Promise<readonly QueueSettings[]> {
    return this.all<QueueSettings>(this.partition('queues'), 1000);
  }

  async settle(settings: QueueSettings): Promise<void> {
    await this.client.send(
      new PutItemCommand({
        TableName: this.tableName,
        Item: { ...key('queues', settings.queue), data: json(settings) },
      }),
    );
  }

  async looks(): Promise<readonly TierLook[]> {
    return this.all<TierLook>(this.partition('looks'), 3000);
  }

  async noteLook(look: TierLook): Promise<void> {
    const Item = { ...key('looks', `${look.of}#${look.queue}`), data: json(look) };
    await this.client.send(new PutItemCommand({ TableName: this.tableName, Item }));
  }

  async release(id: string): Promise<Release | undefined> {
    return readJson<Release>(await this.get('releases', id));
  }

  async releases(): Promise<readonly Release[]> {
    return this.all<Release>(this.partition('releases'), 1000);
  }

  async write(release: Release): Promise<boolean> {
    const item = { ...key('releases', release.id), data: json(release), version: { N: String(release.version) } };
    return this.transact([
      release.version === 1
        ? this.put(item, 'attribute_not_exists(pk)')
        : this.put(item, '#version = :seen', { ':seen': { N: String(release.version - 1) } }),
    ]);
  }

  async counts(release: string): Promise<ReleaseCounts> {
    const item = await this.get('counts', release);
    const count = (status: string) => Number(item?.[status]?.N ?? 0);
    return Object.fromEntries(
      Object.keys(NO_COUNTS).map((status) => [status, count(status)]),
    ) as unknown as ReleaseCounts;
  }

  async ofRelease(release: string, status: Status, limit: number): Promise<readonly Letter[]> {
    return this.all<Letter>(this.index('by-release', 'releaseKey', `${release}#${status}`), limit);
  }

  private async get(pk: string, sk: string): Promise<Item | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key: key(pk, sk), ConsistentRead: true }),
    );
    return Item;
  }

  /** @param most items that are read */
  private async all<T>(query: QueryCommandInput, most: number): Promise<T[]> {
    const found: T[] = [];
    for (let next: Item | undefined, first = true; (first || next) && found.length < most; first = false) {
      const { Items = [], LastEvaluatedKey } = await this.client.send(
        new QueryCommand({ ...query, Limit: most - found.length, ExclusiveStartKey: next }),
      );
      found.push(...Items.map((item) => readJson<T>(item) as T));
      next = LastEvaluatedKey;
    }
    return found;
  }

  private partition(pk: string, beginning?: string): QueryCommandInput {
    return {
      TableName: this.tableName,
      ConsistentRead: true,
      KeyConditionExpression: `pk = :pk${beginning === undefined ? '' : ' AND begins_with(sk, :beginning)'}`,
      ExpressionAttributeValues: { ':pk': text(pk), ...(beginning !== undefined && { ':beginning': text(beginning) }) },
    };
  }

  private index(IndexName: string, hash: string, value: string): QueryCommandInput {
    return {
      TableName: this.tableName,
      IndexName,
      KeyConditionExpression: '#hash = :hash',
      ExpressionAttributeNames: { '#hash': hash },
      ExpressionAttributeValues: { ':hash': text(value) },
    };
  }

  private put(Item: Item, condition?: string, values?: Item): TransactWriteItem {
    return {
      Put: {
        TableName: this.tableName,
        Item,
        ...(condition && { ConditionExpression: condition }),
        ...(condition?.includes('#version') && { ExpressionAttributeNames: { '#version': 'version' } }),
        ...(values && { ExpressionAttributeValues: values }),
      },
    };
  }

  /** A day's arrivals, of which each hour is an attribute: one write more, and forgotten in time. */
  private arrived({ id, group, keptAt }: Letter): TransactWriteItem {
    const [day = '', hour = ''] = hourOf(keptAt).split('T');
    return {
      Update: {
        TableName: this.tableName,
        Key: key(`arrivals#${day}`, `${group}#${shardOf(id)}`),
        UpdateExpression: 'SET expiresAt = :expires ADD #hour :one',
        ExpressionAttributeNames: { '#hour': `h${hour}` },
        ExpressionAttributeValues: { ':one': { N: '1' }, ':expires': { N: String(forgottenAt(day)) } },
      },
    };
  }

  private counted(letter: Letter, from: Status | undefined, to: Status): TransactWriteItem[] {
    return [
      {
        Update: {
          TableName: this.tableName,
          Key: key('groups', `${letter.group}#${shardOf(letter.id)}`),
          UpdateExpression: `SET cause = if_not_exists(cause, :cause), firstSeen = if_not_exists(firstSeen, :at)${from ? '' : ', lastSeen = :at'} ADD #to :one${from ? ', #from :minus' : ''}`,
          ExpressionAttributeNames: { '#to': to, ...(from && { '#from': from }) },
          ExpressionAttributeValues: {
            ':cause': json(letter.cause),
            ':at': text(letter.keptAt),
            ':one': { N: '1' },
            ...(from && { ':minus': { N: '-1' } }),
          },
        },
      },
    ];
  }

  private countedInRelease(release: string, from: Status, to: Status): TransactWriteItem {
    // What is not on its way to its end is nothing that a release has taken.
    const parts = [from in NO_COUNTS && '#from :minus', to in NO_COUNTS && '#to :one'].filter(Boolean);
    return {
      Update: {
        TableName: this.tableName,
        Key: key('counts', release),
        UpdateExpression: `ADD ${parts.join(', ')}`,
        ExpressionAttributeNames: {
          ...(from in NO_COUNTS && { '#from': from }),
          ...(to in NO_COUNTS && { '#to': to }),
        },
        ExpressionAttributeValues: {
          ...(from in NO_COUNTS && { ':minus': { N: '-1' } }),
          ...(to in NO_COUNTS && { ':one': { N: '1' } }),
        },
      },
    };
  }

  /** All or nothing. Its token makes a repetition by the SDK, whose answer was lost, the same write. @returns false when a condition didn't hold */
  private async transact(TransactItems: TransactWriteItem[]): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: randomUUID() }));
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
        if (codes.includes('ConditionalCheckFailed')) return false;
        if (!codes.includes('TransactionConflict') || attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 25 * 2 ** attempt));
      }
    }
  }
}

function letterItem(letter: Letter, expiresAt?: number): Item {
  const { sending, status, businessId } = letter;
  const underWay = sending && (status === 'sending' || status === 'sent');
  return {
    ...key(`letter#${letter.id}`, 'letter'),
    data: json(letter),
    version: { N: String(letter.version) },
    groupKey: text(`${letter.group}#${status}`),
    position: text(positionOf(letter)),
    ...(underWay && { releaseKey: text(`${sending.release ?? SINGLE}#${status}`), begunAt: text(sending.at) }),
    ...(businessId !== undefined && { businessId: text(businessId) }),
    ...(expiresAt !== undefined && { expiresAt: { N: String(Math.ceil(expiresAt / 1000)) } }),
  };
}

function pieces(id: string, revision: number, content: Content): Item[] {
  const whole = gzipSync(JSON.stringify(content));
  return Array.from({ length: Math.ceil(whole.length / PIECE_BYTES) }, (_, index) => ({
    ...key(`letter#${id}`, `content#${revision}#${index}`),
    data: { B: whole.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES) },
  }));
}

/** @param version of the letter, so that two changes within a millisecond keep their order */
const auditItem = (entry: AuditEntry, version = 0): Item => ({
  ...key(`letter#${entry.of}`, `audit#${entry.at}#${String(version).padStart(8, '0')}#${randomUUID()}`),
  data: json(entry),
  day: text(entry.at.slice(0, 10)),
  at: text(entry.at),
});

/** A group of what its items say. */
function groupsOf(items: readonly Item[]): readonly Group[] {
  const groups = new Map<
    string,
    { cause?: Group['cause']; counts: Partial<Record<Status, number>>; seen: string[]; words?: Item }
  >();
  for (const item of items) {
    const [id = '', part] = (item.sk?.S ?? '').split('#');
    const group = groups.get(id) ?? { counts: {}, seen: [] };
    groups.set(id, group);
    if (part === 'words') {
      group.words = item;
      continue;
    }
    group.cause ??= JSON.parse(item.cause?.S ?? '{}') as Group['cause'];
    group.seen.push(item.firstSeen?.S ?? '', item.lastSeen?.S ?? '');
    for (const status of STATUSES) {
      const count = Number(item[status]?.N ?? 0);
      if (count !== 0) group.counts[status] = (group.counts[status] ?? 0) + count;
    }
  }
  return [...groups].flatMap(([id, { cause, counts, seen, words }]) => {
    const [firstSeen = '', ...rest] = seen.filter(Boolean).sort();
    const said = { owner: words?.owner?.S, note: words?.note?.S };
    return cause ? [{ id, cause, counts, firstSeen, lastSeen: rest.at(-1) ?? firstSeen, ...said }] : [];
  });
}
