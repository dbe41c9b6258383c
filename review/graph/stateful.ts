import { shown } from '../plan/format';
import type { Resource } from '../plan/model';
import { isAbsent } from '../plan/values';
import { booleanOn } from './change';
import { read } from './side';

interface Holder {
  readonly lost: string;
  readonly severity: 'critical' | 'high';
  /** What to do before it goes, where it is not simply to be emptied. */
  readonly first?: string;
  /** How its users get from the old one to the new one, where it is not a queue. */
  readonly move?: string;
}

const database = (what: string): Holder => ({
  lost: `the ${what}`,
  severity: 'critical',
  first: 'Take a last snapshot, and show that nobody reads or writes it',
  move: 'restore a snapshot into it, move its users over',
});
const cache = (what: string): Holder => ({
  lost: `everything in the ${what}, queues kept in it included`,
  severity: 'critical',
  move: 'let what waits in the old one be worked off, move its users over',
});
const topic: Holder = {
  lost: 'the topic with its records and the places of its consumer groups',
  severity: 'critical',
  move: 'move producers over, let every consumer group read the old one to its end',
};

/** What goes with a resource when it is destroyed, how bad that is, and what comes before. */
export const HOLDERS: Readonly<Record<string, Holder>> = {
  aws_sqs_queue: { lost: 'every message in it, waiting, delayed or in flight', severity: 'critical' },
  aws_kinesis_stream: {
    lost: 'every record that a consumer has not read yet',
    severity: 'critical',
    move: 'move producers over, let every consumer read the old one to its end',
  },
  aws_mq_broker: {
    lost: 'every message that the broker stores',
    severity: 'critical',
    move: 'move producers over, let consumers drain the old one',
  },
  aws_msk_cluster: {
    lost: 'every topic with its records and offsets',
    severity: 'critical',
    move: 'move producers over, let every consumer group read the old one to its end',
  },
  aws_msk_serverless_cluster: {
    lost: 'every topic with its records and offsets',
    severity: 'critical',
    move: 'move producers over, let every consumer group read the old one to its end',
  },
  aws_dynamodb_table: {
    lost: 'every item in it',
    severity: 'critical',
    first: 'Export it or take a backup, and show that nobody reads or writes it',
    move: 'copy the items (export and import, or a restore), move readers and writers over',
  },
  aws_efs_file_system: {
    lost: 'every file in it',
    severity: 'critical',
    first: 'Back it up, and show that nobody mounts it',
    move: 'copy the files (DataSync), mount the new one instead',
  },
  aws_s3_bucket: {
    lost: 'every object in it',
    severity: 'critical',
    move: 'copy the objects (replication, S3 Batch), move readers and writers over',
  },
  aws_db_instance: database('database'),
  aws_rds_cluster: database('database'),
  aws_docdb_cluster: database('database'),
  aws_neptune_cluster: database('database'),
  aws_redshift_cluster: database('warehouse'),
  aws_opensearch_domain: database('domain with its indices'),
  aws_keyspaces_keyspace: database('keyspace with every table in it'),
  aws_elasticache_replication_group: cache('cache'),
  aws_elasticache_cluster: cache('cache'),
  aws_elasticache_serverless_cache: cache('cache'),
  aws_memorydb_cluster: cache('database in memory'),
  aws_backup_vault: {
    lost: 'every recovery point in it',
    severity: 'critical',
    first: 'Show that nobody will have to restore from it',
    move: 'copy the recovery points into it',
  },
  aws_scheduler_schedule_group: {
    lost: 'every schedule in the group, those that applications made at run time as well: what they had to start is never started',
    severity: 'critical',
    first: 'List what is in the group (`aws scheduler list-schedules --group-name …`) and move or end each',
    move: 'make every schedule again in it, those of applications included',
  },
  aws_eks_cluster: {
    lost: 'everything that runs in the cluster, consumers that were deployed from elsewhere and their volumes included',
    severity: 'critical',
    first: 'Show that nothing runs in it any more',
    move: 'move every workload over, let what the old ones have in work come to its end',
  },
  kubernetes_namespace: {
    lost: 'everything in the namespace, what others deployed into it and its volumes included',
    severity: 'critical',
    first: 'Show that nothing is left in it (`kubectl get all,pvc`)',
    move: 'move every workload and volume over',
  },
  kubernetes_namespace_v1: {
    lost: 'everything in the namespace, what others deployed into it and its volumes included',
    severity: 'critical',
    first: 'Show that nothing is left in it (`kubectl get all,pvc`)',
    move: 'move every workload and volume over',
  },
  kafka_topic: topic,
  confluent_kafka_topic: topic,
  rabbitmq_vhost: {
    lost: 'every queue in the virtual host with its messages, those that applications declared as well',
    severity: 'critical',
    move: 'move senders over, drain its queues',
  },
  rabbitmq_queue: { lost: 'every message in it', severity: 'critical' },
  rabbitmq_exchange: {
    lost: 'the exchange with its bindings: what is published there from then on is refused',
    severity: 'high',
    first: 'Move its publishers first',
    move: 'bind its queues, then move publishers over',
  },
  aws_cloudwatch_event_archive: {
    lost: 'every archived event, so that nothing can be replayed',
    severity: 'critical',
    first: 'Show that nobody will have to replay these events',
    move: 'let both archive until nobody needs what only the old one has',
  },
  aws_kms_key: {
    lost: 'what it encrypted: a key is unusable from the moment its deletion is scheduled, not only after the waiting period, and after that for ever',
    severity: 'critical',
    first: 'Encrypt what it encrypted with another key first',
    move: 'encrypt with the new one what the old one encrypted',
  },
  aws_kinesis_firehose_delivery_stream: {
    lost: 'the records that are still buffered',
    severity: 'high',
    first: 'Stop what puts records into it and let it deliver first',
    move: 'move producers over, let the old one deliver what it holds',
  },
  aws_secretsmanager_secret: {
    lost: 'the secret that its readers need',
    severity: 'high',
    first: 'Give its readers another secret first',
    move: 'give it the value, and its readers its ARN and the right to read it',
  },
  aws_sns_topic: {
    lost: 'the topic with all its subscriptions: what is published from then on fails',
    severity: 'high',
    first: 'Move its publishers and subscribers first',
    move: 'subscribe everybody to it, then move publishers over',
  },
  aws_cloudwatch_event_bus: {
    lost: 'the bus with its rules: events sent to it from then on are dropped',
    severity: 'high',
    first: 'Move its publishers and rules first, those that applications made included',
    move: 'make its rules there, then move publishers over',
  },
  aws_apigatewayv2_api: {
    lost: 'the API with its routes, stages and address: whoever calls it is told that there is no such host',
    severity: 'high',
    first: 'Move its callers first',
    move: 'give its callers the new address',
  },
  aws_api_gateway_rest_api: {
    lost: 'the API with its methods, stages and address: whoever calls it is told that there is no such host',
    severity: 'high',
    first: 'Move its callers first',
    move: 'give its callers the new address',
  },
  aws_sfn_state_machine: {
    lost: 'running executions: they are stopped where they are, without compensation',
    severity: 'high',
    first: 'Start nothing new, and let what runs come to its end first',
    move: 'start what is new there, let what runs in the old one come to its end',
  },
};

export const nameOf = (resource: Resource): string =>
  shown(
    resource.before?.name ??
      resource.before?.broker_name ??
      resource.before?.cluster_name ??
      resource.before?.bucket ??
      resource.before?.id,
  );

/** Why AWS, or the provider for it, refuses to destroy a resource as it is now, as a sentence on the apply; undefined when nothing is known to stand in the way. */
export function refusalOf(resource: Resource): string | undefined {
  const before = (path: string) => booleanOn(resource, 'before', path);
  if (before('deletion_protection_enabled') === true || before('deletion_protection') === true)
    return 'The apply will fail: its deletion protection is on, so AWS refuses to delete it.';
  if (resource.type === 'aws_s3_bucket' && before('force_destroy') === false)
    return 'The apply will fail unless it is empty: force_destroy is not set, and AWS refuses to delete it while one object or version is left in it.';
  if (resource.type === 'aws_backup_vault' && before('force_destroy') !== true)
    return 'The apply will fail unless it is empty: AWS refuses to delete it while one recovery point is left in it.';
  const snapshot = ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster'];
  if (
    snapshot.includes(resource.type) &&
    before('skip_final_snapshot') === false &&
    isAbsent(read(resource, 'before', 'final_snapshot_identifier'))
  )
    return 'The apply will fail: skip_final_snapshot is false and there is no final_snapshot_identifier, so the provider refuses to delete it.';
  return undefined;
}
