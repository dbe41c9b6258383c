import type { Resource } from '../plan/model';
import { isAbsent, textOf } from '../plan/values';
import type { AnyPath } from '../resources';
import { typeOf } from '../resources';
import { resourceOfTarget } from './graph';
import type { Messaging } from './messaging';
import { read, type Side } from './side';

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
  const parts = typeOf(resource.type)?.one?.identity ?? [];
  const texts = parts.map((part) => {
    const path = part.replace('?', '') as AnyPath;
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
