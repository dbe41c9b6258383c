import { decide } from '../../access/decision';
import { statementsOf } from '../../access/document';
import { booleanOn } from '../../graph/change';
import { grouped } from '../../graph/grouped';
import type { Messaging } from '../../graph/messaging';
import { BEHIND, behind, describeRule, permits, securityGroupRules } from '../../graph/security-groups';
import { read, type Side, survives } from '../../graph/side';
import { list, plural } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { certainlyDiffers, hasOpen, isAbsent, isOpen, listOf, textOf } from '../../plan/values';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/network-path',
  severity: 'medium',
  title: 'A way through the network is closed',
  *check({ graph }) {
    for (const endpoint of graph.ofType('aws_vpc_endpoint')) yield* endpointDrafts(endpoint);
    yield* gateDrafts(graph);
    yield* behindDrafts(graph);
    for (const link of graph.ofType(...Object.keys(LINKS))) yield* linkDrafts(link);
    for (const gateway of graph.ofType('aws_nat_gateway')) {
      if (gateway.action !== 'destroy') continue;
      yield {
        resource: gateway,
        before: 'a way out of the network',
        after: 'gone',
        why: 'Functions and brokers in subnets that are routed by it reach no service and nobody outside any more; their calls hang until they time out.',
        action: 'Show the route that takes its place, for every subnet that used it.',
      };
    }
    for (const fn of graph.ofType('aws_lambda_function')) yield* functionDrafts(fn);
  },
};

/** What is called most at each service: enough to tell what an endpoint's policy takes away. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  sqs: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
  sns: ['sns:Publish'],
  'kinesis-streams': ['kinesis:PutRecord', 'kinesis:PutRecords', 'kinesis:GetRecords'],
  lambda: ['lambda:InvokeFunction'],
  dynamodb: ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
  states: ['states:StartExecution', 'states:SendTaskSuccess', 'states:SendTaskFailure'],
  kms: ['kms:Decrypt', 'kms:GenerateDataKey'],
  secretsmanager: ['secretsmanager:GetSecretValue'],
  ssm: ['ssm:GetParameter'],
  monitoring: ['cloudwatch:PutMetricData'],
  logs: ['logs:PutLogEvents'],
  sts: ['sts:AssumeRole'],
  events: ['events:PutEvents'],
  s3: ['s3:GetObject', 's3:PutObject'],
};

const ANOTHER_WAY = 'Show another way (NAT, another endpoint) for every function in that network.';

function* endpointDrafts(endpoint: Resource): Generator<Draft> {
  const service = textOf(read(endpoint, 'before', 'service_name')) ?? '';
  const calls = CALLS[service.split('.').at(-1) ?? ''];
  if (!calls) return;
  const draft = (before: string, after: string, why: string, action = ANOTHER_WAY): Draft => ({
    resource: endpoint,
    before,
    after,
    why,
    action,
  });
  const hang =
    'Functions in subnets without a way out reach that service by this endpoint only; their calls hang until they time out.';
  if (endpoint.action === 'destroy') yield draft(`private way to ${service}`, 'none', hang);
  if (!survives(endpoint)) return;
  const path = 'private_dns_enabled';
  if (booleanOn(endpoint, 'before', path) === true && booleanOn(endpoint, 'after', path) === false) {
    yield draft(
      `${service} leads to the endpoint`,
      'its name leads to the public address',
      `The SDKs call the public name, which the endpoint no longer answers for. ${hang}`,
    );
  }
  const subnets = read(endpoint, 'after', 'subnet_ids');
  const lost = listOf(read(endpoint, 'before', 'subnet_ids')).filter((subnet) => !listOf(subnets).includes(subnet));
  if (!isOpen(subnets) && !listOf(subnets).some(isOpen) && lost.length > 0) {
    yield draft(
      `in ${plural(listOf(read(endpoint, 'before', 'subnet_ids')).length, 'subnet')}`,
      `in ${plural(listOf(subnets).length, 'subnet')}`,
      'In that zone the endpoint has no address any more: calls cross zones, and stop when the zone that is left fails.',
    );
  }
  const refused = calls.filter(
    (call) => passes(endpoint, 'before', call) !== false && passes(endpoint, 'after', call) === false,
  );
  if (refused.length > 0) {
    yield draft(
      `lets ${list(refused)} through`,
      'refuses it',
      `Whatever calls ${service} from that network is refused these calls, whatever its role allows.`,
      'Let these calls through, or show who calls there and no longer needs to.',
    );
  }
}

/** Whether an endpoint's policy lets a call through at all; without a policy everything passes. */
function passes(endpoint: Resource, side: Side, action: string): boolean | undefined {
  const policy = read(endpoint, side, 'policy');
  if (isOpen(policy)) return undefined;
  const statements = isAbsent(policy) ? undefined : statementsOf(textOf(policy));
  if (!statements) return isAbsent(policy) ? true : undefined;
  // What a statement says of who and where is for those who call; here only whether anybody may.
  const bare = statements.map((statement) => ({ ...statement, principals: { patterns: ['*'], negated: false } }));
  return decide({ statements: bare, complete: true }, { action });
}

function* gateDrafts(graph: Messaging): Generator<Draft> {
  const after = grouped(securityGroupRules(graph, 'after'), ({ group }) => group);
  const groups = new Map(graph.ofType('aws_security_group').map((group) => [group.address, group]));
  const lost = grouped(
    securityGroupRules(graph, 'before').filter(({ group }) => {
      const owner = groups.get(group);
      return owner === undefined || survives(owner);
    }),
    (gate) => ((after.get(gate.group) ?? []).some((other) => permits(other, gate)) ? undefined : gate.owner),
  );
  for (const [owner, closed] of lost) {
    if (owner.action === 'nothing') continue;
    const holders = behind(graph, closed[0]?.group ?? '');
    const direction = closed[0]?.direction;
    const left = (after.get(closed[0]?.group ?? '') ?? []).filter(
      (gate) => gate.owner === owner && gate.direction === direction,
    );
    const inward = closed.some(({ direction }) => direction === 'ingress');
    yield {
      resource: owner,
      // To shut the world out is what one wants; somebody may have come in that way all the same.
      severity: closed.every(({ peer }) => EVERYWHERE.has(peer ?? '')) ? 'low' : holders.length > 0 ? 'high' : 'medium',
      before: list(closed.map(describeRule)),
      after: left.length > 0 ? list(left.map(describeRule)) : 'closed',
      why: inward
        ? `Clients that came in that way, brokers of a network among them, are cut off at their next connection${holders.length > 0 ? `; behind it: ${list(holders)}` : ''}.`
        : 'What calls out that way hangs until it times out: a service, a broker, a database.',
      action: `Name who used it, and show the ${inward ? 'rule' : 'way'} that serves them now.`,
    };
  }
}

const EVERYWHERE = new Set(['0.0.0.0/0', '::/0']);

/** Something that holds messages is put behind other groups: the same clients come in only if those let them. */
function* behindDrafts(graph: Messaging): Generator<Draft> {
  for (const { type, path } of BEHIND) {
    for (const resource of graph.ofType(type)) {
      if (!survives(resource) || hasOpen(read(resource, 'after', path))) continue;
      const on = (side: Side) => listOf(read(resource, side, path)).flatMap((id) => textOf(id) ?? []);
      const [before, after] = [on('before'), on('after')];
      const left = before.filter((id) => !after.includes(id));
      if (left.length === 0) continue;
      const ways = (side: Side, ids: readonly string[]) => {
        const groups = new Set(ids.map((id) => groupOf(graph, id, side)?.address ?? id));
        return securityGroupRules(graph, side).filter(
          ({ group, direction }) => direction === 'ingress' && groups.has(group),
        );
      };
      const [were, are] = [ways('before', left), ways('after', after)];
      const closed = were.filter((way) => !are.some((other) => permits({ ...other, group: way.group }, way)));
      if (were.length > 0 && closed.length === 0) continue;
      const known = closed.length > 0 && after.every((id) => groupOf(graph, id, 'after'));
      yield {
        resource,
        severity: known ? 'high' : 'low',
        before: known ? list(closed.map(describeRule)) : `behind ${list(before)}`,
        after:
          known && are.length === 0
            ? 'closed'
            : `behind ${list(after)}${known ? '' : ', of which the plan says nothing'}`,
        why: 'Only what the new groups let in reaches it. Everybody else is cut off at the next connection, brokers of a network among them.',
        action: 'Show the rules of the new groups that serve every client.',
      };
    }
  }
}

const groupOf = (graph: Messaging, id: string, side: Side): Resource | undefined =>
  graph.ofType('aws_security_group').find((group) => textOf(read(group, side, 'id')) === id);

/**
 * Ways from one network to another. A broker of a network, or a client, at the other end of it is out of reach without.
 * The accepter's half of a peering is none: to destroy it only takes it out of the state.
 */
const LINKS: Readonly<Record<string, string>> = {
  aws_vpc_peering_connection: 'peering with another network',
  aws_ec2_transit_gateway_vpc_attachment: 'way to the transit gateway',
  aws_vpn_connection: 'VPN to another network',
  aws_route: 'route',
  aws_route_table_association: 'routes of a subnet',
};

function* linkDrafts(link: Resource): Generator<Draft> {
  const to = textOf(read(link, 'before', 'destination_cidr_block'));
  const common = { resource: link, before: `${LINKS[link.type]}${to ? ` to ${to}` : ''}` };
  if (link.action === 'destroy') {
    yield {
      ...common,
      after: 'gone',
      why: 'What is called by that way is out of reach: calls hang until they time out, and a network of brokers keeps what it can not forward until its store is full.',
      action: 'Show the way that takes its place, for every broker and client that used it.',
    };
  }
  if (link.action === 'replace') {
    yield {
      ...common,
      severity: 'low',
      after: 'made anew',
      why: 'Connections that take that way hang until it is there again; a network of brokers keeps what it can not forward.',
      action: 'Apply it at a quiet time, and watch that every broker and client has reconnected.',
    };
  }
}

function* functionDrafts(fn: Resource): Generator<Draft> {
  const before = read(fn, 'before', 'vpc_config.0.subnet_ids');
  const after = read(fn, 'after', 'vpc_config.0.subnet_ids');
  if (fn.action !== 'update' || isOpen(after) || isOpen(read(fn, 'after', 'vpc_config'))) return;
  if (isAbsent(before) === isAbsent(after) || !certainlyDiffers(before, after)) return;
  const inside = !isAbsent(after);
  yield {
    resource: fn,
    before: inside ? 'outside any network of yours' : 'in a network of yours',
    after: inside ? `in ${plural(listOf(after).length, 'subnet')}` : 'outside any network of yours',
    why: inside
      ? 'Everything that it calls goes through that network from then on: without a NAT gateway, or an endpoint for each service (SQS, KMS, DynamoDB, Secrets Manager), its calls hang until they time out and every message fails.'
      : 'What can only be reached from inside (a broker, a cache, a database, a file system) is out of its reach: its calls hang until they time out and every message fails.',
    action: inside
      ? 'Show the way out for every service that it calls, and try it with one message first.'
      : 'Show that nothing that it calls is inside.',
  };
}
