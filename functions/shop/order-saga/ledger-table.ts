import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Change, Effect, EffectRecord, EffectState, Ledger } from './ledger';

/** Days that a record is kept: longer than any message or execution of its order can live. */
const KEPT_DAYS = 400;

/** The ledger in DynamoDB: key `orderId`, sort key `effect`; the stock is the item `stock`/`beans`. */
const BUSY = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

export class LedgerTable implements Ledger {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
    /** Grams in stock before the first order; only for effects that move beans. */
    private readonly openingStock = 0,
    private readonly now: () => number = Date.now,
  ) {}

  async read(orderId: string, effect: Effect): Promise<EffectRecord | undefined> {
    const Key = { orderId: { S: orderId }, effect: { S: effect } };
    // Strongly consistent: an old read would only cost a lost write and another round, but often.
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true }),
    );
    return Item && { state: Item.state?.S as EffectState, detail: Item.detail?.S };
  }

  async write(change: Change): ReturnType<Ledger['write']> {
    const record = this.record(change);
    try {
      await this.client.send(
        new TransactWriteItemsCommand({
          TransactItems: change.stock === undefined ? [record] : [record, this.stock(change.stock)],
        }),
      );
      return 'written';
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const [ofRecord, ofStock] = error.CancellationReasons ?? [];
      if (ofRecord?.Code === 'ConditionalCheckFailed') return 'changed';
      if (ofStock?.Code === 'ConditionalCheckFailed') return 'short';
      // Two transactions on one item: DynamoDB cancels one, and nothing of it was written. More than its partition takes (1,000 writes a second, two for
      // each item of a transaction) is the same to us. Source: DynamoDB API, TransactWriteItems, cancellation reasons.
      if (BUSY.includes(ofRecord?.Code ?? '') || BUSY.includes(ofStock?.Code ?? '')) return 'busy';
      throw error;
    }
  }

  private record({ orderId, effect, from, to, detail }: Change) {
    return {
      Put: {
        TableName: this.tableName,
        Item: {
          orderId: { S: orderId },
          effect: { S: effect },
          state: { S: to },
          at: { S: new Date(this.now()).toISOString() },
          expiresAt: { N: String(Math.floor(this.now() / 1000) + KEPT_DAYS * 86_400) },
          ...(detail && { detail: { S: detail } }),
        },
        ...(from === undefined
          ? { ConditionExpression: 'attribute_not_exists(orderId)' }
          : {
              ConditionExpression: '#state = :from',
              ExpressionAttributeNames: { '#state': 'state' },
              ExpressionAttributeValues: { ':from': { S: from } },
            }),
      },
    };
  }

  private stock(grams: number) {
    const enough = 'grams >= :needed OR (attribute_not_exists(grams) AND :opening >= :needed)';
    return {
      Update: {
        TableName: this.tableName,
        Key: { orderId: { S: 'stock' }, effect: { S: 'beans' } },
        UpdateExpression: 'SET grams = if_not_exists(grams, :opening) + :grams',
        ConditionExpression: enough,
        ExpressionAttributeValues: {
          ':opening': { N: String(this.openingStock) },
          ':grams': { N: String(grams) },
          ':needed': { N: String(Math.max(0, -grams)) },
        },
      },
    };
  }
}
