import type { Request } from '../../access/decision';
import { changesOf, roleMay, roleOf, usersOf } from '../../access/roles';
import { booleanOn } from '../../graph/change';
import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { shifts } from '../../graph/shifts';
import { read, survives } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import type { Draft, Rule } from '../rule';

/** Lambda drops what a function logs when its role may not write it, and says nothing. */
export function* functionsLosingLogAccess(graph: Messaging): Generator<Draft> {
  const nothing = graph.ofType(...GIVING).every(({ action }) => action === 'nothing');
  for (const role of nothing ? [] : graph.ofType('aws_iam_role')) {
    const [change] = changesOf(graph, role);
    if (!change) continue;
    const silenced = usersOf(graph, role, 'after').filter(
      (fn) =>
        fn.type === 'aws_lambda_function' &&
        survives(fn) &&
        roleOf(graph, fn, 'before') === role &&
        roleMay(graph, role, 'before', logging(fn)) === true &&
        roleMay(graph, role, 'after', logging(fn)) === false,
    );
    if (silenced.length === 0) continue;
    yield {
      resource: change,
      title: 'A function may no longer write its log',
      before: `${list(silenced.map(({ address }) => address))} may logs:PutLogEvents`,
      after: 'may not',
      why: 'Lambda drops what it logs, without an error: nobody can tell why a message failed.',
      action: 'Keep logs:CreateLogStream and logs:PutLogEvents on its log group.',
    };
  }
}

/** What gives a role something, or takes it away. */
const GIVING = [
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_iam_policy',
  'aws_iam_role_policy_attachment',
  'aws_iam_policy_attachment',
];

/** To write into a function's own log group. */
function logging(fn: Resource): Request {
  const [partition, , region, account] = (textOf(read(fn, 'before', 'arn')) ?? '').split(':').slice(1);
  const group =
    textOf(read(fn, 'before', 'logging_config.0.log_group')) ??
    `/aws/lambda/${textOf(read(fn, 'before', 'function_name')) ?? ''}`;
  return {
    action: 'logs:PutLogEvents',
    on: { arn: `arn:${partition}:logs:${region}:${account}:log-group:${group}:log-stream:any` },
  };
}

export const rule: Rule = {
  id: 'blind/logs-removed',
  severity: 'medium',
  title: 'Logs are deleted',
  *check({ graph }) {
    const shifted = new Set(shifts(graph).flatMap(({ moves }) => moves.map(({ from }) => from)));
    for (const logs of graph.ofType('aws_cloudwatch_log_group')) {
      if (
        shifted.has(logs) ||
        (logs.action !== 'destroy' && logs.action !== 'replace') ||
        booleanOn(logs, 'before', 'skip_destroy') === true
      )
        continue;
      const name = textOf(read(logs, 'before', 'name')) ?? '';
      const again = graph
        .ofType('aws_cloudwatch_log_group')
        .some(
          (other) =>
            other.action === 'create' && textOf(read(other, 'after', 'name')) === name && !graph.apart(other, logs),
        );
      const [, functionName] = /^\/aws\/lambda\/(.+)$/.exec(name) ?? [];
      const owner =
        functionName === undefined
          ? undefined
          : resourceOfTarget(graph.find(functionName, 'before', ['aws_lambda_function'], logs, 'name'));
      yield {
        resource: logs,
        severity: owner?.action === 'destroy' ? 'low' : 'medium',
        before: `logs in ${name}`,
        after: logs.action === 'replace' || again ? 'a new, empty log group' : 'gone',
        why: `Everything in it is deleted, the traces of messages that failed included.${owner && owner.action !== 'destroy' ? ` ${owner.address} makes a new one by itself, without a retention and outside Terraform.` : ''}`,
        action: 'Set `skip_destroy = true`, or export what the last incidents need.',
      };
    }
    yield* functionsLosingLogAccess(graph);
  },
};
