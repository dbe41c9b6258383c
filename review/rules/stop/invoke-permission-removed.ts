import { resourceOfTarget, type Target } from '../../graph/graph';
import { grouped } from '../../graph/grouped';
import { memoizePerSide } from '../../graph/memoize';
import type { Messaging } from '../../graph/messaging';
import { sendersTo } from '../../graph/routes';
import { existsOn, read, type Side } from '../../graph/side';
import { functionIn } from '../../graph/spelling';
import type { Resource } from '../../plan/model';
import { certainlyDiffers, textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/invoke-permission-removed',
  severity: 'high',
  title: 'A sender may no longer invoke the function',
  *check({ graph }) {
    for (const permission of graph.ofType('aws_lambda_permission')) {
      if (permission.action !== 'destroy' && permission.action !== 'replace') continue;
      const fn = graph.functionOf(permission, 'before');
      const source = graph.follow(permission, 'before', 'source_arn', INVOKERS);
      if ((fn && !existsOn(fn, 'after')) || goes(resourceOfTarget(source))) continue;
      const principal = textOf(read(permission, 'before', 'principal')) ?? 'its sender';
      const others = permissionsFor(graph, fn ?? nameOfFunction(permission, 'before')).filter(
        (other) => !certainlyDiffers(principal, read(other, 'after', 'principal')),
      );
      // One that named no source served every sender of that service: those of this plan are known.
      const sources = source === undefined && fn ? liveSources(graph, fn, principal) : [source];
      if (others.length > 0 && sources.every((from) => others.some((other) => covers(graph, other, from)))) continue;
      const from =
        source?.kind === 'resource'
          ? ` for ${source.resource.address}`
          : source?.kind === 'elsewhere'
            ? ` for ${source.name}`
            : '';
      yield {
        resource: permission,
        before: `${principal} may invoke ${fn?.address ?? 'the function'}${from}`,
        after: permission.action === 'destroy' ? 'may not' : 'may not; another sender may',
        why: 'Deliveries fail with an access error from then on; asynchronous senders retry for hours and then drop the event.',
        action: 'Remove the sender first, or keep the permission.',
      };
    }
  },
};

const INVOKERS = ['aws_sns_topic', 'aws_cloudwatch_event_rule', 'aws_s3_bucket', 'aws_scheduler_schedule'];
const goes = (resource: Resource | undefined): boolean => resource?.action === 'destroy';

const ANY_FUNCTION = '(may be any)';
const byFunction = memoizePerSide((graph, side) =>
  grouped<Resource | string, Resource>(graph.ofType('aws_lambda_permission'), (permission) => {
    if (!existsOn(permission, side)) return undefined;
    const target = graph.follow(permission, side, 'function_name', ['aws_lambda_function', 'aws_lambda_alias']);
    if (target?.kind === 'unknown') return ANY_FUNCTION;
    return graph.functionOf(permission, side) ?? nameOfFunction(permission, side);
  }),
);
/** Of one that is not in this plan. */
const nameOfFunction = (permission: Resource, side: Side): string | undefined =>
  functionIn(textOf(read(permission, side, 'function_name')) ?? '')?.name;
const permissionsFor = (graph: Messaging, fn: Resource | string | undefined): readonly Resource[] =>
  [fn, ANY_FUNCTION].flatMap((key) => (key === undefined ? [] : (byFunction(graph, 'after').get(key) ?? [])));

const liveSources = (graph: Messaging, fn: Resource, service: string): (Target | undefined)[] =>
  sendersTo(graph, fn, 'after')
    .filter((sender) => sender.service === service)
    .map(({ from }) => from);

/** A permission without a source covers every one; a source that only the apply will tell may be this one. */
function covers(graph: Messaging, other: Resource, source: Target | undefined): boolean {
  const target = graph.follow(other, 'after', 'source_arn', INVOKERS);
  if (target === undefined || target.kind === 'unknown') return true;
  if (source === undefined || source.kind === 'unknown') return source !== undefined;
  if (target.kind === 'resource') return source.kind === 'resource' && source.resource === target.resource;
  return source.kind === 'elsewhere' && source.name === target.name;
}
