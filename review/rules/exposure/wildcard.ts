import { type Statement, statementsOf } from '../../access/document';
import { managedStatements } from '../../access/managed';
import { touched } from '../../graph/change';
import type { Messaging } from '../../graph/messaging';
import { existsOn, read, type Side } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isRecord, listOf, textOf, type Value } from '../../plan/values';
import type { Rule } from '../rule';

const TYPES = [
  'aws_iam_role_policy',
  'aws_iam_policy',
  'aws_iam_role',
  'aws_iam_role_policy_attachment',
  'aws_iam_policy_attachment',
  'aws_sqs_queue_policy',
  'aws_sns_topic_policy',
];

export const rule: Rule = {
  id: 'exposure/wildcard',
  severity: 'medium',
  title: 'A permission is wider than what is used',
  *check({ graph }) {
    for (const resource of graph.ofType(...TYPES)) {
      if (!touched(resource)) continue;
      const had = new Set(wideOn(graph, resource, 'before'));
      const fresh = [...new Set(wideOn(graph, resource, 'after'))].filter((grant) => !had.has(grant));
      if (fresh.length === 0) continue;
      yield {
        resource,
        severity: fresh.some((grant) => EVERYTHING.test(grant)) ? 'high' : 'medium',
        before: had.size > 0 ? list([...had]) : existsOn(resource, 'before') ? 'no wildcard' : undefined,
        after: list(fresh),
        why: 'A function that is tricked, or has a bug, can then reach every queue, key or table of the account.',
        action: 'Name the actions and the ARNs that are used.',
      };
    }
  },
};

const EVERYTHING = /^(\* on|everything but|AdministratorAccess|PowerUserAccess|IAMFullAccess|iam:\*)/;

/** The wide grants in what a resource says on one side. */
function wideOn(graph: Messaging, resource: Resource, side: Side): string[] {
  if (!existsOn(resource, side)) return [];
  switch (resource.type) {
    case 'aws_iam_role':
      // What a state lists here may be managed by resources beside it; what the configuration writes here is the role's own.
      if (
        graph.isConfigured(resource, 'inline_policy') === false &&
        graph.isConfigured(resource, 'managed_policy_arns') === false
      )
        return [];
      return [
        ...listOf(read(resource, side, 'managed_policy_arns')).flatMap((arn) => attached(textOf(arn))),
        ...listOf(read(resource, side, 'inline_policy')).flatMap((policy) =>
          isRecord(policy) ? wideGrants(statementsOf(textOf((policy as Record<string, Value>).policy)) ?? []) : [],
        ),
      ];
    case 'aws_iam_role_policy_attachment':
    case 'aws_iam_policy_attachment':
      return attached(textOf(read(resource, side, 'policy_arn')));
    default:
      return wideGrants(statementsOf(graph.document(resource, side, 'policy')) ?? []);
  }
}

/** A policy of AWS that opens a whole service or more is named; what is in a policy of this plan is read there. */
function attached(arn: string | undefined): string[] {
  const [name = '', statements] = [arn?.split('/').at(-1), arn === undefined ? undefined : managedStatements(arn)];
  if (!arn?.includes(':iam::aws:policy/')) return [];
  const wide = statements
    ? wideGrants(statements).some((grant) => /(^|:)\*|^everything/.test(grant))
    : /FullAccess$/.test(name);
  return wide ? [name] : [];
}

/** `sqs:*` on anything, anything that can take an ARN on everything, or everything but a few actions. */
function wideGrants(statements: readonly Statement[]): string[] {
  return statements
    .filter(({ effect, conditions }) => effect === 'Allow' && conditions.length === 0)
    .flatMap(({ actions, resources }) => {
      const where = breadth(resources);
      if (actions.negated) return where === undefined ? [] : [`everything but ${list(actions.patterns)} on ${where}`];
      return actions.patterns.flatMap((action) => {
        const every = action === '*' || /^[\w-]+:\*$/.test(action);
        if (every) return [`${action} on ${where ?? 'the named resources'}`];
        return where !== undefined && TAKES_AN_ARN.test(action) ? [`${action} on ${where}`] : [];
      });
    });
}

/** `*`, or an ARN that leaves everything after the service open; undefined when something is named. */
function breadth({ patterns, negated }: Statement['resources']): string | undefined {
  if (negated) return `everything but ${list(patterns)}`;
  return patterns.find(
    (pattern) => pattern === '*' || /^arn:[^:]*:[^:]+:[^:]*:[^:]*:(?:[a-z-]+[:/])?\*$/.test(pattern),
  );
}

/** Actions on messages, records, items, keys and functions all take an ARN. List… and Describe… of many services do not. */
const TAKES_AN_ARN =
  /^(sqs:(?!ListQueues)|sns:(Publish|Subscribe|SetTopic)|kinesis:(Get|Put|Delete)|dynamodb:(Get|Put|Update|Delete|Query|Scan|Batch)|lambda:(Invoke|Update|Delete)|kms:(Decrypt|Encrypt|GenerateDataKey|ReEncrypt)|secretsmanager:GetSecretValue|states:(Start|Stop)|events:PutEvents|s3:(Get|Put|Delete)Object|iam:|ssm:GetParameter|sts:AssumeRole)/i;
