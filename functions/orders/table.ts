import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { fingerprint, type Order, type OrderStatus } from '../domain/order';

/** One order as the books have it. Times are ISO 8601 in UTC. */
export interface OrderRecord {
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly order: Order;
  readonly fingerprint: string;
  /** Deliveries over all rounds, this one among them. */
  readonly deliveries: number;
  /** When the order was first accepted by the queue; survives redrives, which SQS's own times don't. */
  readonly firstSeen: string;
  readonly updatedAt: string;
  readonly paymentId?: string;
  readonly lastError?: string;
}

/** The orders table, as far as handlers use it; the one place that knows how an order is stored. */
export class OrdersTable {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
    /** Days that a finished order is kept; longer than a duplicate of its message can live (14 days in each of two tiers). */
    private readonly historyDays = 400,
  ) {}

  /**
   * Records a delivery before any work is done, so that a process that dies is counted as well, and tells what is known. One write
   * whether the order is new or not.
   */
  async begin(order: Order, firstSeen: Date, now: Date): Promise<OrderRecord> {
    const record = await this.update(order.orderId, {
      expression:
        'SET #status = if_not_exists(#status, :accepted), #order = if_not_exists(#order, :order), fingerprint = if_not_exists(fingerprint, :fingerprint), ' +
        'firstSeen = if_not_exists(firstSeen, :firstSeen), #day = if_not_exists(#day, :day), updatedAt = :now ADD deliveries :one',
      names: { '#status': 'status', '#order': 'order', '#day': 'day' },
      values: {
        ':accepted': { S: 'accepted' },
        ':order': { S: JSON.stringify(order) },
        ':fingerprint': { S: fingerprint(order) },
        ':firstSeen': { S: firstSeen.toISOString() },
        ':day': { S: firstSeen.toISOString().slice(0, 10) },
        ':now': { S: now.toISOString() },
        ':one': { N: '1' },
      },
    });
    return record?.status === 'repair' ? this.restart(order, record, now) : (record as OrderRecord);
  }

  /** An order that comes back from repair starts again: with the content that was mended, and its rounds uncounted. */
  private async restart(order: Order, before: OrderRecord, now: Date): Promise<OrderRecord> {
    const record = await this.update(order.orderId, {
      expression:
        'SET #status = :accepted, #order = :order, fingerprint = :fingerprint, deliveries = :one, updatedAt = :now',
      condition: '#status = :repair',
      names: { '#status': 'status', '#order': 'order' },
      values: {
        ':accepted': { S: 'accepted' },
        ':repair': { S: 'repair' },
        ':order': { S: JSON.stringify(order) },
        ':fingerprint': { S: fingerprint(order) },
        ':one': { N: '1' },
        ':now': { S: now.toISOString() },
      },
    });
    return record ?? before;
  }

  /** Ends an order. Does nothing to one that has ended before: the first end stands. */
  async finish(orderId: string, status: 'paid' | 'declined', detail: string, now: Date): Promise<void> {
    await this.update(orderId, {
      expression: 'SET #status = :status, #detail = :detail, updatedAt = :now, expiresAt = :expiresAt',
      condition: 'NOT #status IN (:paid, :declined)',
      names: { '#status': 'status', '#detail': status === 'paid' ? 'paymentId' : 'lastError' },
      values: {
        ':status': { S: status },
        ':paid': { S: 'paid' },
        ':declined': { S: 'declined' },
        ':detail': { S: detail },
        ':now': { S: now.toISOString() },
        ':expiresAt': { N: String(Math.floor(now.getTime() / 1000) + this.historyDays * 86_400) },
      },
    });
  }

  /** Records why an order is not done yet. A late failure never overwrites an end that another delivery reached. */
  async fail(orderId: string, status: 'retrying' | 'parked' | 'repair', detail: string, now: Date): Promise<void> {
    await this.update(orderId, {
      expression: 'SET #status = :status, lastError = :detail, updatedAt = :now',
      condition: 'attribute_exists(orderId) AND NOT #status IN (:paid, :declined)',
      names: { '#status': 'status' },
      values: {
        ':status': { S: status },
        ':paid': { S: 'paid' },
        ':declined': { S: 'declined' },
        ':detail': { S: detail },
        ':now': { S: now.toISOString() },
      },
    });
  }

  async find(orderId: string): Promise<OrderRecord | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key: { orderId: { S: orderId } }, ConsistentRead: true }),
    );
    return Item && read(Item);
  }

  /** Orders first seen on one day (UTC, `2026-01-31`), newest first. */
  async ofDay(day: string, limit: number): Promise<OrderRecord[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        IndexName: 'by-day',
        KeyConditionExpression: '#day = :day',
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: { ':day': { S: day } },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items.map(read);
  }

  /** @returns the item afterwards, or nothing if the condition didn't hold */
  private async update(
    orderId: string,
    change: {
      expression: string;
      condition?: string;
      names: Record<string, string>;
      values: Record<string, AttributeValue>;
    },
  ): Promise<OrderRecord | undefined> {
    try {
      const { Attributes } = await this.client.send(
        new UpdateItemCommand({
          TableName: this.tableName,
          Key: { orderId: { S: orderId } },
          UpdateExpression: change.expression,
          ConditionExpression: change.condition,
          ExpressionAttributeNames: change.names,
          ExpressionAttributeValues: change.values,
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes && read(Attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}

function read(item: Record<string, AttributeValue>): OrderRecord {
  const text = (name: string) => item[name]?.S;
  return {
    orderId: text('orderId') ?? '',
    status: (text('status') ?? 'accepted') as OrderStatus,
    order: JSON.parse(text('order') ?? '{}') as Order,
    fingerprint: text('fingerprint') ?? '',
    deliveries: Number(item.deliveries?.N ?? 0),
    firstSeen: text('firstSeen') ?? '',
    updatedAt: text('updatedAt') ?? '',
    ...(text('paymentId') && { paymentId: text('paymentId') }),
    ...(text('lastError') && { lastError: text('lastError') }),
  };
}
