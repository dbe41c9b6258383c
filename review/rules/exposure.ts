import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side } from '../graph/side';
import { constantsOf, expressionAt } from '../plan/configuration';
import type { Resource } from '../plan/model';
import { isAbsent, isOpen, isRecord, listOf, textOf, type Value } from '../plan/values';
import { isPublic, type Statement, statementsOf } from '../policy/document';
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
  aws_msk_cluster: (cluster, side) => {
    const transit = read(cluster, side, 'encryption_info.0.encryption_in_transit.0.client_broker');
    return isOpen(transit) ? undefined : textOf(transit) !== 'PLAINTEXT' && textOf(transit) !== 'TLS_PLAINTEXT';
  },
};
/** Data at rest in these is encrypted by AWS even without a key of one's own, or is a mere pass-through. */
const NEW_ONES_MAY_BE_PLAIN = new Set(['aws_sns_topic', 'aws_db_instance', 'aws_rds_cluster']);

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
  },
};

const POLICIES: readonly { type: string; path: string }[] = [
  { type: 'aws_sqs_queue', path: 'policy' },
  { type: 'aws_sqs_queue_policy', path: 'policy' },
  { type: 'aws_sns_topic', path: 'policy' },
  { type: 'aws_sns_topic_policy', path: 'policy' },
  { type: 'aws_s3_bucket_policy', path: 'policy' },
  { type: 'aws_efs_file_system_policy', path: 'policy' },
  { type: 'aws_kms_key', path: 'policy' },
  { type: 'aws_kms_key_policy', path: 'policy' },
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
    path: 'broker_node_group_info.0.connectivity_info.0.public_access.0.type',
    open: (value) => textOf(value) !== undefined && value !== 'DISABLED',
    say: 'publicly accessible',
  },
];

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
        if (touched(resource) && open('after') && !open('before'))
          yield draft(resource, 'Principal "*" without a condition');
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

const wildcards: Rule = {
  id: 'exposure/wildcard',
  severity: 'medium',
  title: 'A permission is wider than what is used',
  *check({ graph }) {
    for (const resource of graph.ofType(
      'aws_iam_role_policy',
      'aws_iam_policy',
      'aws_sqs_queue_policy',
      'aws_sns_topic_policy',
    )) {
      if (!touched(resource)) continue;
      const wide = (side: Side) => wideGrants(statementsOf(graph.document(resource, side, 'policy')) ?? []);
      const had = new Set(wide('before'));
      const fresh = wide('after').filter((grant) => !had.has(grant));
      if (fresh.length === 0) continue;
      yield {
        resource,
        severity: fresh.some((grant) => grant.startsWith('* on')) ? 'high' : 'medium',
        before: had.size > 0 ? list([...had]) : existsOn(resource, 'before') ? 'no wildcard' : undefined,
        after: list(fresh),
        why: 'A function that is tricked, or has a bug, can then reach every queue, key or table of the account.',
        action: 'Name the actions and the ARNs that are used.',
      };
    }
  },
};

/** `sqs:*` on anything, or anything that can take an ARN on `*`. */
function wideGrants(statements: readonly Statement[]): string[] {
  return statements
    .filter(({ effect, conditional }) => effect === 'Allow' && !conditional)
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) => {
        const anywhere = resources.includes('*');
        const every = action === '*' || /^[\w-]+:\*$/.test(action);
        if (every) return [`${action} on ${anywhere ? '*' : 'the named resources'}`];
        return anywhere && TAKES_AN_ARN.test(action) ? [`${action} on *`] : [];
      }),
    );
}

/** Actions on messages, records, items, keys and functions all take an ARN. List… and Describe… of many services do not. */
const TAKES_AN_ARN =
  /^(sqs:(?!ListQueues)|sns:(Publish|Subscribe|SetTopic)|kinesis:(Get|Put|Delete)|dynamodb:(Get|Put|Update|Delete|Query|Scan|Batch)|lambda:(Invoke|Update|Delete)|kms:(Decrypt|Encrypt|GenerateDataKey|ReEncrypt)|secretsmanager:GetSecretValue|states:(Start|Stop)|events:PutEvents|s3:(Get|Put|Delete)Object|iam:|ssm:GetParameter|sts:AssumeRole)/i;

const SECRET_NAME =
  /(^|_|-)(password|passwd|passphrase|secret|token|api_?key|private_?key|access_?key|credentials?)($|_|-)/i;
/** Names of secrets' places are not secrets: PASSWORD_SECRET_ARN, TOKEN_PARAMETER_NAME. */
const SECRET_PLACE = /(arn|name|id|path|url|parameter|ttl|seconds|expiry|queue|table|length|type)$/i;
/** Attributes that are a secret by what they are, and must never be a constant of the configuration. */
const SECRET_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  aws_mq_broker: ['user'],
  aws_secretsmanager_secret_version: ['secret_string'],
  aws_db_instance: ['password'],
  aws_rds_cluster: ['master_password'],
  aws_elasticache_replication_group: ['auth_token'],
};

const plainSecret: Rule = {
  id: 'exposure/plain-secret',
  severity: 'high',
  title: 'A secret stands in plain text',
  *check({ graph }) {
    for (const fn of graph.ofType('aws_lambda_function')) {
      const names = touched(fn)
        ? plainVariables(fn, 'after').filter((name) => !plainVariables(fn, 'before').includes(name))
        : [];
      if (names.length === 0) continue;
      yield {
        resource: fn,
        after: `environment: ${list(names)}`,
        why: 'Whoever may read the function’s configuration, the state or this plan can read it.',
        action: 'Keep it in Secrets Manager or an encrypted parameter and give the function its ARN.',
      };
    }
    for (const [type, attributes] of Object.entries(SECRET_ATTRIBUTES)) {
      for (const resource of graph.ofType(type)) {
        for (const attribute of attributes) {
          const fresh = resource.action === 'create' || resource.changedSecrets.includes(attribute);
          if (!fresh || !isConstant(graph, resource, attribute)) continue;
          yield {
            resource,
            after: `${attribute}: a constant in the configuration`,
            why: 'The secret is in the repository, its history and every plan; whoever reads one of them has it.',
            action:
              'Let it be generated (random_password, a write-only argument) or read from Secrets Manager, and change this one now.',
          };
        }
      }
    }
  },
};

function plainVariables(fn: Resource, side: Side): string[] {
  const variables = read(fn, side, 'environment.0.variables');
  if (!isRecord(variables)) return [];
  return Object.entries(variables)
    .filter(
      ([name, value]) =>
        SECRET_NAME.test(name) &&
        !SECRET_PLACE.test(name) &&
        typeof value === 'string' &&
        value !== '' &&
        !/^(arn:|https?:\/\/|\/)/.test(value),
    )
    .map(([name]) => name);
}

function isConstant(graph: Messaging, resource: Resource, attribute: string): boolean {
  const expression = expressionAt(graph.block(resource)?.expressions, attribute);
  const secrets = Array.isArray(expression)
    ? expression.map((block) => (isRecord(block) ? (block as Record<string, never>).password : undefined))
    : [expression];
  return secrets
    .flatMap((secret) => constantsOf(secret))
    .some((value) => typeof value === 'string' && value !== '' && !value.includes('${'));
}

export const exposureRules: readonly Rule[] = [encryption, publicAccess, wildcards, plainSecret];
