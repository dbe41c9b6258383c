import { changes } from '../graph/change';
import { resourceOfTarget, type Target } from '../graph/graph';
import { grouped } from '../graph/grouped';
import { memoizePerSide } from '../graph/memoize';
import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, textOf } from '../plan/values';
import { keyTarget } from './holders';

/** Where each type names the key that encrypts it. */
const KEY_PATHS: Readonly<Record<string, string>> = {
  aws_sqs_queue: 'kms_master_key_id',
  aws_sns_topic: 'kms_master_key_id',
  aws_kinesis_stream: 'kms_key_id',
  aws_dynamodb_table: 'server_side_encryption.0.kms_key_arn',
  aws_lambda_function: 'kms_key_arn',
  aws_efs_file_system: 'kms_key_id',
  aws_mq_broker: 'encryption_options.0.kms_key_id',
  aws_msk_cluster: 'encryption_info.0.encryption_at_rest_kms_key_arn',
  aws_secretsmanager_secret: 'kms_key_id',
  aws_cloudwatch_log_group: 'kms_key_id',
  aws_cloudwatch_event_bus: 'kms_key_identifier',
  aws_ssm_parameter: 'key_id',
  aws_sfn_state_machine: 'encryption_configuration.0.kms_key_id',
  aws_kinesis_firehose_delivery_stream: 'server_side_encryption.0.key_arn',
  aws_db_instance: 'kms_key_id',
  aws_rds_cluster: 'kms_key_id',
  aws_elasticache_replication_group: 'kms_key_id',
  aws_backup_vault: 'kms_key_arn',
  aws_s3_bucket_server_side_encryption_configuration:
    'rule.0.apply_server_side_encryption_by_default.0.kms_master_key_id',
};

export const keyOf = (graph: Messaging, resource: Resource, side: Side): Target | undefined =>
  existsOn(resource, side) ? keyTarget(graph, resource, side, KEY_PATHS[resource.type] ?? '') : undefined;

const byKey = memoizePerSide((graph, side) =>
  grouped(graph.ofType(...Object.keys(KEY_PATHS)), (resource) => resourceOfTarget(keyOf(graph, resource, side))),
);

/** What is encrypted with a key. */
export const encryptedWith = (graph: Messaging, key: Resource, side: Side): readonly Resource[] =>
  byKey(graph, side).get(key) ?? [];

/** It stays and still names the key, or nobody can tell. One whose key only the apply will tell may have been moved away. */
export function stillUses(graph: Messaging, user: Resource, key: Resource): boolean {
  if (!survives(user)) return false;
  const after = keyOf(graph, user, 'after');
  if (after?.kind !== 'elsewhere') return resourceOfTarget(after) === key;
  const names = ['arn', 'id', 'key_id'].map((path) => textOf(read(key, 'before', path)));
  return names.includes(after.name) || sameKey(keyOf(graph, user, 'before'), after) || isUnchanged(user);
}

/** What it says of its key is what it said before: an alias that goes with the key is still an alias of that key. */
const isUnchanged = (user: Resource): boolean =>
  !certainlyDiffers(read(user, 'before', KEY_PATHS[user.type] ?? ''), read(user, 'after', KEY_PATHS[user.type] ?? ''));

/** What names a key by this alias. */
export const usersOfAlias = (graph: Messaging, alias: Resource, side: Side): Resource[] =>
  graph
    .ofType(...Object.keys(KEY_PATHS))
    .filter(
      (user) =>
        existsOn(user, side) &&
        resourceOfTarget(graph.follow(user, side, KEY_PATHS[user.type] ?? '', ['aws_kms_alias'])) === alias,
    );

export const nameOfKey = (key: Target | undefined): string =>
  key === undefined
    ? 'no key of its own'
    : key.kind === 'resource'
      ? key.resource.address
      : key.kind === 'elsewhere'
        ? key.name
        : '(known after apply)';
export const sameKey = (a: Target | undefined, b: Target | undefined): boolean =>
  a?.kind !== 'unknown' && b?.kind !== 'unknown' && nameOfKey(a) === nameOfKey(b);

/** What puts a queue or topic under another key: itself, or the alias that it names. */
export function moverOf(graph: Messaging, holder: Resource): Resource | undefined {
  const alias = resourceOfTarget(graph.follow(holder, 'after', KEY_PATHS[holder.type] ?? '', ['aws_kms_alias']));
  return [holder, alias].find((resource) => resource !== undefined && changes(resource));
}
