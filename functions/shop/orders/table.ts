import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { fingerprint, type Order, type OrderStatus } from '../domain/order';
import { PROBE_ID } from './contract';

/** One order as the books have it. Times are ISO 8601 in UTC. */
export interface OrderRecord {
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly order: Order;
  readonly fingerprint: string;
  /** Deliveries over all rounds, this one among them. */
  readonly deliveries: number;
  /** Rounds of redrive that it has failed while payment worked for others, or in which it killed its process. */
  readonly failedRounds: number;
  /** When its last round was counted, or it began: a message that was sent later is of a later round. */
  readonly roundAt: string;
  /** When it went to repair, while it is there: a message that was sent later has been sent again by a person. */
  readonly repairAt?: string;
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
   *
   * @param sent when the message was sent or released; of a new order also when it was first seen
   */
  async begin(order: Order, sent: Date, now: Date): Promise<OrderRecord> {
    const { record } = await this.update(order.orderId, {
      expression:
        'SET #status = if_not_exists(#status, :accepted), #order = if_not_exists(#order, :order), fingerprint = if_not_exists(fingerprint, :fingerprint), ' +
        'firstSeen = if_not_exists(firstSeen, :sent), #day = if_not_exists(#day, :day), roundAt = if_not_exists(roundAt, :roundAt), updatedAt = :now ' +
        'ADD deliveries :one',
      names: { '#status': 'status', '#order': 'order', '#day': 'day' },
      values: {
        ':accepted': { S: 'accepted' },
        ':order': { S: JSON.stringify(order) },
        ':fingerprint': { S: fingerprint(order) },
        ':sent': { S: sent.toISOString() },
        ':day': { S: sent.toISOString().slice(0, 10) },
        ':roundAt': { S: later(sent, now) },
        ':now': { S: now.toISOString() },
        ':one': { N: '1' },
      },
    });
    if (!record) throw new Error(`DynamoDB did not say how order ${order.orderId} stands`);
    const sentAgain = record.status === 'repair' && sent.toISOString() > (record.repairAt ?? '');
    return sentAgain ? this.restart(order, record, sent, now) : record;
  }

  /** An order that comes back from repair starts again: with the content that was mended, and its rounds uncounted. */
  private async restart(order: Order, before: OrderRecord, sent: Date, now: Date): Promise<OrderRecord> {
    const { record } = await this.update(order.orderId, {
      expression:
        'SET #status = :accepted, #order = :order, fingerprint = :fingerprint, failedRounds = :none, roundAt = :roundAt, updatedAt = :now REMOVE repairAt',
      // Of two that were sent again at once one restarts it; the other finds what that one has made of it.
      condition: '#status = :repair',
      names: { '#status': 'status', '#order': 'order' },
      values: {
        ':accepted': { S: 'accepted' },
        ':repair': { S: 'repair' },
        ':order': { S: JSON.stringify(order) },
        ':fingerprint': { S: fingerprint(order) },
        ':none': { N: '0' },
        ':roundAt': { S: later(sent, now) },
        ':now': { S: now.toISOString() },
      },
    });
    return record ?? before;
  }

  /**
   * Counts the round of redrive that ends with the last receive of this message. A round is counted once, whichever of several messages of one order ends it, and the first
   * pass is none: what counts was sent after the last one was counted.
   *
   * @returns how many it makes, or nothing if this was not the end of another round
   */
  async noteRound(orderId: string, sent: Date, now: Date): Promise<number | undefined> {
    const { changed, record } = await this.update(orderId, {
      expression: 'SET roundAt = :roundAt ADD failedRounds :one',
      condition: 'roundAt < :sent',
      values: { ':roundAt': { S: later(sent, now) }, ':sent': { S: sent.toISOString() }, ':one': { N: '1' } },
    });
    return changed ? record?.failedRounds : undefined;
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

  /**
   * Records why an order is not done yet. A late failure never overwrites an end that another delivery reached, nor does one that passes overwrite repair.
   *
   * @param excused the round that `noteRound` has counted is taken back
   * @returns how the order stands afterwards; nothing if there is no such order
   */
  async fail(
    orderId: string,
    status: 'retrying' | 'parked' | 'repair',
    detail: string,
    now: Date,
    excused = false,
  ): Promise<OrderStatus | undefined> {
    const toRepair = status === 'repair';
    const { record } = await this.update(orderId, {
      expression: `SET #status = :status, lastError = :detail, updatedAt = :now${toRepair ? ', repairAt = :now' : ''}${excused ? ' ADD failedRounds :back' : ''}`,
      condition: `attribute_exists(orderId) AND NOT #status IN (:paid, :declined${toRepair ? '' : ', :repair'})`,
      names: { '#status': 'status' },
      values: {
        ':status': { S: status },
        ':paid': { S: 'paid' },
        ':declined': { S: 'declined' },
        ...(!toRepair && { ':repair': { S: 'repair' } }),
        ...(excused && { ':back': { N: '-1' } }),
        ':detail': { S: detail },
        ':now': { S: now.toISOString() },
      },
    });
    return record?.status;
  }

  /** Writes and reads an item that is no order. @throws what would keep an order from being written */
  async probe(now: Date): Promise<void> {
    await this.update(PROBE_ID, {
      expression: 'SET updatedAt = :now, expiresAt = :tomorrow',
      values: {
        ':now': { S: now.toISOString() },
        ':tomorrow': { N: String(Math.floor(now.getTime() / 1000) + 86_400) },
      },
    });
  }

  async find(orderId: string): Promise<OrderRecord | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key: { orderId: { S: orderId } }, ConsistentRead: true }),
    );
    return Item?.order && read(Item);
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

  /** @returns the item afterwards; if the condition didn't hold, as it is */
  private async update(
    orderId: string,
    change: {
      expression: string;
      condition?: string;
      names?: Record<string, string>;
      values: Record<string, AttributeValue>;
    },
  ): Promise<{ readonly changed: boolean; readonly record: OrderRecord | undefined }> {
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
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { changed: true, record: Attributes && read(Attributes) };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return { changed: false, record: error.Item && read(error.Item) };
      throw error;
    }
  }
}

/** The later of two times. Clocks of SQS and of a function differ by some milliseconds: a message must not seem to be sent after it was seen. */
const later = (sent: Date, now: Date) => new Date(Math.max(sent.getTime(), now.getTime())).toISOString();

function read(item: Record<string, AttributeValue>): OrderRecord {
  const text = (name: string) => item[name]?.S;
  return {
    orderId: text('orderId') ?? '',
    status: (text('status') ?? 'accepted') as OrderStatus,
    order: JSON.parse(text('order') ?? '{}') as Order,
    fingerprint: text('fingerprint') ?? '',
    deliveries: Number(item.deliveries?.N ?? 0),
    failedRounds: Number(item.failedRounds?.N ?? 0),
    roundAt: text('roundAt') ?? '',
    ...(text('repairAt') && { repairAt: text('repairAt') }),
    firstSeen: text('firstSeen') ?? '',
    updatedAt: text('updatedAt') ?? '',
    ...(text('paymentId') && { paymentId: text('paymentId') }),
    ...(text('lastError') && { lastError: text('lastError') }),
  };
}
