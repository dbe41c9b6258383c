import { changes } from '../graph/change';
import { resourceOfTarget, type Target } from '../graph/graph';
import { grouped } from '../graph/grouped';
import { memoizePerSide } from '../graph/memoize';
import type { Messaging } from '../graph/messaging';
import { existsOn, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
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
};

export const keyOf = (graph: Messaging, resource: Resource, side: Side): Target | undefined =>
  existsOn(resource, side) ? keyTarget(graph, resource, side, KEY_PATHS[resource.type] ?? '') : undefined;

const byKey = memoizePerSide((graph, side) =>
  grouped(graph.ofType(...Object.keys(KEY_PATHS)), (resource) => resourceOfTarget(keyOf(graph, resource, side))),
);

/** What is encrypted with a key. */
export const encryptedWith = (graph: Messaging, key: Resource, side: Side): readonly Resource[] =>
  byKey(graph, side).get(key) ?? [];

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
