import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { Refused } from '../../runtime/failures';

/** Clicks of one visit. More is no person; and an item of DynamoDB has at most 400 KB. Source: DynamoDB guide, "Quotas", item size. */
const MOST_CLICKS = 1000;

/** A click with what the enrichment service knows of its page. */
export interface EnrichedClick {
  readonly clickId: string;
  readonly visit: string;
  readonly page: string;
  readonly section: string;
  readonly clickedAt: string;
}

export interface VisitsTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Seconds that a visit is kept after its last click. */
  readonly keepSeconds: number;
}

/**
 * Adds a click to the path of its visit, once, however often it is asked for: the visit knows the ids of its clicks.
 *
 * @throws Refused for a visit that is full
 */
export async function addClick(
  { client, tableName, keepSeconds }: VisitsTable,
  { clickId, visit, page, section, clickedAt }: EnrichedClick,
  signal: AbortSignal,
): Promise<void> {
  const step = { M: { page: { S: page }, section: { S: section }, clickedAt: { S: clickedAt } } };
  const change = new UpdateItemCommand({
    TableName: tableName,
    Key: { visit: { S: visit } },
    UpdateExpression:
      'SET steps = list_append(if_not_exists(steps, :none), :step), expiresAt = :expiresAt ADD clickIds :ids',
    ConditionExpression: 'attribute_not_exists(clickIds) OR (NOT contains(clickIds, :id) AND size(clickIds) < :most)',
    ExpressionAttributeValues: {
      ':none': { L: [] },
      ':step': { L: [step] },
      ':ids': { SS: [clickId] },
      ':id': { S: clickId },
      ':most': { N: String(MOST_CLICKS) },
      ':expiresAt': { N: String(Math.ceil(Date.parse(clickedAt) / 1000) + keepSeconds) },
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await client.send(change, { abortSignal: signal });
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (!error.Item?.clickIds?.SS?.includes(clickId)) throw new Refused(`the visit has ${MOST_CLICKS} clicks already`);
  }
}
