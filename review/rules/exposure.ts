import { isPublic, type Statement, statementsOf } from '../access/document';
import { holderDocuments, policyChange } from '../access/holders';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { isAbsent, isOpen, isRecord, listOf, textOf, type Value } from '../plan/values';
import { booleanOn, touched } from './newly';
import type { Rule } from './rule';
import { list } from './words';

type Encrypted = boolean | undefined;
/** Whether what a resource holds is encrypted; undefined while the plan can't tell. */
const ENCRYPTION: Readonly<Record<string, (resource: Resource, side: Side) => Encrypted>> = {
  aws_sqs_queue: (queue, side) => {
    const key = read(queue, side, 'kms_master_key_id');
    const managed = read(queue, side, 'sqs_managed_sse_enabled');
    if (isOpen(key) || !isAbsent(key)) return true;
    // SQS encrypts new queues by itself unless told not to.
    return isOpen(managed) ? undefined : (booleanOn(queue, side, 'sqs_managed_sse_enabled') ?? true);
  },
  aws_sns_topic: (topic, side) => {
    const key = read(topic, side, 'kms_master_key_id');
    return isOpen(key) || !isAbsent(key);
  },
  aws_kinesis_stream: (stream, side) => {
    const kind = read(stream, side, 'encryption_type');
    return isOpen(kind) ? undefined : textOf(kind) === 'KMS';
  },
  aws_efs_file_system: (system, side) => booleanOn(system, side, 'encrypted'),
  aws_db_instance: (database, side) => booleanOn(database, side, 'storage_encrypted'),
  aws_rds_cluster: (database, side) => booleanOn(database, side, 'storage_encrypted'),
  aws_ssm_parameter: (parameter, side) => {
    const type = read(parameter, side, 'type');
    return isOpen(type) ? undefined : textOf(type) === 'SecureString';
  },
  aws_msk_cluster: (cluster, side) => {
    const transit = read(cluster, side, 'encryption_info.0.encryption_in_transit.0.client_broker');
    return isOpen(transit) ? undefined : textOf(transit) !== 'PLAINTEXT' && textOf(transit) !== 'TLS_PLAINTEXT';
  },
};
/** Data at rest in these is encrypted by AWS even without a key of one's own, or is a mere pass-through. */
const NEW_ONES_MAY_BE_PLAIN = new Set(['aws_sns_topic', 'aws_db_instance', 'aws_rds_cluster', 'aws_ssm_parameter']);

/** Keys of the team's own, and what encrypts when there is none. */
const OWN_KEYS: readonly { type: string; path: string; otherwise: string }[] = [
  { type: 'aws_sqs_queue', path: 'kms_master_key_id', otherwise: 'encrypted with a key of SQS' },
  {
    type: 'aws_dynamodb_table',
    path: 'server_side_encryption.0.kms_key_arn',
    otherwise: 'encrypted with a key of DynamoDB',
  },
  { type: 'aws_cloudwatch_log_group', path: 'kms_key_id', otherwise: 'encrypted with a key of CloudWatch Logs' },
  { type: 'aws_lambda_function', path: 'kms_key_arn', otherwise: 'encrypted with a key of Lambda' },
  { type: 'aws_secretsmanager_secret', path: 'kms_key_id', otherwise: 'encrypted with a key of Secrets Manager' },
];

const encryption: Rule = {
  id: 'exposure/encryption-off',
  severity: 'high',
  title: 'Messages or data are not encrypted',
  *check({ graph }) {
    for (const [type, encrypted] of Object.entries(ENCRYPTION)) {
      for (const resource of graph.ofType(type)) {
        if (!touched(resource) || encrypted(resource, 'after') !== false) continue;
        const fresh = !existsOn(resource, 'before');
        if (fresh ? NEW_ONES_MAY_BE_PLAIN.has(type) : encrypted(resource, 'before') !== true) continue;
        yield {
          resource,
          severity: fresh ? 'medium' : 'high',
          before: fresh ? undefined : 'encrypted',
          after: 'not encrypted',
          why: 'What people order, and what failed with it, is readable for whoever gets at the storage or the wire.',
          action: 'Keep the KMS key; SSE with the service’s own key costs nothing.',
        };
      }
    }
    for (const holder of graph.ofType('aws_sqs_queue', 'aws_sns_topic')) {
      const change = policyChange(graph, holder);
      if (!change || !survives(holder)) continue;
      const [before, after] = [holderDocuments(graph, holder, 'before'), holderDocuments(graph, holder, 'after')];
      if (!after.complete || !before.statements.some(refusesPlain) || after.statements.some(refusesPlain)) continue;
      yield {
        resource: change,
        severity: 'medium',
        title: 'Connections that are not encrypted are let in',
        before: `${holder.address} refuses what comes without TLS`,
        after: 'does not',
        why: 'What people order is readable on the way for whoever sends or reads without TLS, and nobody notices that somebody does.',
        action: 'Keep the Deny on `aws:SecureTransport` = false.',
      };
    }
    for (const { type, path, otherwise } of OWN_KEYS) {
      for (const resource of graph.ofType(type)) {
        const before = read(resource, 'before', path);
        const open =
          isOpen(read(resource, 'after', path.split('.')[0] ?? path)) || isOpen(read(resource, 'after', path));
        if (resource.action !== 'update' || isAbsent(before) || isOpen(before) || open) continue;
        if (!isAbsent(read(resource, 'after', path)) || ENCRYPTION[type]?.(resource, 'after') === false) continue;
        yield {
          resource,
          severity: 'low',
          before: 'encrypted with a key of your own',
          after: otherwise,
          why: 'It is still encrypted, but no key policy says any more who may read it, no record of the key shows who did, and the key can not be switched off.',
          action: 'Say why the key is not needed; else keep it.',
        };
      }
    }
  },
};

const refusesPlain = ({ effect, conditions }: Statement): boolean =>
  effect === 'Deny' && conditions.some(({ key }) => key.toLowerCase() === 'aws:securetransport');

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

const publicAccess: Rule = {
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

export const exposureRules: readonly Rule[] = [encryption, publicAccess];
