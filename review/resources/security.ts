import type { ResourceType } from './resource-type';

/** Keys, secrets and permissions. */
export const security = {
  aws_kms_replica_key: {
    attributes: ['key_id', 'policy', 'description', 'enabled', 'primary_key_arn'],
    names: ['key_id'],
    holds: {
      lost: 'what it encrypted: a key is unusable from the moment its deletion is scheduled, not only after the waiting period, and after that for ever',
      severity: 'critical',
      first: 'Encrypt what it encrypted with another key first',
      move: 'encrypt with the new one what the old one encrypted',
    },
  },
  aws_kms_external_key: {
    attributes: ['key_id', 'policy', 'description', 'enabled', 'valid_to'],
    names: ['key_id'],
    holds: {
      lost: 'what it encrypted: a key is unusable from the moment its deletion is scheduled, not only after the waiting period, and after that for ever',
      severity: 'critical',
      first: 'Encrypt what it encrypted with another key first',
      move: 'encrypt with the new one what the old one encrypted',
    },
  },
  aws_kms_key: {
    attributes: ['key_id', 'is_enabled', 'policy', 'deletion_window_in_days', 'enable_key_rotation', 'description'],
    names: ['key_id'],
    holds: {
      lost: 'what it encrypted: a key is unusable from the moment its deletion is scheduled, not only after the waiting period, and after that for ever',
      severity: 'critical',
      first: 'Encrypt what it encrypted with another key first',
      move: 'encrypt with the new one what the old one encrypted',
    },
    companions: { policy: { type: 'aws_kms_key_policy', owner: 'key_id' } },
  },
  aws_kms_key_policy: { attributes: ['key_id', 'policy'], one: { identity: ['key_id'], created: 'over it' } },
  aws_kms_alias: {
    attributes: ['target_key_id', 'target_key_arn'],
    names: ['name'],
    one: { identity: ['name'], created: 'refused' },
  },
  aws_kms_grant: { attributes: ['key_id', 'grantee_principal', 'operations'] },
  aws_secretsmanager_secret: {
    attributes: ['kms_key_id', 'policy', 'name_prefix', 'recovery_window_in_days'],
    holds: {
      lost: 'the secret that its readers need',
      severity: 'high',
      first: 'Give its readers another secret first',
      move: 'give it the value, and its readers its ARN and the right to read it',
    },
    key: 'kms_key_id',
    names: ['name'],
    one: { identity: ['name'], created: 'refused' },
    companions: { policy: { type: 'aws_secretsmanager_secret_policy', owner: 'secret_arn' } },
  },
  aws_secretsmanager_secret_policy: {
    attributes: ['secret_arn', 'policy'],
    one: { identity: ['secret_arn'], created: 'over it' },
  },
  aws_secretsmanager_secret_rotation: {
    attributes: ['secret_id'],
    one: { identity: ['secret_id'], created: 'over it' },
  },
  aws_secretsmanager_secret_version: { attributes: ['secret_id', 'secret_string'] },
  aws_ssm_parameter: { attributes: ['type', 'value', 'key_id'], key: 'key_id' },
  aws_iam_role: {
    attributes: ['inline_policy', 'managed_policy_arns', 'assume_role_policy', 'permissions_boundary'],
    names: ['name'],
    one: { identity: ['name'], created: 'refused' },
  },
  aws_iam_role_policy: { attributes: ['role', 'policy'], one: { identity: ['role', 'name'], created: 'over it' } },
  aws_iam_policy: { attributes: ['policy'] },
  aws_iam_role_policy_attachment: {
    attributes: ['role', 'policy_arn'],
    one: { identity: ['role', 'policy_arn'], created: 'over it' },
  },
  aws_iam_policy_attachment: {
    attributes: ['roles', 'policy_arn'],
    one: { identity: ['policy_arn'], created: 'over it' },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
