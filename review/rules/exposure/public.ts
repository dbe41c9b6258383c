import { isPublic, statementsOf } from '../../access/document';
import { booleanOn, touched } from '../../graph/change';
import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { behind, describeRule, rulesIn, type SecurityGroupRule } from '../../graph/security-groups';
import { existsOn, read, type Side } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isAbsent, isOpen, isRecord, listOf, textOf, type Value } from '../../plan/values';
import type { TypePath } from '../../resources';
import type { Draft, Rule } from '../rule';

const POLICIES: readonly TypePath[] = [
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

const FLAGS: readonly (TypePath & { open: (value: Value | undefined) => boolean; say: string })[] = [
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
const AUTHORIZED: readonly TypePath[] = [
  { type: 'aws_apigatewayv2_route', path: 'authorization_type' },
  { type: 'aws_api_gateway_method', path: 'authorization' },
];

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
    for (const { type, path } of AUTHORIZED) {
      for (const resource of graph.ofType(type)) {
        const [before, after] = [textOf(read(resource, 'before', path)), read(resource, 'after', path)];
        if (!existsOn(resource, 'after') || before === undefined || before === 'NONE' || after !== 'NONE') continue;
        yield { ...draft(resource, 'callable by everybody'), before: `authorization ${before}` };
      }
    }
    for (const owner of graph.ofType(...OPENINGS)) yield* networkDrafts(graph, owner);
    for (const block of graph.ofType('aws_s3_bucket_public_access_block')) {
      const paths = [
        'block_public_acls',
        'block_public_policy',
        'ignore_public_acls',
        'restrict_public_buckets',
      ] as const;
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

const OPENINGS = ['aws_security_group', 'aws_security_group_rule', 'aws_vpc_security_group_ingress_rule'];

/** Ports of brokers, caches, file systems and databases: nobody opens these to the world on purpose. */
const NEVER_PUBLIC: readonly (readonly [from: number, to: number])[] = [
  [1433, 1433],
  [1883, 1883],
  [2049, 2049],
  [2181, 2182],
  [3306, 3306],
  [5432, 5432],
  [5671, 5672],
  [6379, 6380],
  [8162, 8162],
  [8883, 8883],
  [9092, 9098],
  [9192, 9198],
  [11211, 11211],
  [15671, 15672],
  [27017, 27017],
  [61613, 61620],
];
const holdsData = ({ protocol, from, to }: SecurityGroupRule): boolean =>
  protocol === '-1' ||
  (!/^icmp|^1$|^58$/i.test(protocol) && NEVER_PUBLIC.some(([first, last]) => from <= last && to >= first));

/** A group that lets the world in: what that means depends on what is behind it. */
function* networkDrafts(graph: Messaging, owner: Resource): Generator<Draft> {
  const before = new Set(openTo(graph, owner, 'before').map(describeRule));
  const fresh = openTo(graph, owner, 'after').filter((opening) => !before.has(describeRule(opening)));
  const [first] = fresh;
  if (!touched(owner) || !first) return;
  const holders = behind(graph, first.group);
  const data = fresh.some(holdsData);
  yield {
    resource: owner,
    severity: holders.length > 0 ? 'high' : data ? 'medium' : 'info',
    title: holders.length > 0 || data ? rule.title : 'A port is open to everybody',
    before: existsOn(owner, 'before') ? 'not public' : undefined,
    after: list(fresh.map(describeRule)),
    why:
      holders.length > 0
        ? `Behind it: ${list(holders)}. Anybody can try passwords there, send and read; a forged message looks like an order.`
        : data
          ? 'Brokers, caches, file systems and databases listen there: anybody can try passwords, or needs none.'
          : 'Nothing of this plan that holds messages is behind it; whoever listens there hears the whole Internet.',
    action:
      holders.length > 0 || data
        ? 'Name the networks or security groups that need it.'
        : 'Nothing, if it is meant to be public, as a web server is.',
  };
}

/** What lets the world in, of one group or rule on one side. */
function openTo(graph: Messaging, owner: Resource, side: Side): SecurityGroupRule[] {
  if (!existsOn(owner, side)) return [];
  if (owner.type === 'aws_security_group_rule' && read(owner, side, 'type') !== 'ingress') return [];
  const inline = owner.type === 'aws_security_group';
  const group = inline
    ? owner
    : resourceOfTarget(graph.follow(owner, side, 'security_group_id', ['aws_security_group']));
  const name = group?.address ?? textOf(read(owner, side, 'security_group_id')) ?? owner.address;
  const rules = inline ? listOf(read(owner, side, 'ingress')) : [owner[side] as Value];
  return rules
    .filter((entry) => isRecord(entry))
    .flatMap((entry) => rulesIn(owner, name, 'ingress', entry))
    .filter(({ peer }) => peer !== undefined && EVERYWHERE.has(peer));
}
