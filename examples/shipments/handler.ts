import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { consumer, patience, Refused } from 'spillway/runtime';
import { shipments } from './contract';

const client = new DynamoDBClient(patience());

export const handler = consumer(shipments, {
  // The write below is made once whoever repeats it, so there is nothing for a ledger to remember.
  ledger: 'none',
  concurrency: 5,
  async work({ shipmentId, sku, pieces }, { environment, signal }) {
    try {
      const change = new UpdateItemCommand({
        TableName: environment.STOCK_TABLE,
        Key: { sku: { S: sku } },
        UpdateExpression: 'ADD pieces :pieces, shipments :shipment',
        ConditionExpression: 'attribute_exists(sku) AND NOT contains(shipments, :id)',
        ExpressionAttributeValues: {
          ':pieces': { N: String(pieces) },
          ':shipment': { SS: [shipmentId] },
          ':id': { S: shipmentId },
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      await client.send(change, { abortSignal: signal });
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (!error.Item) throw new Refused(`there is no ${sku} in stock`, { path: 'sku' });
    }
  },
});
