import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LEDGER_PROBE_KEY } from '../contract';
import { begin, later, startsAgain } from './entry';
import type { Begun, Claim, Ledger, LedgerEntry, LedgerStatus, Note, Release } from './ledger';

export interface DynamoDbLedgerOptions {
  readonly tableName: string;
  /** Keeps the ids of consumers apart that share a table: the key is `<scope>#<id>`. */
  readonly scope: string;
  /** Days that an entry is kept after it was closed. Longer than any copy of its message can live: the module checks it. */
  readonly days: number;
}

/** Attributes that are the ledger's own; `keep` may not use them. */
export const LEDGER_ATTRIBUTES = [
  'id',
  'status',
  'fingerprint',
  'firstSeen',
  'updatedAt',
  'deliveries',
  'rounds',
  'roundAt',
  'crashes',
  'owner',
  'ownerBefore',
  'leaseUntil',
  'askedAt',
  'askedBefore',
  'repairAt',
  'sentAgain',
  'detail',
  'result',
  'expiresAt',
] as const;
type LedgerAttribute = (typeof LEDGER_ATTRIBUTES)[number];

/** Bytes of a result that is kept beside everything else in an item of at most 400 KB. Source: DynamoDB guide, "Quotas". */
const MAXIMUM_RESULT = 300_000;

/** Nothing, where an expression needs a value: what it refers to must exist. */
const NONE = { S: '' };
const CLAIM = 'REMOVE #owner, #ownerBefore, #leaseUntil, #askedBefore';

interface Change {
  readonly update: string;
  readonly condition?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** A ledger in a DynamoDB table with the string key `id` and the time to live `expiresAt`: one write to begin, one to end. */
export class DynamoDbLedger implements Ledger {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly options: DynamoDbLedgerOptions,
  ) {}

  async begin(claim: Claim): Promise<Begun> {
    const { sentAgain: again } = claim;
    const keep = keepOf(claim);
    const kept = keep.places.map(({ name, value }) => `, ${name} = if_not_exists(${name}, ${value})`).join('');
    const { changed, item } = await this.write(claim.id, {
      update:
        'SET #status = :inProgress, #fingerprint = :fingerprint, #firstSeen = if_not_exists(#firstSeen, :sent), #roundAt = if_not_exists(#roundAt, :roundAt), ' +
        '#ownerBefore = if_not_exists(#owner, :none), #owner = :owner, #leaseUntil = :until, ' +
        `#askedBefore = if_not_exists(#askedAt, :none), #askedAt = if_not_exists(#askedAt, :now), #updatedAt = :now${kept}${again ? ', #sentAgain = :sentAgain' : ''} ADD #deliveries :one`,
      condition:
        'attribute_not_exists(#deliveries) OR (#fingerprint = :fingerprint AND ' +
        `(#status IN (:inProgress, :retrying, :parked) OR (#status = :repair AND #repairAt < :sent${again ? ' AND #sentAgain = :sentAgain' : ''})) AND ` +
        '(attribute_not_exists(#owner) OR (#owner <> :owner AND #leaseUntil <= :now)))',
      names: keep.names,
      values: {
        ...claimValues(claim),
        ':retrying': { S: 'retrying' },
        ':parked': { S: 'parked' },
        ':repair': { S: 'repair' },
        ...(again && { ':sentAgain': { S: again } }),
        ':none': NONE,
        ...keep.values,
      },
    });
    if (!item) throw new Error(`DynamoDB did not say how ${claim.id} stands`);
    // One's own write, whose answer was lost, stands in the way of its repetition.
    if (changed || item.owner?.S === claim.owner) return claimed(item);
    const before = readEntry(item);
    const begun = begin(before, claim);
    if (begun.state !== 'claimed') return begun;
    if (startsAgain(before, claim)) return this.restart(before, claim);
    // What stood in the way a moment ago has gone since.
    return { state: 'busy', until: claim.now };
  }

  /** What was sent again from repair starts again. Of two that were sent again at once one restarts it; the other finds what that one has made of it. */
  private async restart(before: LedgerEntry, claim: Claim): Promise<Begun> {
    const { sentAgain: again } = claim;
    const keep = keepOf(claim);
    const kept = keep.places.map(({ name, value }) => `, ${name} = ${value}`).join('');
    const { changed, item } = await this.write(claim.id, {
      update:
        'SET #status = :inProgress, #fingerprint = :fingerprint, #roundAt = :roundAt, #ownerBefore = :none, #owner = :owner, #leaseUntil = :until, ' +
        `#askedBefore = :none, #askedAt = :now, #updatedAt = :now${kept}` +
        `${again ? ', #sentAgain = :sentAgain' : ''} REMOVE #repairAt, #rounds, #crashes, #detail ADD #deliveries :one`,
      condition: '#status = :repair AND #repairAt = :repairAt',
      names: keep.names,
      values: {
        ...claimValues(claim),
        ...keep.values,
        ':none': NONE,
        ':repair': { S: 'repair' },
        ':repairAt': { S: before.repairAt ?? '' },
        ...(again && { ':sentAgain': { S: again } }),
      },
    });
    if (changed || item?.owner?.S === claim.owner) return { state: 'claimed', isNew: false, suspect: false };
    const now = item && begin(readEntry(item), claim);
    return now && now.state !== 'claimed' ? now : { state: 'busy', until: claim.until };
  }

  async finish({ id }: Claim, result: unknown, now: Date): Promise<void> {
    const json = result === undefined ? undefined : JSON.stringify(result);
    const kept = json !== undefined && Buffer.byteLength(json) <= MAXIMUM_RESULT ? json : undefined;
    await this.write(id, {
      update: `SET #status = :done, #updatedAt = :now, #expiresAt = :expiresAt${kept === undefined ? '' : ', #result = :result'} ${CLAIM}, #crashes, #detail, #askedAt, #repairAt`,
      condition: 'attribute_exists(#status) AND #status <> :done',
      values: {
        ':done': { S: 'done' },
        ':now': { S: now.toISOString() },
        ':expiresAt': this.expiry(now),
        ...(kept !== undefined && { ':result': { S: kept } }),
      },
    });
  }

  async release({ id, owner }: Claim, { status, detail, now, keyUnused }: Release): Promise<void> {
    await this.write(id, {
      update: `SET #status = :status, #detail = :detail, #updatedAt = :now, #expiresAt = :expiresAt${status === 'repair' ? ', #repairAt = :now' : ''} ${CLAIM}${status === 'repair' ? '' : ', #crashes'}${keyUnused ? ', #askedAt' : ''}`,
      condition: '#owner = :owner AND #status = :inProgress',
      values: {
        ':owner': { S: owner },
        ':inProgress': { S: 'in-progress' },
        ':status': { S: status },
        ':detail': { S: detail },
        ':now': { S: now.toISOString() },
        ':expiresAt': this.expiry(now),
      },
    });
  }

  async note({ id, status, detail, fingerprint, sentAt, now }: Note): Promise<void> {
    const repair = status === 'repair';
    await this.write(id, {
      update:
        'SET #status = :status, #detail = :detail, #updatedAt = :now, #expiresAt = :expiresAt, #firstSeen = if_not_exists(#firstSeen, :sent), ' +
        `#roundAt = if_not_exists(#roundAt, :roundAt), #fingerprint = if_not_exists(#fingerprint, :fingerprint)${repair ? ', #repairAt = :now' : ''}`,
      condition: 'attribute_not_exists(#status) OR #status IN (:retrying, :parked)',
      values: {
        ':status': { S: status },
        ':retrying': { S: 'retrying' },
        ':parked': { S: 'parked' },
        ':detail': { S: detail },
        ':fingerprint': { S: fingerprint },
        ':sent': { S: sentAt.toISOString() },
        ':roundAt': { S: later(sentAt, now) },
        ':now': { S: now.toISOString() },
        ':expiresAt': this.expiry(now),
      },
    });
  }

  async countRound({ id, owner, sentAt, now }: Claim): Promise<number | undefined> {
    const sent = sentAt.toISOString();
    const { changed, item } = await this.write(id, {
      update: 'SET #roundAt = :roundAt ADD #rounds :round',
      // A set, because adding to it twice is adding to it once.
      condition: '#owner = :owner AND (#roundAt < :sent OR contains(#rounds, :sent))',
      values: {
        ':owner': { S: owner },
        ':roundAt': { S: later(sentAt, now) },
        ':sent': { S: sent },
        ':round': { SS: [sent] },
      },
    });
    return changed ? item?.rounds?.SS?.length : undefined;
  }

  async countCrash({ id, owner }: Claim): Promise<number> {
    const { item } = await this.write(id, {
      update: 'ADD #crashes :crash',
      condition: '#owner = :owner',
      values: { ':owner': { S: owner }, ':crash': { SS: [owner] } },
    });
    return item?.crashes?.SS?.length ?? 1;
  }

  async find(id: string): Promise<LedgerEntry | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.options.tableName, Key: this.key(id), ConsistentRead: true }),
    );
    return Item && readEntry(Item);
  }

  /** Writes an item that is no entry and goes by itself after a day. @throws what would keep an entry from being written */
  async probe(now: Date): Promise<void> {
    const tomorrow = Math.floor(now.getTime() / 1000) + 86_400;
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.options.tableName,
        Key: { id: { S: LEDGER_PROBE_KEY } },
        UpdateExpression: 'SET updatedAt = :now, expiresAt = :tomorrow',
        ExpressionAttributeValues: { ':now': { S: now.toISOString() }, ':tomorrow': { N: String(tomorrow) } },
      }),
    );
  }

  private key(id: string) {
    return { id: { S: `${this.options.scope}#${id}` } };
  }

  private expiry(now: Date): AttributeValue {
    return { N: String(Math.floor(now.getTime() / 1000) + this.options.days * 86_400) };
  }

  /** @returns the item afterwards; if the condition didn't hold, as it is */
  private async write(id: string, { update, condition, names, values }: Change) {
    const expressions = `${update} ${condition ?? ''}`;
    // DynamoDB refuses a name or a value that no expression uses.
    const used = new Set(expressions.match(/[#:]\w+/g));
    try {
      const { Attributes: item } = await this.client.send(
        new UpdateItemCommand({
          TableName: this.options.tableName,
          Key: this.key(id),
          UpdateExpression: update,
          ConditionExpression: condition,
          ExpressionAttributeNames: {
            ...Object.fromEntries(
              LEDGER_ATTRIBUTES.filter((name) => used.has(`#${name}`)).map((name) => [`#${name}`, name]),
            ),
            ...names,
          },
          ExpressionAttributeValues: Object.fromEntries(Object.entries(values).filter(([name]) => used.has(name))),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { changed: true, item: item as Item | undefined };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return { changed: false, item: error.Item as Item | undefined };
      throw error;
    }
  }
}

type Item = Partial<Record<LedgerAttribute, AttributeValue>>;

function claimValues({ owner, fingerprint, sentAt, now, until }: Claim): Record<string, AttributeValue> {
  return {
    ':inProgress': { S: 'in-progress' },
    ':fingerprint': { S: fingerprint },
    ':sent': { S: sentAt.toISOString() },
    ':roundAt': { S: later(sentAt, now) },
    ':owner': { S: owner },
    ':until': { S: until.toISOString() },
    ':now': { S: now.toISOString() },
    ':one': { N: '1' },
  };
}

/** What is kept beside, as expressions take it. */
function keepOf({ keep = {} }: Claim) {
  const entries = Object.entries(keep).map(([attribute, value], index) => ({
    ...{ attribute, name: `#keep${index}`, value: `:keep${index}` },
    given: typeof value === 'number' ? { N: String(value) } : { S: value },
  }));
  return {
    places: entries,
    names: Object.fromEntries(entries.map(({ name, attribute }) => [name, attribute])),
    values: Object.fromEntries(entries.map(({ value, given }) => [value, given])),
  };
}

function claimed({ deliveries, ownerBefore, askedBefore, crashes }: Item): Begun {
  return {
    state: 'claimed',
    isNew: deliveries?.N === '1',
    suspect: Boolean(ownerBefore?.S) || crashes !== undefined,
    askedAt: askedBefore?.S ? new Date(askedBefore.S) : undefined,
  };
}

/** What an item of the table says, without what is kept beside. */
export function readEntry(item: Item): LedgerEntry {
  const key = item.id?.S ?? '';
  return {
    id: key.slice(key.indexOf('#') + 1),
    status: (item.status?.S ?? 'retrying') as LedgerStatus,
    fingerprint: item.fingerprint?.S ?? '',
    firstSeen: item.firstSeen?.S ?? '',
    updatedAt: item.updatedAt?.S ?? '',
    deliveries: Number(item.deliveries?.N ?? 0),
    rounds: item.rounds?.SS?.length ?? 0,
    crashes: item.crashes?.SS?.length ?? 0,
    ...(item.detail?.S && { detail: item.detail.S }),
    ...(item.askedAt?.S && { askedAt: item.askedAt.S }),
    ...(item.repairAt?.S && { repairAt: item.repairAt.S }),
    ...(item.sentAgain?.S && { sentAgain: item.sentAgain.S }),
    ...(item.result?.S && { result: JSON.parse(item.result.S) }),
    ...(item.owner?.S && { claim: { owner: item.owner.S, until: item.leaseUntil?.S ?? '' } }),
  };
}
