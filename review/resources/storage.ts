import type { ResourceType } from './resource-type';

const FILES = {
  lost: 'every file in it',
  severity: 'critical',
  first: 'Back it up, and show that nobody mounts it',
  move: 'copy the files (DataSync), mount the new one instead',
} as const;
const VOLUME = {
  lost: 'the volume with its data, where its storage class deletes it',
  severity: 'critical',
  first: 'Back it up, and show that nothing mounts it',
  move: 'copy the data, mount it instead',
} as const;

/** Tables, files, objects, databases and caches. */
export const storage = {
  aws_dynamodb_resource_policy: {
    attributes: ['resource_arn'],
    one: { identity: ['resource_arn'], created: 'over it' },
  },
  aws_efs_file_system: {
    attributes: [
      'encrypted',
      'kms_key_id',
      'performance_mode',
      'throughput_mode',
      'provisioned_throughput_in_mibps',
      'lifecycle_policy',
    ],
    holds: {
      lost: 'every file in it',
      severity: 'critical',
      first: 'Back it up, and show that nobody mounts it',
      occupied: [{ type: 'aws_efs_mount_target', path: 'file_system_id' }],
      move: 'copy the files (DataSync), mount the new one instead',
    },
    key: 'kms_key_id',
    fixed: ['encrypted', 'kms_key_id', 'performance_mode'],
  },
  aws_efs_mount_target: { attributes: ['file_system_id', 'subnet_id', 'security_groups'] },
  aws_efs_access_point: { attributes: ['file_system_id'] },
  aws_efs_backup_policy: {
    attributes: ['file_system_id', 'backup_policy'],
    one: { identity: ['file_system_id'], created: 'over it' },
  },
  aws_efs_file_system_policy: {
    attributes: ['file_system_id', 'policy'],
    one: { identity: ['file_system_id'], created: 'over it' },
  },
  aws_dynamodb_table: {
    attributes: [
      'billing_mode',
      'read_capacity',
      'write_capacity',
      'point_in_time_recovery',
      'server_side_encryption',
      'stream_enabled',
      'stream_arn',
      'stream_view_type',
      'ttl',
      'replica',
      'global_secondary_index',
      'hash_key',
      'range_key',
    ],
    names: ['name'],
    holds: {
      lost: 'every item in it',
      severity: 'critical',
      first: 'Export it or take a backup, and show that nobody reads or writes it',
      move: 'copy the items (export and import, or a restore), move readers and writers over',
    },
    key: 'server_side_encryption.0.kms_key_arn',
    reading: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'],
    one: { identity: ['name'], created: 'refused' },
    fixed: ['hash_key', 'range_key'],
  },
  aws_dynamodb_table_replica: { attributes: ['global_table_arn', 'kms_key_arn'], key: 'kms_key_arn' },
  aws_s3_bucket: {
    attributes: ['bucket', 'bucket_prefix', 'force_destroy', 'policy', 'server_side_encryption_configuration'],
    key: 'server_side_encryption_configuration.0.rule.0.apply_server_side_encryption_by_default.0.kms_master_key_id',
    holds: {
      lost: 'every object in it',
      refusedWhile: { left: 'one object or version', unless: 'force_destroy' },
      severity: 'critical',
      move: 'copy the objects (replication, S3 Batch), move readers and writers over',
    },
    one: { identity: ['bucket'], created: 'refused' },
  },
  aws_s3_bucket_lifecycle_configuration: { attributes: ['bucket'], one: { identity: ['bucket'], created: 'over it' } },
  aws_s3_bucket_replication_configuration: {
    attributes: ['bucket'],
    one: { identity: ['bucket'], created: 'over it' },
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    attributes: ['bucket', 'rule'],
    key: 'rule.0.apply_server_side_encryption_by_default.0.kms_master_key_id',
    one: { identity: ['bucket'], created: 'over it' },
  },
  aws_s3_bucket_public_access_block: {
    attributes: ['bucket', 'block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'],
    one: { identity: ['bucket'], created: 'over it' },
  },
  aws_s3_directory_bucket: {
    attributes: ['bucket', 'force_destroy'],
    holds: {
      lost: 'every object in it',
      severity: 'critical',
      refusedWhile: { left: 'one object', unless: 'force_destroy' },
      move: 'copy the objects, move readers and writers over',
    },
  },
  aws_ebs_volume: {
    attributes: ['kms_key_id'],
    holds: {
      lost: 'every block of the volume',
      severity: 'critical',
      first: 'Take a snapshot, and show that nothing is attached',
      move: 'restore a snapshot into it, attach it instead',
    },
    key: 'kms_key_id',
  },
  aws_fsx_lustre_file_system: { attributes: ['kms_key_id'], holds: FILES, key: 'kms_key_id' },
  aws_fsx_ontap_file_system: { attributes: ['kms_key_id'], holds: FILES, key: 'kms_key_id' },
  aws_fsx_openzfs_file_system: { attributes: ['kms_key_id'], holds: FILES, key: 'kms_key_id' },
  aws_fsx_windows_file_system: { attributes: ['kms_key_id'], holds: FILES, key: 'kms_key_id' },
  kubernetes_persistent_volume_claim: { attributes: ['metadata'], holds: VOLUME },
  kubernetes_persistent_volume_claim_v1: { attributes: ['metadata'], holds: VOLUME },
  aws_s3_bucket_versioning: {
    attributes: ['bucket', 'versioning_configuration'],
    one: { identity: ['bucket'], created: 'over it' },
  },
  aws_s3_bucket_policy: { attributes: ['bucket', 'policy'], one: { identity: ['bucket'], created: 'over it' } },
  aws_s3_bucket_notification: {
    attributes: ['bucket', 'queue', 'topic', 'lambda_function', 'eventbridge'],
    one: { identity: ['bucket'], created: 'over it' },
  },
  aws_backup_vault: {
    attributes: ['kms_key_arn', 'force_destroy'],
    holds: {
      lost: 'every recovery point in it',
      refusedWhile: { left: 'one recovery point', unless: 'force_destroy' },
      severity: 'critical',
      first: 'Show that nobody will have to restore from it',
      move: 'copy the recovery points into it',
    },
    key: 'kms_key_arn',
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
