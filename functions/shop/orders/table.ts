import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { readEntry } from '../../runtime/ledger/dynamodb-ledger';
import type { LedgerEntry } from '../../runtime/ledger/ledger';
import type { Order } from '../domain/order';
import { orderMessage } from './contract';
import { SHARDS } from './keep';

/** How a saga ended for the customer; `detail` is the payment's id or why there is no coffee. */
export interface Ending {
  readonly status: 'paid' | 'declined';
  readonly detail: string;
}

/** One order as the ledger has it, with what is kept beside. */
export interface OrderRecord extends LedgerEntry {
  /** Absent while only a message was seen that is no order: it lies in repair. */
  readonly order?: Order | undefined;
  readonly ending?: Ending | undefined;
}

/** The orders in the consumers' ledger, for pages and for the saga's end. */
export class OrdersTable {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
  ) {}

  async find(orderId: string): Promise<OrderRecord | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key: keyOf(orderId), ConsistentRead: true }),
    );
    return Item && readOrder(Item);
  }

  /** Orders first seen on one day (UTC, `2026-01-31`), newest first. */
  async ofDay(day: string, limit: number): Promise<OrderRecord[]> {
    const shards = await Promise.all(
      Array.from({ length: SHARDS }, (_, shard) =>
        this.client.send(
          new QueryCommand({
            TableName: this.tableName,
            IndexName: 'by-day',
            KeyConditionExpression: '#day = :day',
            ExpressionAttributeNames: { '#day': 'day' },
            ExpressionAttributeValues: { ':day': { S: `${day}#${shard}` } },
            ScanIndexForward: false,
            Limit: limit,
          }),
        ),
      ),
    );
    return shards
      .flatMap(({ Items = [] }) => Items.map(readOrder))
      .sort((one, other) => (one.firstSeen < other.firstSeen ? 1 : -1))
      .slice(0, limit);
  }

  /** Says how a saga ended; the first end stands. */
  async end(orderId: string, ending: Ending, now: Date): Promise<void> {
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.tableName,
          Key: keyOf(orderId),
          UpdateExpression: 'SET ending = :ending, updatedAt = :now',
          ConditionExpression: 'attribute_not_exists(ending)',
          ExpressionAttributeValues: { ':ending': { S: JSON.stringify(ending) }, ':now': { S: now.toISOString() } },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** Forgets an order that hasn't been written since it was found. @returns whether it is gone */
  async forget({ id, updatedAt }: OrderRecord): Promise<boolean> {
    try {
      await this.client.send(
        new DeleteItemCommand({
          TableName: this.tableName,
          Key: keyOf(id),
          ConditionExpression: 'updatedAt = :updatedAt',
          ExpressionAttributeValues: { ':updatedAt': { S: updatedAt } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

const keyOf = (orderId: string) => ({ id: { S: `${orderMessage.scope}#${orderId}` } });

/** An item of the table. */
export function readOrder(item: Record<string, AttributeValue>): OrderRecord {
  return {
    ...readEntry(item),
    order: item.order?.S ? (JSON.parse(item.order.S) as Order) : undefined,
    ending: item.ending?.S ? (JSON.parse(item.ending.S) as Ending) : undefined,
  };
}
