import type { Graph } from '../graph/graph';
import { nearest } from '../graph/references';
import type { Resource } from '../plan/model';
import { certainlyDiffers, isOpen, textOf } from '../plan/values';
import type { Severity } from './rule';

interface Holder {
  readonly lost: string;
  readonly severity: Severity;
  /** What to do before it goes, where it is not simply to be emptied. */
  readonly first?: string;
}

/** What goes with a resource when it is destroyed, and how bad that is. */
export const HOLDERS: Readonly<Record<string, Holder>> = {
  aws_sqs_queue: { lost: 'every message in it, waiting, delayed or in flight', severity: 'critical' },
  aws_kinesis_stream: { lost: 'every record that a consumer has not read yet', severity: 'critical' },
  aws_mq_broker: { lost: 'every message that the broker stores', severity: 'critical' },
  aws_msk_cluster: { lost: 'every topic with its records and offsets', severity: 'critical' },
  aws_msk_serverless_cluster: { lost: 'every topic with its records and offsets', severity: 'critical' },
  aws_dynamodb_table: { lost: 'every item in it', severity: 'critical' },
  aws_efs_file_system: { lost: 'every file in it', severity: 'critical' },
  aws_s3_bucket: { lost: 'every object in it', severity: 'critical' },
  aws_db_instance: { lost: 'the database', severity: 'critical' },
  aws_rds_cluster: { lost: 'the database', severity: 'critical' },
  aws_elasticache_replication_group: {
    lost: 'everything in the cache, queues kept in it included',
    severity: 'critical',
  },
  aws_cloudwatch_event_archive: {
    lost: 'every archived event, so that nothing can be replayed',
    severity: 'critical',
    first: 'Show that nobody will have to replay these events',
  },
  aws_kms_key: {
    lost: 'the key: what it encrypted can never be read again after the waiting period',
    severity: 'critical',
    first: 'Encrypt what it encrypted with another key first',
  },
  aws_kinesis_firehose_delivery_stream: {
    lost: 'the records that are still buffered',
    severity: 'high',
    first: 'Stop what puts records into it and let it deliver first',
  },
  aws_secretsmanager_secret: {
    lost: 'the secret that its readers need',
    severity: 'high',
    first: 'Give its readers another secret first',
  },
  aws_sns_topic: {
    lost: 'the topic with all its subscriptions: what is published from then on fails',
    severity: 'high',
    first: 'Move its publishers and subscribers first',
  },
  aws_cloudwatch_event_bus: {
    lost: 'the bus with its rules: events sent to it from then on are dropped',
    severity: 'high',
    first: 'Move its publishers and rules first',
  },
  aws_sfn_state_machine: {
    lost: 'running executions: they are stopped where they are, without compensation',
    severity: 'high',
    first: 'Start nothing new, and let what runs come to its end first',
  },
};

const NAME_PATHS = [
  'name',
  'broker_name',
  'cluster_name',
  'bucket',
  'identifier',
  'cluster_identifier',
  'function_name',
];
const physicalName = (resource: Resource, side: 'before' | 'after') => {
  for (const path of NAME_PATHS) {
    const value = resource[side]?.[path];
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
};

/** A resource destroyed at one address and made again at another: Terraform was not told that it moved. */
export interface Rename {
  readonly from: Resource;
  readonly to: Resource;
}

/** Pairs by the physical name; without one (generated, or none at all) by everything else that the two say being equal. */
export function renames(graph: Graph): Rename[] {
  const pairs: Rename[] = [];
  const unpaired = new Set<Resource>();
  const named = new Map<string, Resource[]>();
  const nameKey = ({ type }: Resource, name: string) => `${type} ${name}`;
  for (const resource of graph.resources) {
    if (resource.action !== 'destroy' || !HOLDERS[resource.type]) continue;
    unpaired.add(resource);
    const name = textOf(physicalName(resource, 'before'));
    if (name === undefined) continue;
    const alike = named.get(nameKey(resource, name));
    if (alike) alike.push(resource);
    else named.set(nameKey(resource, name), [resource]);
  }
  for (const to of graph.resources) {
    if (to.action !== 'create' || !HOLDERS[to.type]) continue;
    const candidate = (from: Resource) => unpaired.has(from) && !graph.apart(from, to);
    const name = textOf(physicalName(to, 'after'));
    const sameName = name === undefined ? [] : (named.get(nameKey(to, name)) ?? []).filter(candidate);
    const [from] = sameName.length > 0 ? nearest(to, sameName) : onlyTwin(graph.ofType(to.type).filter(candidate), to);
    if (!from) continue;
    unpaired.delete(from);
    pairs.push({ from, to });
  }
  return pairs;
}

function onlyTwin(candidates: readonly Resource[], to: Resource): readonly Resource[] {
  const after = physicalName(to, 'after');
  if (after !== undefined && !isOpen(after)) return [];
  const twins = candidates.filter((candidate) => {
    const names = Object.keys(to.after ?? {}).filter((name) => !['id', 'arn', 'url', 'name', 'key_id'].includes(name));
    return names.every((name) => !certainlyDiffers(candidate.before?.[name], to.after?.[name]));
  });
  return twins.length === 1 ? twins : [];
}
