import type { Grantee } from '../lambda-function';

/** What a stream consumer reads: a Kinesis stream, or the changes of a DynamoDB table. */
export interface StreamSource {
  /** Which of the two. */
  readonly kind: 'kinesis' | 'dynamodb';
  /** Of the stream. */
  readonly arn: string;
  /** Hours that records are kept. */
  readonly retentionHours: number;
  /** Reading it. */
  grantRead(grantee: Grantee): void;
}

/**
 * A Kinesis stream that is there already.
 *
 * @param retentionHours as it is set
 * @param kmsKeyArn the stream's key, if it has one of its own
 */
export function kinesisStream(arn: string, retentionHours: number, kmsKeyArn?: string): StreamSource {
  return {
    kind: 'kinesis',
    arn,
    retentionHours,
    // Source of the list: Lambda guide, "Process Amazon Kinesis Data Streams records with Lambda", AWSLambdaKinesisExecutionRole.
    grantRead(grantee) {
      const read = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
      grantee.grant(
        read.map((action) => `kinesis:${action}`),
        [arn],
      );
      // Takes no resource. Source: service authorization reference, Kinesis.
      grantee.grant(['kinesis:ListStreams'], ['*']);
      if (kmsKeyArn) grantee.grant(['kms:Decrypt'], [kmsKeyArn]);
    },
  };
}

/** Hours; not to be changed. Source: DynamoDB guide, "Change data capture for DynamoDB Streams". */
const DYNAMODB_HOURS = 24;

/**
 * The changes of a table as a stream.
 *
 * @param streamArn of the table: `table.streamArn`; the table must have its stream enabled
 * @param kmsKeyArn the table's key, if it has one of its own
 */
export function dynamodbStream(streamArn: string, kmsKeyArn?: string): StreamSource {
  return {
    kind: 'dynamodb',
    arn: streamArn,
    retentionHours: DYNAMODB_HOURS,
    // Source of the list: Lambda guide, "Process DynamoDB records with Lambda".
    grantRead(grantee) {
      grantee.grant(
        ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
        [streamArn],
      );
      if (kmsKeyArn) grantee.grant(['kms:Decrypt'], [kmsKeyArn]);
    },
  };
}
