import type { Json } from '../changed-plans';
import { arn, plan, resource } from '../small-plan';
import { type Mishap, testMishaps, there } from './mishaps';

const IDENTITY = { id: 'x', name: 'x', arn: 'x' };
const goes = (type: string, values: Json = {}, ...beside: Json[]) =>
  plan(resource(`${type}.x`, { ...IDENTITY, ...values }, { after: null }), ...beside);
const loses = (type: string, severity: string, words: string, values: Json = {}): Mishap => [
  `${type} ${JSON.stringify(values)}`,
  goes(type, values),
  [`${severity} loss/destroyed ${type}.x`],
  { says: [words], never: ['AWS refuses'] },
];
const refused = (type: string, words: string, values: Json = {}, ...beside: Json[]): Mishap => [
  `${type} ${JSON.stringify(values)}${beside.map(({ address }) => ` with ${address}`)}`,
  goes(type, values, ...beside),
  [`high loss/destroyed ${type}.x`],
  { says: ['The apply will fail', words], never: ['Destroying it loses'] },
];

describe('containers take with them what others put there', () => {
  testMishaps([
    loses('aws_cloudformation_stack', 'critical', 'everything that it made'),
    loses('aws_cognito_user_pool', 'critical', 'Nobody can sign in'.toLowerCase()),
    loses('aws_batch_job_queue', 'high', 'every job that waits in it'),
    loses('aws_glue_catalog_database', 'high', 'crawlers'),
    loses('aws_sns_platform_application', 'high', 'every device'),
    loses('helm_release', 'high', 'everything that the chart installed'),
    loses('kubernetes_persistent_volume_claim', 'critical', 'the volume with its data'),
    loses('confluent_environment', 'critical', 'every cluster and topic'),
    loses('awscc_scheduler_schedule_group', 'critical', 'those that applications made'),
    loses('awscc_sqs_queue', 'critical', 'every message in it'),
    loses('aws_timestreamwrite_table', 'critical', 'every record'),
    loses('aws_ebs_volume', 'critical', 'every block'),
    loses('aws_ecr_repository', 'high', 'every image', { force_delete: true }),
    ['an alarm’s namespace holds nothing', goes('aws_cloudwatch_log_stream'), []],
  ]);
});

describe('what AWS refuses to destroy is told as an apply that fails', () => {
  testMishaps([
    refused('aws_cognito_user_pool', 'deletion protection', { deletion_protection: 'ACTIVE' }),
    refused('aws_qldb_ledger', 'deletion protection', { deletion_protection: true }),
    refused('aws_redshift_cluster', 'no final_snapshot_identifier', { skip_final_snapshot: false }),
    refused('aws_ecr_repository', 'one image', { force_delete: false }),
    refused('aws_s3_bucket', 'one object or version', { force_destroy: null }),
    refused('aws_route53_zone', 'a record', { force_destroy: false }),
    refused('aws_timestreamwrite_database', 'a table'),
    refused('aws_service_discovery_public_dns_namespace', 'a service'),
    refused(
      'aws_cloudwatch_event_bus',
      'aws_cloudwatch_event_rule.orders stays',
      {},
      there('aws_cloudwatch_event_rule.orders', { name: 'orders', event_bus_name: 'x' }),
    ),
    refused(
      'aws_rds_cluster',
      'aws_rds_cluster_instance.a stays',
      { skip_final_snapshot: true },
      there('aws_rds_cluster_instance.a', { cluster_identifier: 'x' }),
    ),
    refused('aws_eks_cluster', 'aws_eks_node_group.a', {}, there('aws_eks_node_group.a', { cluster_name: 'x' })),
  ]);
  testMishaps([
    [
      'a bus whose rules go with it',
      plan(
        resource('aws_cloudwatch_event_bus.x', { ...IDENTITY, arn: arn('events', 'event-bus/x') }, { after: null }),
        resource('aws_cloudwatch_event_rule.orders', { name: 'orders', event_bus_name: 'x' }, { after: null }),
      ),
      ['high loss/destroyed aws_cloudwatch_event_bus.x'],
      { says: ['the bus with its rules'], never: ['The apply will fail'] },
    ],
    [
      'a cache with a last snapshot',
      goes('aws_elasticache_replication_group', { final_snapshot_identifier: 'last' }),
      ['high loss/destroyed aws_elasticache_replication_group.x'],
      { says: ['a last snapshot last'] },
    ],
    [
      'a table that is made first by the name that is taken',
      plan(
        resource(
          'aws_dynamodb_table.x',
          { name: 'x', hash_key: 'a' },
          { after: { name: 'x', hash_key: 'b' }, actions: ['create', 'delete'] },
        ),
      ),
      ['high loss/replaced aws_dynamodb_table.x'],
      { says: ['AWS refuses a second one of that name'], never: ['The new one is made first'] },
    ],
  ]);
});
