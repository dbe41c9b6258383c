import { shown } from '../plan/format';
import type { Resource } from '../plan/model';
import type { Messaging } from './messaging';

interface Holder {
  readonly lost: string;
  readonly severity: 'critical' | 'high';
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

export const nameOf = (resource: Resource): string =>
  shown(resource.before?.name ?? resource.before?.broker_name ?? resource.before?.cluster_name ?? resource.before?.id);

/** Whoever keeps sending to a thing that goes, and stays, is worth a sentence. */
export function feeders(resource: Resource, graph: Messaging): string {
  if (resource.type !== 'aws_sqs_queue') return '';
  const sources = graph.sourcesOf(resource, 'before').filter((queue) => queue.action !== 'destroy');
  return sources.length > 0
    ? ` It is the dead-letter queue of ${sources.map((queue) => queue.address).join(', ')}.`
    : '';
}
