import { type Named, names } from '../../access/decision';
import { any } from '../../access/verdict';
import type { Messaging } from '../../graph/messaging';
import { existsOn, read, type Side } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isRecord, textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/redrive-denied',
  severity: 'high',
  title: 'A dead-letter queue does not admit its source',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (!existsOn(queue, 'after')) continue;
      const was = existsOn(queue, 'before') ? graph.sourcesOf(queue, 'before') : [];
      const refused = graph
        .sourcesOf(queue, 'after')
        .filter((source) => mayRedrive(graph, source, queue, 'after') === false)
        .filter((source) => !was.includes(source) || mayRedrive(graph, source, queue, 'before') !== false);
      if (refused.length === 0) continue;
      const definer = graph.definingResource(queue, 'after', 'redrive_allow_policy');
      yield {
        resource: definer === undefined || definer === 'unknown' ? queue : definer,
        before: refused.some((source) => was.includes(source))
          ? permissionOf(allowPolicy(graph, queue, 'before'))
          : undefined,
        after: permissionOf(allowPolicy(graph, queue, 'after')),
        why: `${list(refused.map((source) => source.address))} ${refused.length === 1 ? 'sends its' : 'send their'} dead letters to ${queue.address} and may not${refused.every((source) => was.includes(source)) ? ' any more' : ''}: messages past the receive count then stay in the source and go round until they expire.`,
        action: 'Allow the source queues by name (`byQueue` takes up to ten, beyond that use `allowAll`).',
      };
    }
  },
};

/** Who may use a queue for dead letters; 'unknown' until the apply. */
function allowPolicy(graph: Messaging, queue: Resource, side: Side): Record<string, unknown> | 'unknown' | undefined {
  const definer = graph.definingResource(queue, side, 'redrive_allow_policy');
  if (definer === undefined || definer === 'unknown') return definer;
  const document = graph.document(definer, side, 'redrive_allow_policy');
  return isRecord(document) ? document : 'unknown';
}

function mayRedrive(graph: Messaging, source: Resource, queue: Resource, side: Side): boolean | undefined {
  if (!existsOn(source, side) || !existsOn(queue, side)) return undefined;
  const policy = allowPolicy(graph, queue, side);
  if (policy === 'unknown') return undefined;
  const permission = policy?.redrivePermission ?? 'allowAll';
  if (permission !== 'byQueue') return permission !== 'denyAll';
  const arns = Array.isArray(policy?.sourceQueueArns) ? policy.sourceQueueArns.map(String) : [];
  const own: Named = { arn: textOf(read(source, side, 'arn')), name: textOf(read(source, side, 'name')) };
  return any(arns.map((arn) => names(arn, own)));
}

const permissionOf = (policy: Record<string, unknown> | 'unknown' | undefined): string => {
  if (policy === 'unknown') return '(known after apply)';
  const permission = String(policy?.redrivePermission ?? 'allowAll');
  const arns = Array.isArray(policy?.sourceQueueArns) ? policy.sourceQueueArns.map(String) : [];
  return permission === 'byQueue' ? `only ${list(arns.map((arn) => arn.split(':').at(-1) ?? arn))}` : permission;
};
