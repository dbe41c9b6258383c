import { shown } from '../plan/format';
import type { Resource } from '../plan/model';
import { isAbsent } from '../plan/values';
import type { AnyPath } from '../resources';
import { type Holder, typeOf } from '../resources';
import { booleanOn } from './change';
import { read } from './side';

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

/** Why AWS, or the provider for it, refuses to destroy a resource as it is now, as a sentence on the apply; undefined when nothing is known to stand in the way. */
export function refusalOf(resource: Resource): string | undefined {
  const before = (path: AnyPath) => booleanOn(resource, 'before', path);
  if (before('deletion_protection_enabled') === true || before('deletion_protection') === true)
    return 'The apply will fail: its deletion protection is on, so AWS refuses to delete it.';
  if (resource.type === 'aws_s3_bucket' && before('force_destroy') === false)
    return 'The apply will fail unless it is empty: force_destroy is not set, and AWS refuses to delete it while one object or version is left in it.';
  if (resource.type === 'aws_backup_vault' && before('force_destroy') !== true)
    return 'The apply will fail unless it is empty: AWS refuses to delete it while one recovery point is left in it.';
  if (INHABITED.has(resource.type))
    return 'The apply will fail unless it is empty: AWS refuses to delete it while a service is left in it, those included that others put there.';
  const snapshot = ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster'];
  if (
    snapshot.includes(resource.type) &&
    before('skip_final_snapshot') === false &&
    isAbsent(read(resource, 'before', 'final_snapshot_identifier'))
  )
    return 'The apply will fail: skip_final_snapshot is false and there is no final_snapshot_identifier, so the provider refuses to delete it.';
  return undefined;
}
