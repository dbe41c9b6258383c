import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Action, Approval } from './decide';

/** The right to work on a network, for a while. `token` rises with every new holder: what an old one still tries is refused by it. */
export interface Lease {
  readonly holder: string;
  readonly token: number;
}

/** Somebody else holds the lease, or took it over meanwhile. */
export class FencedError extends Error {
  constructor(network: string) {
    super(`${network}: another operator holds the lease, or the approval was used meanwhile; nothing was done`);
    this.name = 'FencedError';
  }
}

export interface Records {
  readonly approvals: Approval[];
  readonly begun?: { readonly broker: string; readonly startedAt: number };
  /** Broker → since when it has been gone. */
  readonly goneSince: ReadonlyMap<string, number>;
}

const text = (value: string) => ({ S: value });
const number = (value: number) => ({ N: String(value) });

/** Lease, approvals and audit trail of a network, one partition of one table. */
export class Ledger {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
    private readonly network: string,
  ) {}

  private key(record: string): Record<string, AttributeValue> {
    return { network: text(this.network), record: text(record) };
  }

  /** @returns undefined while somebody else holds it; its own write, which the SDK sends again when an answer was lost, is none of somebody else */
  async acquire(holder: string, now: number, milliseconds: number): Promise<Lease | undefined> {
    try {
      const { Attributes } = await this.client.send(
        new UpdateItemCommand({
          TableName: this.tableName,
          Key: this.key('lease'),
          UpdateExpression: 'SET holder = :holder, leaseEnds = :ends ADD fence :one',
          ConditionExpression:
            'attribute_not_exists(leaseEnds) OR leaseEnds < :now OR (holder = :holder AND leaseEnds = :ends)',
          ExpressionAttributeValues: {
            ':holder': text(holder),
            ':ends': number(now + milliseconds),
            ':now': number(now),
            ':one': number(1),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { holder, token: Number(Attributes?.fence?.N) };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** Gives the lease back, unless somebody has it by now. */
  async release({ token }: Lease): Promise<void> {
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.tableName,
          Key: this.key('lease'),
          UpdateExpression: 'REMOVE leaseEnds',
          ConditionExpression: 'fence = :token',
          ExpressionAttributeValues: { ':token': number(token) },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async read(): Promise<Records> {
    const query = async (prefix: string) => {
      const { Items = [] } = await this.client.send(
        new QueryCommand({
          TableName: this.tableName,
          KeyConditionExpression: 'network = :network AND begins_with(#record, :prefix)',
          ExpressionAttributeNames: { '#record': 'record' },
          ExpressionAttributeValues: { ':network': text(this.network), ':prefix': text(prefix) },
          ConsistentRead: true,
        }),
      );
      return Items;
    };
    const [approvals, begun, gone] = await Promise.all([query('approval#'), query('begun'), query('gone#')]);
    return {
      approvals: approvals.flatMap(readApproval),
      begun: begun[0] && { broker: begun[0].broker?.S ?? '', startedAt: Number(begun[0].startedAt?.N) },
      goneSince: new Map(gone.map(({ broker, since }) => [broker?.S ?? '', Number(since?.N)])),
    };
  }

  /** Notes since when a broker has been gone, or that it is back. */
  async note(broker: string, goneSince: number | undefined): Promise<void> {
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.tableName,
        Key: this.key(`gone#${broker}`),
        UpdateExpression:
          goneSince === undefined ? 'SET broker = :broker REMOVE since' : 'SET broker = :broker, since = :since',
        ExpressionAttributeValues: {
          ':broker': text(broker),
          ...(goneSince !== undefined && { ':since': number(goneSince) }),
        },
      }),
    );
  }

  /**
   * Writes down what is about to be done, in one transaction with the proof that the lease is still ours and, if a person had to agree, with the
   * use of that approval. Amazon MQ knows no fencing token, so this is the last moment at which a second operator can be told from the first.
   *
   * @throws FencedError when either is no longer so
   */
  async begin(lease: Lease, action: Action & { kind: 'reboot' | 'promote' }, now: number): Promise<void> {
    const items: TransactWriteItem[] = [
      {
        ConditionCheck: {
          TableName: this.tableName,
          Key: this.key('lease'),
          ConditionExpression: 'fence = :token AND leaseEnds > :now',
          ExpressionAttributeValues: { ':token': number(lease.token), ':now': number(now) },
        },
      },
      {
        Put: {
          TableName: this.tableName,
          Item: { ...this.key('begun'), broker: text(action.broker), startedAt: number(now) },
        },
      },
      { Put: { TableName: this.tableName, Item: this.auditItem(lease, action, 'begun', now) } },
    ];
    if (action.approval) {
      items.push({
        Update: {
          TableName: this.tableName,
          Key: this.key(`approval#${action.approval.id}`),
          UpdateExpression: 'SET usedAt = :now',
          ConditionExpression: 'attribute_not_exists(usedAt) AND validUntil > :now',
          ExpressionAttributeValues: { ':now': number(now) },
        },
      });
    }
    try {
      await this.client.send(new TransactWriteItemsCommand({ TransactItems: items }));
    } catch (error) {
      if (error instanceof TransactionCanceledException) throw new FencedError(this.network);
      throw error;
    }
  }

  async audit(lease: Lease, action: Action, outcome: string, now: number): Promise<void> {
    await this.client.send(
      new PutItemCommand({ TableName: this.tableName, Item: this.auditItem(lease, action, outcome, now) }),
    );
  }

  private auditItem(lease: Lease, action: Action, outcome: string, now: number): Record<string, AttributeValue> {
    const approval = 'approval' in action ? action.approval : undefined;
    return {
      ...this.key(`audit#${new Date(now).toISOString()}#${lease.token}#${outcome.split(':')[0]}`),
      holder: text(lease.holder),
      fence: number(lease.token),
      action: text(JSON.stringify(action)),
      outcome: text(outcome),
      ...(approval && { approvedBy: text(approval.approvedBy) }),
    };
  }
}

function readApproval(item: Record<string, AttributeValue>): Approval[] {
  const action = item.action?.S;
  if (item.usedAt || (action !== 'reboot' && action !== 'switchover' && action !== 'failover')) return [];
  return [
    {
      id: (item.record?.S ?? '').slice('approval#'.length),
      action,
      broker: item.broker?.S ?? '',
      approvedBy: item.approvedBy?.S ?? 'unknown',
      expiresAt: Number(item.validUntil?.N),
    },
  ];
}
