import type { ResourceType } from './resource-type';

/** Kinesis. */
export const kinesis = {
  aws_kinesis_resource_policy: {
    attributes: ['resource_arn'],
    one: { identity: ['resource_arn'], created: 'over it' },
  },
  aws_kinesis_stream: {
    attributes: [
      'retention_period',
      'shard_count',
      'encryption_type',
      'kms_key_id',
      'stream_mode_details',
      'enforce_consumer_deletion',
    ],
    names: ['name'],
    holds: {
      lost: 'every record that a consumer has not read yet',
      // Kinesis API reference, DeleteStream, EnforceConsumerDeletion: false by default.
      occupied: [{ type: 'aws_kinesis_stream_consumer', path: 'stream_arn' }],
      severity: 'critical',
      move: 'move producers over, let every consumer read the old one to its end',
    },
    key: 'kms_key_id',
    reading: ['kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:DescribeStream', 'kinesis:ListShards'],
    sending: 'kinesis:PutRecord',
    one: { identity: ['name'], created: 'refused' },
  },
  aws_kinesis_stream_consumer: { attributes: ['stream_arn'] },
  aws_kinesis_firehose_delivery_stream: {
    attributes: ['kinesis_source_configuration', 'server_side_encryption', 'destination'],
    holds: {
      lost: 'the records that are still buffered',
      severity: 'high',
      first: 'Stop what puts records into it and let it deliver first',
      move: 'move producers over, let the old one deliver what it holds',
    },
    key: 'server_side_encryption.0.key_arn',
    one: { identity: ['name'], created: 'refused' },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
