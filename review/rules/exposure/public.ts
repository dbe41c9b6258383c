import { isPublic, statementsOf } from '../../access/document';
import { booleanOn, touched } from '../../graph/change';
import { existsOn, read, type Side } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isAbsent, isOpen, isRecord, listOf, textOf, type Value } from '../../plan/values';
import type { Rule } from '../rule';

const POLICIES: readonly { type: string; path: string }[] = [
  { type: 'aws_sqs_queue', path: 'policy' },
  { type: 'aws_sqs_queue_policy', path: 'policy' },
  { type: 'aws_sns_topic', path: 'policy' },
  { type: 'aws_sns_topic_policy', path: 'policy' },
  { type: 'aws_s3_bucket_policy', path: 'policy' },
  { type: 'aws_efs_file_system_policy', path: 'policy' },
  { type: 'aws_kms_key', path: 'policy' },
  { type: 'aws_kms_key_policy', path: 'policy' },
  { type: 'aws_secretsmanager_secret_policy', path: 'policy' },
  { type: 'aws_cloudwatch_event_bus_policy', path: 'policy' },
  { type: 'aws_iam_role', path: 'assume_role_policy' },
];

const FLAGS: readonly { type: string; path: string; open: (value: Value | undefined) => boolean; say: string }[] = [
  { type: 'aws_mq_broker', path: 'publicly_accessible', open: (value) => value === true, say: 'publicly accessible' },
  { type: 'aws_db_instance', path: 'publicly_accessible', open: (value) => value === true, say: 'publicly accessible' },
  {
    type: 'aws_lambda_function_url',
    path: 'authorization_type',
    open: (value) => value === 'NONE',
    say: 'callable by everybody',
  },
  { type: 'aws_lambda_permission', path: 'principal', open: (value) => value === '*', say: 'callable by everybody' },
  {
    type: 'aws_msk_cluster',
    path: 'client_authentication.0.unauthenticated',
    open: (value) => value === true,
    say: 'clients need no login',
  },
  {
    type: 'aws_msk_cluster',
    path: 'broker_node_group_info.0.connectivity_info.0.public_access.0.type',
    open: (value) => textOf(value) !== undefined && value !== 'DISABLED',
    say: 'publicly accessible',
  },
];

/** Where each type says who may call it. New ones without may be meant so: a health check, a browser's preflight. */
const AUTHORIZED: Readonly<Record<string, string>> = {
  aws_apigatewayv2_route: 'authorization_type',
  aws_api_gateway_method: 'authorization',
};

const EVERYWHERE = new Set(['0.0.0.0/0', '::/0']);

export const rule: Rule = {
  id: 'exposure/public',
  severity: 'high',
  title: 'Open to everybody',
  *check({ graph }) {
    const draft = (resource: Resource, after: string) => ({
      resource,
      before: existsOn(resource, 'before') ? 'not public' : undefined,
      after,
      why: 'Anybody can send, read or try passwords; a forged message looks like an order.',
      action: 'Name the principals or networks, or add a condition (aws:SourceArn, aws:PrincipalOrgID).',
    });
    for (const { type, path } of POLICIES) {
      for (const resource of graph.ofType(type)) {
        const open = (side: Side) => statementsOf(graph.document(resource, side, path))?.some(isPublic) === true;
        if (!touched(resource) || !open('after') || open('before')) continue;
        yield resource.type === 'aws_iam_role'
          ? {
              ...draft(resource, 'anybody in any account may take on the role'),
              severity: 'critical' as const,
              why: 'Whoever knows its name works with everything that the role may: reads the queues, forges messages, decrypts.',
              action: 'Name the service or the account that takes it on.',
            }
          : draft(resource, 'Principal "*" without a condition that says who or where');
      }
    }
    for (const { type, path, open, say } of FLAGS) {
      for (const resource of graph.ofType(type)) {
        if (!touched(resource) || !open(read(resource, 'after', path)) || open(read(resource, 'before', path)))
          continue;
        if (type === 'aws_lambda_permission' && !isAbsent(read(resource, 'after', 'source_arn'))) continue;
        yield draft(resource, say);
      }
    }
    for (const [type, path] of Object.entries(AUTHORIZED)) {
      for (const resource of graph.ofType(type)) {
        const [before, after] = [textOf(read(resource, 'before', path)), read(resource, 'after', path)];
        if (!existsOn(resource, 'after') || before === undefined || before === 'NONE' || after !== 'NONE') continue;
        yield { ...draft(resource, 'callable by everybody'), before: `authorization ${before}` };
      }
    }
    for (const group of graph.ofType(
      'aws_security_group',
      'aws_security_group_rule',
      'aws_vpc_security_group_ingress_rule',
    )) {
      const open = (side: Side) => openNetworks(group, side);
      const fresh = open('after').filter((network) => !open('before').includes(network));
      if (touched(group) && fresh.length > 0) yield draft(group, `ingress from ${list(fresh)}`);
    }
    for (const block of graph.ofType('aws_s3_bucket_public_access_block')) {
      const paths = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];
      const lifted = paths.filter(
        (path) =>
          booleanOn(block, 'before', path) === true &&
          booleanOn(block, 'after', path) !== true &&
          !isOpen(read(block, 'after', path)),
      );
      if (block.action !== 'nothing' && lifted.length > 0) yield draft(block, `no ${list(lifted)}`);
    }
  },
};

function openNetworks(group: Resource, side: Side): string[] {
  if (!existsOn(group, side)) return [];
  const rules = group.type === 'aws_security_group' ? listOf(read(group, side, 'ingress')) : [group[side] as Value];
  if (group.type === 'aws_security_group_rule' && read(group, side, 'type') !== 'ingress') return [];
  return rules.filter(isRecord).flatMap((rule) =>
    ['cidr_blocks', 'ipv6_cidr_blocks', 'cidr_ipv4', 'cidr_ipv6']
      .flatMap((name): Value[] => {
        const value = (rule as Record<string, Value>)[name];
        return Array.isArray(value) ? value : [value ?? null];
      })
      .filter((network): network is string => typeof network === 'string' && EVERYWHERE.has(network))
      .map((network) => `${network} ${String((rule as Record<string, Value>).from_port ?? 'all')}`),
  );
}
