import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Construct } from 'constructs';
import type { Grantee, LambdaFunction } from '../lambda-function';
import { acceptFinding } from '../scan';

export interface BreakerTableProps {
  readonly tableName: string;
  readonly deletionProtection: boolean;
  readonly kmsKeyArn: string | undefined;
}

/** Where the breakers of one consumer are kept: two small items a dependency. Its stream is what tells the world. */
export class BreakerTable extends Construct {
  readonly tableName: string;
  private readonly arn: string;
  private readonly streamArn: string;
  private readonly kmsKeyArn: string | undefined;

  constructor(scope: Construct, id: string, { tableName, deletionProtection, kmsKeyArn }: BreakerTableProps) {
    super(scope, id);
    const table = new DynamodbTable(this, 'table', {
      name: tableName,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'dependency',
      rangeKey: 'item',
      attribute: [
        { name: 'dependency', type: 'S' },
        { name: 'item', type: 'S' },
      ],
      streamEnabled: true,
      streamViewType: 'NEW_AND_OLD_IMAGES',
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn },
      deletionProtectionEnabled: deletionProtection,
    });
    if (!kmsKeyArn) {
      acceptFinding(
        table,
        'CKV_AWS_119',
        'Encrypted with the key that AWS manages for DynamoDB; pass kmsKeyArn for one of your own.',
      );
    }
    this.tableName = table.name;
    this.arn = table.arn;
    this.streamArn = table.streamArn;
    this.kmsKeyArn = kmsKeyArn;
  }

  /** Reading and changing a breaker's state. */
  grantChange(grantee: Grantee): void {
    this.grant(grantee, ['dynamodb:GetItem', 'dynamodb:PutItem'], this.arn);
  }

  /** The same, and sharing what calls came to: for the wrapper in a consumer. */
  grantProtect(grantee: Grantee): void {
    this.grant(grantee, ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], this.arn);
  }

  /** Feeds a function with what changes; calls that are only counted don't reach it. */
  stream(handler: LambdaFunction, failuresArn: string): void {
    const read = [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ];
    this.grant(handler, read, this.streamArn);
    handler.grant(['sqs:SendMessage'], [failuresArn]);
    new LambdaEventSourceMapping(this, 'stream', {
      eventSourceArn: this.streamArn,
      functionName: handler.arn,
      // From the beginning: LATEST may miss what is written while the mapping comes up.
      startingPosition: 'TRIM_HORIZON',
      batchSize: 10,
      filterCriteria: { filter: [{ pattern: JSON.stringify({ dynamodb: { Keys: { item: { S: ['state'] } } } }) }] },
      bisectBatchOnFunctionError: true,
      // After an hour it is history: what must happen has been done by the reconciler's schedule long before.
      maximumRecordAgeInSeconds: 3600,
      destinationConfig: { onFailure: { destinationArn: failuresArn } },
    });
  }

  private grant(grantee: Grantee, actions: string[], arn: string): void {
    grantee.grant(actions, [arn]);
    if (this.kmsKeyArn) grantee.grant(['kms:Decrypt', 'kms:GenerateDataKey'], [this.kmsKeyArn]);
  }
}
