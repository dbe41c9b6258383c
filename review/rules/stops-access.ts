import { resourceOfTarget } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { isAbsent, isOpen, isRecord, listOf, textOf } from '../plan/values';
import { allows, type Statement, statementsOf } from '../policy/document';
import { touched } from './newly';
import type { Rule } from './rule';
import { list } from './words';

/** What a mapping needs its function's role to allow on the source. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  aws_sqs_queue: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  aws_kinesis_stream: [
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:DescribeStream',
    'kinesis:ListShards',
  ],
  aws_dynamodb_table: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'],
};

/** Everything that is known of what a role may do. `complete` is false as soon as one policy can't be read. */
interface Grants {
  readonly statements: readonly Statement[];
  readonly complete: boolean;
}

export function grantsOf(graph: Messaging, role: Resource, side: Side): Grants {
  const statements: Statement[] = [];
  let complete = true;
  const add = (resource: Resource, path: string) => {
    const found = statementsOf(graph.document(resource, side, path));
    if (found) statements.push(...found);
    else if (!isAbsent(read(resource, side, path)) || isOpen(read(resource, side, path))) complete = false;
  };
  for (const policy of graph.beside(role, side, 'aws_iam_role_policy', 'role')) add(policy, 'policy');
  for (const attachment of graph.beside(role, side, 'aws_iam_role_policy_attachment', 'role')) {
    const policy = resourceOfTarget(graph.follow(attachment, side, 'policy_arn', ['aws_iam_policy']));
    if (policy) add(policy, 'policy');
    else complete = false;
  }
  // A state shows inline policies and attachments on the role as well, also those that this plan takes away.
  if (side === 'before') {
    for (const inline of listOf(read(role, side, 'inline_policy'))) {
      const found = isRecord(inline) ? statementsOf(textOf(inline.policy as never)) : undefined;
      if (found) statements.push(...found);
    }
    if (listOf(read(role, side, 'managed_policy_arns')).length > 0) complete = false;
  }
  return { statements, complete };
}

export function roleOf(graph: Messaging, fn: Resource, side: Side): Resource | undefined {
  return resourceOfTarget(graph.follow(fn, side, 'role', ['aws_iam_role']));
}

/** An attachment or a policy that belongs to the role and goes or changes. */
function changesOf(graph: Messaging, role: Resource): Resource[] {
  return [
    ...graph.beside(role, 'before', 'aws_iam_role_policy', 'role'),
    ...graph.beside(role, 'before', 'aws_iam_role_policy_attachment', 'role'),
  ].filter(({ action }) => action !== 'nothing');
}

const permissionRemoved: Rule = {
  id: 'stop/permission-removed',
  severity: 'high',
  title: 'A permission that a consumer needs is taken away',
  *check({ graph }) {
    for (const consumer of graph.consumers('after')) {
      const [source, fn] = [resourceOfTarget(consumer.source), consumer.function];
      const needs = source ? NEEDS[source.type] : undefined;
      if (!source || !fn || !needs || !survives(fn) || !survives(consumer.mapping)) continue;
      const role = roleOf(graph, fn, 'before');
      if (!role || roleOf(graph, fn, 'after') !== role || role.action === 'destroy') continue;
      const [before, after] = [grantsOf(graph, role, 'before'), grantsOf(graph, role, 'after')];
      const arn = textOf(read(source, 'before', source.type === 'aws_dynamodb_table' ? 'stream_arn' : 'arn'));
      const attached = changesOf(graph, role).find(
        (change) => change.type === 'aws_iam_role_policy_attachment' && change.action === 'destroy',
      );
      const lost = needs.filter(
        (action) => allows(before.statements, action, arn) && !allows(after.statements, action, arn),
      );
      if (after.complete && lost.length > 0) {
        const culprit = changesOf(graph, role)[0] ?? role;
        yield {
          resource: culprit,
          before: `${fn.address} may ${list(lost)}`,
          after: 'not allowed any more',
          why: `The mapping ${consumer.mapping.address} needs them on ${source.address}. Without them it stops with an access error that only its own state shows; messages pile up.`,
          action: 'Grant them for that one queue or stream.',
        };
      } else if (
        attached &&
        EXECUTION_ROLES.test(textOf(read(attached, 'before', 'policy_arn')) ?? '') &&
        !needs.every((action) => allows(after.statements, action, arn))
      ) {
        yield {
          resource: attached,
          before: `${textOf(read(attached, 'before', 'policy_arn'))
            ?.split('/')
            .at(-1)} attached to ${role.address}`,
          after: 'detached',
          why: `${fn.address} reads ${source.address} by that policy, and nothing else that can be read here grants the same.`,
          action: 'Attach or write its replacement in the same change.',
        };
      }
    }
  },
};

const EXECUTION_ROLES =
  /AWSLambda(SQSQueue|Kinesis|DynamoDB|MSK)ExecutionRole|AmazonSQSFullAccess|AmazonKinesisFullAccess/;

const invokeRemoved: Rule = {
  id: 'stop/invoke-permission-removed',
  severity: 'high',
  title: 'A sender may no longer invoke the function',
  *check({ graph }) {
    for (const permission of graph.ofType('aws_lambda_permission')) {
      if (permission.action !== 'destroy') continue;
      const fn = graph.functionOf(permission, 'before');
      if (fn && !existsOn(fn, 'after')) continue;
      const source = resourceOfTarget(
        graph.follow(permission, 'before', 'source_arn', [
          'aws_sns_topic',
          'aws_cloudwatch_event_rule',
          'aws_s3_bucket',
        ]),
      );
      if (source?.action === 'destroy') continue;
      const principal = textOf(read(permission, 'before', 'principal')) ?? 'its sender';
      const again = graph
        .ofType('aws_lambda_permission')
        .some(
          (other) =>
            other !== permission &&
            existsOn(other, 'after') &&
            textOf(read(other, 'after', 'principal')) === principal &&
            graph.functionOf(other, 'after') === fn,
        );
      if (again) continue;
      yield {
        resource: permission,
        before: `${principal} may invoke ${fn?.address ?? 'the function'}`,
        after: 'may not',
        why: 'Deliveries fail with an access error from then on; asynchronous senders retry for hours and then drop the event.',
        action: 'Remove the sender first, or keep the permission.',
      };
    }
  },
};

/** The queue's policy on one side: its own attribute, or the resource beside it. Undefined when it can't be read. */
function queuePolicy(graph: Messaging, queue: Resource, side: Side): readonly Statement[] | undefined {
  const teller = graph.tellerOf(queue, side, 'policy');
  if (teller === 'unknown') return undefined;
  if (!teller) return [];
  return statementsOf(graph.document(teller, side, 'policy')) ?? (teller === queue ? undefined : UNREADABLE);
}

/** A policy that is there and can't be read: it may allow everything that is asked of it. */
const UNREADABLE: readonly Statement[] = [
  { effect: 'Allow', actions: ['*'], resources: ['*'], principals: ['*'], conditional: true, negated: false },
];

const mayReceiveFrom = (statements: readonly Statement[], service: string): boolean =>
  statements.some(
    (statement) =>
      allows([statement], 'sqs:SendMessage', undefined) &&
      statement.principals.some((principal) => principal === '*' || principal === service),
  );

const queuePolicyTightened: Rule = {
  id: 'stop/queue-policy',
  severity: 'high',
  title: 'A queue does not admit somebody who sends to it',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (!existsOn(queue, 'after')) continue;
      const after = queuePolicy(graph, queue, 'after');
      if (!after) continue;
      for (const { sender, service } of graph.sendersTo(queue, 'after')) {
        const own = graph.configuration.present || !isAbsent(read(queue, 'after', 'policy'));
        if (!own || mayReceiveFrom(after, service)) continue;
        const known = existsOn(queue, 'before') ? queuePolicy(graph, queue, 'before') : undefined;
        const admitted = known !== undefined && mayReceiveFrom(known, service);
        if (!admitted && !(sender.action === 'create' && touched(sender))) continue;
        yield {
          resource: queue,
          before: admitted ? `${service} may send` : undefined,
          after: `${service} may not send`,
          why: `${sender.address} delivers to this queue as ${service}, and no policy of the queue allows it: every delivery is refused and, after its retries, dropped or sent to the sender's dead-letter queue.`,
          action: `Allow sqs:SendMessage to ${service} in the queue's policy, with aws:SourceArn naming the sender.`,
        };
      }
    }
  },
};

const networkPath: Rule = {
  id: 'stop/network-path',
  severity: 'medium',
  title: 'A way through the network is closed',
  *check({ graph }) {
    for (const endpoint of graph.ofType('aws_vpc_endpoint')) {
      const service = textOf(read(endpoint, 'before', 'service_name')) ?? '';
      if (
        endpoint.action !== 'destroy' ||
        !/\.(sqs|sns|kinesis-streams|lambda|dynamodb|states|kms|secretsmanager|monitoring|logs|sts|events)$/.test(
          service,
        )
      )
        continue;
      yield {
        resource: endpoint,
        before: `private way to ${service}`,
        after: 'none',
        why: 'Functions in subnets without a way out reach that service by this endpoint only; their calls hang until they time out.',
        action: 'Show another way (NAT, another endpoint) for every function in that network.',
      };
    }
    for (const group of graph.ofType('aws_security_group')) {
      const before = read(group, 'before', 'ingress');
      const after = read(group, 'after', 'ingress');
      if (group.action !== 'update' || isOpen(after) || isOpen(before)) continue;
      if (listOf(after).length < listOf(before).length) {
        yield {
          resource: group,
          before: `${listOf(before).length} ingress rules`,
          after: `${listOf(after).length} ingress rules`,
          why: 'Clients that came in by the removed rule, brokers of a network among them, are cut off at their next connection.',
          action: 'Name who used the rule.',
        };
      }
    }
  },
};

export const accessStopRules: readonly Rule[] = [permissionRemoved, invokeRemoved, queuePolicyTightened, networkPath];
