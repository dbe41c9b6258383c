import type { Resource } from '../plan/model';
import { isAbsent, textOf } from '../plan/values';
import type { AnyPath } from '../resources';
import { typeOf } from '../resources';
import { resourceOfTarget } from './graph';
import type { Messaging } from './messaging';
import { existsOn, read, type Side } from './side';
import { arnOfQueueUrl, functionIn, nameIn } from './spelling';

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
  'aws_apigatewayv2_api',
  'aws_opensearch_domain',
  'aws_backup_vault',
  'aws_ecs_cluster',
];
/** Names of the thing itself, whatever they may be the name of elsewhere. */
const OWN_NAMES = new Set([
  'name',
  'alarm_name',
  'dashboard_name',
  'policy_name',
  'policy_type',
  'target_id',
  'statement_id',
  'protocol',
  'qualifier',
  'http_method',
  'resource_id',
  'method_path',
  'stage_name',
  'notification_type',
  'response_type',
  'service_namespace',
  'scalable_dimension',
  'cluster_name',
  'broker_name',
]);
const FUNCTIONS = new Set(['function_name', 'function_arn']);
/** What the services take by name or by ARN. */
const EITHER_WAY = new Set([
  'event_bus_name',
  'secret_arn',
  'secret_id',
  'key_id',
  'table_name',
  'log_group_name',
  'role',
  'role_name',
  'repository',
]);
/** What the services take for left out. */
const DEFAULTS: Readonly<Record<string, string>> = {
  qualifier: '$LATEST',
  event_bus_name: 'default',
  group_name: 'default',
};

/** What something is in AWS, whichever way it is spelled and whatever its address; undefined while a part of it is not known. */
export interface Identity {
  readonly key: string;
  /** Something in it says in which account and region it is. */
  readonly placed: boolean;
}

export function identityOf(graph: Messaging, resource: Resource, side: Side): Identity | undefined {
  const one = existsOn(resource, side) ? typeOf(resource.type)?.one : undefined;
  if (!one) return undefined;
  const parts = one.identity.map((part) => partOf(graph, resource, side, part));
  if (!parts.every((part) => part !== undefined)) return undefined;
  return { key: parts.map(({ text }) => text).join(' '), placed: parts.some(({ placed }) => placed) };
}

/** Something tells that two of one identity are in one account and region: unknown is never the same. */
export function together(graph: Messaging, one: Resource, other: Resource, { placed }: Identity): boolean {
  if (graph.apart(one, other)) return false;
  if (placed) return true;
  // Without a configuration nobody can tell which provider a module was given.
  return graph.configuration.present
    ? graph.block(one)?.provider === graph.block(other)?.provider
    : one.module === other.module;
}

interface Part {
  readonly text: string;
  readonly placed: boolean;
}

function partOf(graph: Messaging, resource: Resource, side: Side, part: string): Part | undefined {
  const path = part.replace('?', '') as AnyPath;
  const value = read(resource, side, path);
  if (part.endsWith('?') && isAbsent(value)) return { text: DEFAULTS[path] ?? '', placed: false };
  if (Array.isArray(value)) {
    const texts = value.map((item) => textOf(item));
    return texts.includes(undefined) ? undefined : { text: texts.join(','), placed: false };
  }
  const text = textOf(value);
  if (OWN_NAMES.has(path)) return text === undefined ? undefined : { text, placed: false };
  const owner = resourceOfTarget(graph.follow(resource, side, path, OWNERS));
  if (FUNCTIONS.has(path)) return functionOf(text, owner, side);
  // What it belongs to may be named by an ARN here and by a name there, or not be known yet.
  if (owner) return { text: owner.address, placed: true };
  if (text === undefined) return undefined;
  const arn = arnOfQueueUrl(text) ?? text;
  const placed = /^arn:[^:]*:[^:]*:[^:]+:\d+:/.test(arn);
  return EITHER_WAY.has(path) ? { text: nameIn(arn), placed: false } : { text: arn, placed };
}

/** A function is one thing, and each of its aliases and versions another. */
function functionOf(text: string | undefined, owner: Resource | undefined, side: Side): Part | undefined {
  const alias = owner?.type === 'aws_lambda_alias';
  const named = functionIn(
    text ?? (owner && textOf(read(owner, side, 'function_name'))) ?? (owner && textOf(read(owner, side, 'arn'))) ?? '',
  );
  const qualifier = text === undefined && alias ? textOf(read(owner, side, 'name')) : named?.qualifier;
  const name = named?.name ?? owner?.address;
  return name === undefined || (alias && qualifier === undefined)
    ? undefined
    : { text: qualifier === undefined ? name : `${name}:${qualifier}`, placed: false };
}
