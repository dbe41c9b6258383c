import type { Resource } from '../plan/model';
import { isAbsent, textOf } from '../plan/values';
import { resourceOfTarget } from './graph';
import type { Messaging } from './messaging';
import { read, type Side } from './side';

/** What makes a setting the one that it is in AWS, and what becomes of a second one that is made beside the first. */
interface Setting {
  /** Attributes that name it, together; one that is optional is marked with a question mark. */
  readonly identity: readonly string[];
  readonly created: 'over it' | 'refused';
}

const over = (...identity: string[]): Setting => ({ identity, created: 'over it' });
const refused = (...identity: string[]): Setting => ({ identity, created: 'refused' });

/** Types of which AWS has one for each identity, whatever addresses Terraform gives it: what the provider writes, it writes as a whole. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  aws_sns_topic_subscription: over('topic_arn', 'protocol', 'endpoint'),
  aws_cloudwatch_event_target: over('event_bus_name?', 'rule', 'target_id'),
  aws_cloudwatch_event_rule: over('event_bus_name?', 'name'),
  aws_cloudwatch_event_bus_policy: over('event_bus_name?'),
  aws_sqs_queue_policy: over('queue_url'),
  aws_sqs_queue_redrive_policy: over('queue_url'),
  aws_sqs_queue_redrive_allow_policy: over('queue_url'),
  aws_sns_topic_policy: over('arn'),
  aws_sns_topic_data_protection_policy: over('arn'),
  aws_kinesis_resource_policy: over('resource_arn'),
  aws_dynamodb_resource_policy: over('resource_arn'),
  aws_s3_bucket_notification: over('bucket'),
  aws_s3_bucket_policy: over('bucket'),
  aws_s3_bucket_versioning: over('bucket'),
  aws_s3_bucket_public_access_block: over('bucket'),
  aws_s3_bucket_lifecycle_configuration: over('bucket'),
  aws_s3_bucket_replication_configuration: over('bucket'),
  aws_s3_bucket_server_side_encryption_configuration: over('bucket'),
  aws_iam_role_policy: over('role', 'name'),
  aws_iam_role_policy_attachment: over('role', 'policy_arn'),
  aws_iam_policy_attachment: over('policy_arn'),
  aws_kms_key_policy: over('key_id'),
  aws_secretsmanager_secret_policy: over('secret_arn'),
  aws_secretsmanager_secret_rotation: over('secret_id'),
  aws_efs_file_system_policy: over('file_system_id'),
  aws_efs_backup_policy: over('file_system_id'),
  aws_msk_cluster_policy: over('cluster_arn'),
  aws_msk_scram_secret_association: over('cluster_arn'),
  aws_lambda_function_event_invoke_config: over('function_name', 'qualifier?'),
  aws_lambda_function_recursion_config: over('function_name'),
  aws_lambda_provisioned_concurrency_config: over('function_name', 'qualifier'),
  aws_cloudwatch_metric_alarm: over('alarm_name'),
  aws_cloudwatch_composite_alarm: over('alarm_name'),
  aws_cloudwatch_dashboard: over('dashboard_name'),
  aws_cloudwatch_log_subscription_filter: over('log_group_name', 'name'),
  aws_cloudwatch_log_metric_filter: over('log_group_name', 'name'),
  aws_cloudwatch_log_resource_policy: over('policy_name'),
  aws_api_gateway_rest_api_policy: over('rest_api_id'),
  aws_api_gateway_integration: over('rest_api_id', 'resource_id', 'http_method'),
  aws_lambda_event_source_mapping: refused('event_source_arn', 'function_name', 'queues?', 'topics?'),
  aws_lambda_permission: refused('function_name', 'qualifier?', 'statement_id'),
  aws_lambda_function: refused('function_name'),
  aws_lambda_alias: refused('function_name', 'name'),
  aws_lambda_function_url: refused('function_name', 'qualifier?'),
  aws_kms_alias: refused('name'),
  aws_pipes_pipe: refused('name'),
  aws_scheduler_schedule: refused('group_name?', 'name'),
};

const OWNERS = [
  'aws_sns_topic',
  'aws_sqs_queue',
  'aws_lambda_function',
  'aws_lambda_alias',
  'aws_cloudwatch_event_rule',
  'aws_cloudwatch_event_bus',
  'aws_cloudwatch_log_group',
  'aws_s3_bucket',
  'aws_iam_role',
  'aws_iam_policy',
  'aws_kms_key',
  'aws_kinesis_stream',
  'aws_dynamodb_table',
  'aws_secretsmanager_secret',
  'aws_efs_file_system',
  'aws_msk_cluster',
  'aws_mq_broker',
  'aws_api_gateway_rest_api',
];
const OWN_NAMES = new Set([
  'name',
  'alarm_name',
  'dashboard_name',
  'policy_name',
  'target_id',
  'statement_id',
  'protocol',
  'qualifier',
  'http_method',
  'resource_id',
]);
/** What the services take for left out. */
const DEFAULTS: Readonly<Record<string, string>> = {
  qualifier: '$LATEST',
  event_bus_name: 'default',
  group_name: 'default',
};

/** Undefined while a part of it is not known. */
export function identityOf(graph: Messaging, resource: Resource, side: Side): string | undefined {
  const parts = SETTINGS[resource.type]?.identity ?? [];
  const texts = parts.map((part) => {
    const path = part.replace('?', '');
    const value = read(resource, side, path);
    if (part.endsWith('?') && isAbsent(value)) return DEFAULTS[path] ?? '';
    // What it belongs to may be named by an ARN here and by a name there, or not be known yet.
    const owner = OWN_NAMES.has(path) ? undefined : resourceOfTarget(graph.follow(resource, side, path, OWNERS));
    return owner?.address ?? (Array.isArray(value) ? textsOf(value) : textOf(value));
  });
  return parts.length === 0 || texts.includes(undefined) ? undefined : texts.join(' ');
}

const textsOf = (values: readonly unknown[]): string | undefined =>
  values.every((value) => typeof value === 'string') ? values.join(',') : undefined;
