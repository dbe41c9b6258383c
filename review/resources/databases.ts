import type { ResourceType } from './resource-type';

const DATABASE = {
  lost: 'the database',
  severity: 'critical',
  first: 'Take a last snapshot, and show that nobody reads or writes it',
  move: 'restore a snapshot into it, move its users over',
} as const;
const CACHE = {
  lost: 'everything in the cache, queues kept in it included',
  severity: 'critical',
  move: 'let what waits in the old one be worked off, move its users over',
} as const;
/** What the provider asks for, unless it is told to skip it. */
const LAST_SNAPSHOT = { name: 'final_snapshot_identifier', skip: 'skip_final_snapshot' } as const;

/** Databases, caches and indices. */
export const databases = {
  aws_db_instance: {
    attributes: [
      'identifier',
      'kms_key_id',
      'skip_final_snapshot',
      'final_snapshot_identifier',
      'publicly_accessible',
      'storage_encrypted',
      'backup_retention_period',
    ],
    holds: { ...DATABASE, lastSnapshot: LAST_SNAPSHOT },
    key: 'kms_key_id',
  },
  aws_rds_cluster: {
    attributes: [
      'cluster_identifier',
      'kms_key_id',
      'skip_final_snapshot',
      'final_snapshot_identifier',
      'storage_encrypted',
      'backup_retention_period',
    ],
    holds: {
      ...DATABASE,
      lastSnapshot: LAST_SNAPSHOT,
      occupied: [{ type: 'aws_rds_cluster_instance', path: 'cluster_identifier' }],
    },
    key: 'kms_key_id',
  },
  aws_elasticache_replication_group: {
    attributes: ['replication_group_id', 'kms_key_id', 'final_snapshot_identifier'],
    holds: { ...CACHE, lastSnapshot: { name: 'final_snapshot_identifier' } },
    key: 'kms_key_id',
  },
  aws_elasticache_cluster: {
    attributes: ['cluster_id', 'final_snapshot_identifier'],
    holds: { ...CACHE, lastSnapshot: { name: 'final_snapshot_identifier' } },
  },
  aws_elasticache_serverless_cache: {
    attributes: ['kms_key_id'],
    holds: CACHE,
    key: 'kms_key_id',
  },
  aws_memorydb_cluster: {
    attributes: ['kms_key_arn', 'final_snapshot_name'],
    holds: {
      ...CACHE,
      lost: 'everything in the database in memory, queues kept in it included',
      lastSnapshot: { name: 'final_snapshot_name' },
    },
    key: 'kms_key_arn',
  },
  aws_docdb_cluster: {
    attributes: ['cluster_identifier', 'skip_final_snapshot', 'kms_key_id', 'final_snapshot_identifier'],
    holds: {
      ...DATABASE,
      lastSnapshot: LAST_SNAPSHOT,
      occupied: [{ type: 'aws_docdb_cluster_instance', path: 'cluster_identifier' }],
    },
    key: 'kms_key_id',
  },
  aws_neptune_cluster: {
    attributes: ['cluster_identifier', 'skip_final_snapshot', 'kms_key_arn', 'final_snapshot_identifier'],
    holds: {
      ...DATABASE,
      lastSnapshot: LAST_SNAPSHOT,
      occupied: [{ type: 'aws_neptune_cluster_instance', path: 'cluster_identifier' }],
    },
    key: 'kms_key_arn',
  },
  aws_redshift_cluster: {
    attributes: ['cluster_identifier', 'kms_key_id', 'skip_final_snapshot', 'final_snapshot_identifier'],
    holds: {
      ...DATABASE,
      lost: 'the warehouse',
      lastSnapshot: LAST_SNAPSHOT,
    },
    key: 'kms_key_id',
  },
  aws_opensearch_domain_policy: {
    attributes: ['domain_name', 'access_policies'],
    one: { identity: ['domain_name'], created: 'over it' },
  },
  aws_opensearch_domain: {
    attributes: ['domain_name', 'access_policies', 'encrypt_at_rest'],
    names: ['domain_name'],
    holds: { ...DATABASE, lost: 'the domain with its indices' },
    key: 'encrypt_at_rest.0.kms_key_id',
  },
  aws_keyspaces_keyspace: {
    attributes: [],
    holds: { ...DATABASE, lost: 'the keyspace with every table in it' },
  },
  aws_rds_cluster_instance: { attributes: ['cluster_identifier'] },
  aws_docdb_cluster_instance: { attributes: ['cluster_identifier'] },
  aws_neptune_cluster_instance: { attributes: ['cluster_identifier'] },
  aws_docdbelastic_cluster: { attributes: ['kms_key_id'], holds: DATABASE, key: 'kms_key_id' },
  aws_dsql_cluster: {
    attributes: ['force_destroy'],
    holds: {
      ...DATABASE,
      first: 'Take a last backup, and show that nobody reads or writes it',
      move: 'restore a backup into it, move its users over',
    },
  },
  aws_qldb_ledger: {
    attributes: ['kms_key'],
    holds: { ...DATABASE, lost: 'the ledger with its whole history', first: 'Export its journal' },
    key: 'kms_key',
  },
  aws_timestreamwrite_database: {
    attributes: ['database_name', 'kms_key_id'],
    names: ['database_name'],
    holds: { ...DATABASE, refusedWhile: { left: 'a table' } },
    key: 'kms_key_id',
  },
  aws_timestreamwrite_table: {
    attributes: ['database_name', 'table_name'],
    holds: {
      ...DATABASE,
      lost: 'every record in the table',
      first: 'Export it, and show that nobody reads or writes it',
    },
  },
  aws_redshiftserverless_namespace: {
    attributes: ['kms_key_id', 'final_snapshot_name'],
    holds: { ...DATABASE, lost: 'the warehouse', lastSnapshot: { name: 'final_snapshot_name' } },
    key: 'kms_key_id',
  },
  aws_keyspaces_table: { attributes: ['keyspace_name', 'table_name'], holds: { ...DATABASE, lost: 'every row in it' } },
  aws_elasticsearch_domain: {
    attributes: ['domain_name', 'encrypt_at_rest'],
    names: ['domain_name'],
    holds: { ...DATABASE, lost: 'the domain with its indices' },
    key: 'encrypt_at_rest.0.kms_key_id',
  },
  aws_opensearchserverless_collection: {
    attributes: [],
    holds: { ...DATABASE, lost: 'the collection with its indices', first: 'Show that nobody searches or writes it' },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
