import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { TABLE } from '../../functions/desk/contract';

/** The desk's table as modules/dead-letter-desk makes it. */
export const createDeskTable = (TableName: string): CreateTableCommandInput => {
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const names = [
    TABLE.hashKey,
    TABLE.rangeKey,
    ...TABLE.indexes.flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey]),
  ];
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keys(TABLE.hashKey, TABLE.rangeKey),
    AttributeDefinitions: [...new Set(names)].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: TABLE.indexes.map(({ name, hashKey, rangeKey }) => ({
      IndexName: name,
      KeySchema: keys(hashKey, rangeKey),
      Projection: { ProjectionType: 'ALL' },
    })),
  };
};
