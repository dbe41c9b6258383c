import { list, shown } from '../plan/format';
import type { Resource } from '../plan/model';
import { isAbsent, textOf } from '../plan/values';
import type { AnyPath } from '../resources';
import { DELETION_PROTECTION, type Holder, typeOf } from '../resources';
import { isProtection, PROTECTS_ANOTHER } from '../resources/deletion-protection';
import { booleanOn } from './change';
import type { Messaging } from './messaging';
import { existsOn, read, type Side } from './side';

/** What goes with a resource when it is destroyed; undefined for one that holds nothing. */
export const holds = ({ type }: { readonly type: string }): Holder | undefined => typeOf(type)?.holds;

export const nameOf = (resource: Resource): string =>
  shown(
    resource.before?.name ??
      resource.before?.broker_name ??
      resource.before?.cluster_name ??
      resource.before?.bucket ??
      resource.before?.id,
  );

const INHABITED = new Set([
  'aws_ecs_cluster',
  'aws_service_discovery_private_dns_namespace',
  'aws_service_discovery_http_namespace',
]);

/** AWS refuses to delete it: a switch of its own says so. */
export function isProtected(resource: Resource, side: Side): boolean {
  // A cluster of Aurora DSQL with force_destroy is destroyed for all its protection (provider documentation).
  const forced = resource.type === 'aws_dsql_cluster' && booleanOn(resource, side, 'force_destroy') === true;
  if (forced || PROTECTS_ANOTHER.has(resource.type)) return false;
  return DELETION_PROTECTION.some((path) => isProtection(read(resource, side, path)));
}

/** Why AWS, or the provider for it, refuses to destroy a resource as it is now, as a sentence on the apply; undefined when nothing is known to stand in the way. */
export function refusalOf(graph: Messaging, resource: Resource): string | undefined {
  const before = (path: AnyPath) => booleanOn(resource, 'before', path);
  if (isProtected(resource, 'before'))
    return 'The apply will fail: its deletion protection is on, so AWS refuses to delete it.';
  if (resource.type === 'aws_s3_bucket' && before('force_destroy') === false)
    return 'The apply will fail unless it is empty: force_destroy is not set, and AWS refuses to delete it while one object or version is left in it.';
  if (resource.type === 'aws_backup_vault' && before('force_destroy') !== true)
    return 'The apply will fail unless it is empty: AWS refuses to delete it while one recovery point is left in it.';
  if (INHABITED.has(resource.type))
    return 'The apply will fail unless it is empty: AWS refuses to delete it while a service is left in it, those included that others put there.';
  // Kinesis API reference, DeleteStream, EnforceConsumerDeletion: false by default.
  const readers = resource.type === 'aws_kinesis_stream' && before('enforce_consumer_deletion') !== true;
  const staying = readers
    ? graph
        .beside(resource, 'before', 'aws_kinesis_stream_consumer', 'stream_arn')
        .filter((consumer) => existsOn(consumer, 'after'))
    : [];
  if (staying.length > 0)
    return `The apply will fail: ${list(staying.map(({ address }) => address))} ${staying.length === 1 ? 'is a registered consumer' : 'are registered consumers'} of it and ${staying.length === 1 ? 'stays' : 'stay'}, and without enforce_consumer_deletion AWS refuses to delete a stream that has one.`;
  if (
    SNAPSHOTS.has(resource.type) &&
    before('skip_final_snapshot') === false &&
    isAbsent(read(resource, 'before', 'final_snapshot_identifier'))
  )
    return 'The apply will fail: skip_final_snapshot is false and there is no final_snapshot_identifier, so the provider refuses to delete it.';
  return undefined;
}

const SNAPSHOTS = new Set([
  'aws_db_instance',
  'aws_rds_cluster',
  'aws_docdb_cluster',
  'aws_neptune_cluster',
  'aws_redshift_cluster',
]);

/** The last snapshot that the provider makes of a database before it destroys it; undefined where it makes none. */
export const finalSnapshotOf = (resource: Resource): string | undefined =>
  SNAPSHOTS.has(resource.type) && booleanOn(resource, 'before', 'skip_final_snapshot') === false
    ? textOf(read(resource, 'before', 'final_snapshot_identifier'))
    : undefined;

/** Holds nothing by itself: what is in it are things of their own. */
export const isInhabited = ({ type }: Resource): boolean => INHABITED.has(type);
