import type { TerraformStack } from 'cdktf';
import { ExistingFunction } from '../../modules/lambda-function';
import {
  dynamodbStream,
  Stream,
  StreamConsumer,
  type StreamConsumerProps,
  type StreamProps,
} from '../../modules/stream';
import { TieredQueue } from '../../modules/tiered-queue';
import { allowed, synthesized } from './synthesized';

const account = '111111111111';
const table = `arn:aws:dynamodb:us-east-1:${account}:table/orders/stream/2026-01-01T00:00:00.000`;
const bucket = 'arn:aws:s3:::failed-records';

type Change = Partial<StreamConsumerProps> & { readonly stream?: Partial<StreamProps>; readonly changes?: boolean };
const existing = (scope: TerraformStack) =>
  new ExistingFunction(scope, 'function', {
    ...{ functionArn: `arn:aws:lambda:us-east-1:${account}:function:count`, functionName: 'count' },
    ...{ roleName: 'count', policyName: 'spillway', timeout: 30 },
  });
const stack = ({ stream, changes, ...change }: Change = {}) =>
  synthesized((scope) => {
    const handler = existing(scope);
    const source = changes ? dynamodbStream(table) : new Stream(scope, 'clicks', { streamName: 'clicks', ...stream });
    new StreamConsumer(scope, 'consumer', { source, handler, consumerName: 'counter', ...change });
  });
const mapping = (change?: Change) => stack(change).one('aws_lambda_event_source_mapping', 'mapping');
const may = (change?: Change) =>
  allowed(stack(change), 'function/policy').map((line) => line.replace(/_[0-9A-F]{8}/, ''));

test('one failed record doesn’t take its batch along, and an outage gives no record up before half of the retention', () => {
  expect(mapping()).toMatchObject({
    function_response_types: ['ReportBatchItemFailures'],
    ...{ bisect_batch_on_function_error: true, maximum_retry_attempts: -1 },
    ...{ maximum_record_age_in_seconds: 302_400, starting_position: 'TRIM_HORIZON', enabled: true },
    destination_config: { on_failure: { destination_arn: expect.stringContaining('consumer_failed') } },
  });
});

test.each([
  [24, 43_200],
  [168, 302_400],
  [8760, 604_800],
])('of %i h that the stream keeps, a record is given up after %i s', (retentionHours, age) => {
  expect(mapping({ stream: { retentionHours } }).maximum_record_age_in_seconds).toBe(age);
});

test('what is given up is kept for 14 days and rings, and so does reading that is behind', () => {
  const synth = stack({ maximumAge: 60 });
  expect(synth.one('aws_sqs_queue', 'failed')).toMatchObject({
    ...{ name: 'counter-failed', message_retention_seconds: 1_209_600 },
  });
  expect(synth.one('aws_cloudwatch_metric_alarm', 'failed-alarm')).toMatchObject({ threshold: 0 });
  expect(synth.one('aws_cloudwatch_metric_alarm', 'age-alarm')).toMatchObject({
    ...{ metric_name: 'IteratorAge', threshold: 60_000 },
  });
});

test('the function may read this stream and send to this dead-letter queue, and the mapping waits for that', () => {
  const lines = may();
  expect(lines).toEqual([
    'kinesis:DescribeStream on ${aws_kinesis_stream.clicks_stream.arn}',
    'kinesis:DescribeStreamSummary on ${aws_kinesis_stream.clicks_stream.arn}',
    'kinesis:GetRecords on ${aws_kinesis_stream.clicks_stream.arn}',
    'kinesis:GetShardIterator on ${aws_kinesis_stream.clicks_stream.arn}',
    'kinesis:ListShards on ${aws_kinesis_stream.clicks_stream.arn}',
    'kinesis:ListStreams on *',
    'sqs:SendMessage on ${aws_sqs_queue.consumer_failed.arn}',
  ]);
  expect(mapping().depends_on).toEqual([expect.stringContaining('aws_iam_role_policy.function_policy')]);
});

test('a handler that hands over may send to the main queue and to repair', () => {
  const lines = allowed(
    synthesized((scope) => {
      const handler = existing(scope);
      const source = new Stream(scope, 'clicks', { streamName: 'clicks' });
      const tiers = new TieredQueue(scope, 'queue', { queueName: 'clicks' });
      new StreamConsumer(scope, 'consumer', { source, handler, tiers, consumerName: 'counter' });
    }),
    'function/policy',
  );
  expect(
    lines.filter((line) => line.startsWith('sqs:SendMessage')).map((line) => /queue_\w+?_/.exec(line)?.[0]),
  ).toEqual([undefined, 'queue_main_', 'queue_repair_']);
});

test('a bucket gets whole records, and the function may write nothing else', () => {
  const change = { failedRecordsBucketArn: bucket };
  expect(mapping(change).destination_config).toEqual({ on_failure: { destination_arn: bucket } });
  expect(may(change).filter((line) => /s3|sqs/.test(line))).toEqual([
    `s3:ListBucket on ${bucket}`,
    `s3:PutObject on ${bucket}/*`,
  ]);
});

test('enhanced fan-out reads by a consumer of its own', () => {
  const synth = stack({ enhancedFanOut: true });
  expect(synth.one('aws_kinesis_stream_consumer', 'fan-out').name).toBe('counter');
  expect(synth.one('aws_lambda_event_source_mapping', 'mapping').event_source_arn).toMatch(/kinesis_stream_consumer/);
  expect(may({ enhancedFanOut: true }).filter((line) => line.includes('SubscribeToShard'))).toHaveLength(1);
});

test('the changes of a table are read the same way', () => {
  expect(mapping({ changes: true })).toMatchObject({
    ...{ event_source_arn: table, maximum_record_age_in_seconds: 43_200, bisect_batch_on_function_error: true },
  });
  expect(may({ changes: true }).filter((line) => line.startsWith('dynamodb:'))).toEqual(
    ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (action) => `dynamodb:${action} on ${table}`,
    ),
  );
});

test('a mapping that a breaker switches is left alone by the next apply', () => {
  expect(mapping({ switchedAtRunTime: true }).lifecycle).toEqual({ ignore_changes: ['enabled'] });
  expect(mapping()).not.toHaveProperty('lifecycle');
});

test('a stream is encrypted, keeps records for 7 days and rings when it refuses some', () => {
  const synth = stack();
  expect(synth.one('aws_kinesis_stream', 'stream')).toMatchObject({
    ...{ encryption_type: 'KMS', kms_key_id: 'alias/aws/kinesis', retention_period: 168 },
    stream_mode_details: { stream_mode: 'ON_DEMAND' },
  });
  expect(synth.one('aws_cloudwatch_metric_alarm', 'refused-alarm')).toMatchObject({ threshold: 0 });
  expect(stack({ stream: { shards: 3 } }).one('aws_kinesis_stream', 'stream')).toMatchObject({
    ...{ shard_count: 3, stream_mode_details: { stream_mode: 'PROVISIONED' } },
  });
});

test.each<[Change, string]>([
  [{ stream: { streamName: 'a b' } }, 'streamName is "a b"; Kinesis takes 1 to 128'],
  [{ stream: { shards: 0 } }, 'shards is 0; it takes "on-demand", or a whole number from 1'],
  [{ stream: { retentionHours: 23 } }, 'retentionHours is 23 h; Kinesis takes whole numbers from 24 to 8,760'],
  [{ batchSize: 10_001 }, 'batchSize is 10001; Lambda takes whole numbers from 1 to 10,000'],
  [{ batchingWindow: 301 }, 'batchingWindow is 301 s'],
  [{ parallelization: 11 }, 'parallelization is 11; Lambda takes whole numbers from 1 to 10'],
  [{ maximumRecordAge: -1 }, 'maximumRecordAge is -1 s'],
  [{ maximumRecordAge: 43_201, changes: true }, 'at most half of the 24 h that the stream keeps (43200 s)'],
  [{ maximumRetryAttempts: 10_001 }, 'maximumRetryAttempts is 10001'],
  [{ enhancedFanOut: true, changes: true }, 'enhancedFanOut is set for a DynamoDB stream'],
  [{ startingPosition: { at: '2026-01-31T08:00:00Z' }, changes: true }, 'startingPosition is a time, and the source a DynamoDB stream'],
  [{ startingPosition: { at: 'yesterday' } }, 'startingPosition is at "yesterday"'],
  [{ filterPatterns: [] }, 'filterPatterns has 0 patterns'],
  [{ failedRecordsBucketArn: 'bucket' }, 'failedRecordsBucketArn is "bucket"'],
  [{ consumerName: 'x'.repeat(61) }, 'it takes 1 to 60 letters'],
])('%j does not synthesize', (change, message) => {
  expect(() => stack(change)).toThrow(message);
}); // biome-ignore format: a table
