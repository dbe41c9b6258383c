import { numberChange } from '../../graph/change';
import { resourceOfTarget } from '../../graph/graph';
import { survives } from '../../graph/side';
import { list, seconds } from '../../plan/format';
import type { Resource } from '../../plan/model';
import type { Context, Rule } from '../rule';
import { neededVisibility } from '../visibility';

export const rule: Rule = {
  id: 'stop/visibility-long',
  severity: 'medium',
  title: 'What a crashed consumer held comes back late',
  *check(context) {
    for (const queue of context.graph.ofType('aws_sqs_queue')) {
      const change = numberChange(queue, 'visibility_timeout_seconds');
      if (!survives(queue) || !change || change.after < AN_HOUR || change.after < TIMES * change.before) continue;
      const needed = neededBy(context, queue);
      // What a slow consumer needs is no mistake.
      if (needed !== undefined && change.after <= 2 * needed.seconds) continue;
      yield {
        resource: queue,
        before: `visibility timeout ${seconds(change.before)}`,
        after: `visibility timeout ${seconds(change.after)}`,
        why: `What a process held when it crashed, was stopped by a deployment or lost its connection comes back after ${seconds(change.after)} only, and of a FIFO queue its whole group waits as long. Each retry is that much later as well: with a few of them a message outlives its retention.`,
        action: needed
          ? `${list(needed.functions)} needs ${seconds(needed.seconds)}; a consumer that takes longer for some messages can extend the time of those (ChangeMessageVisibility).`
          : 'Keep it at a few times of what one message takes; a consumer that takes longer for some messages can extend the time of those (ChangeMessageVisibility).',
      };
    }
  },
};

const AN_HOUR = 3600;
const TIMES = 4;

/** The longest that the functions which read it need; undefined when none of this plan does, without end when nobody can tell. */
function neededBy({ graph, settings }: Context, queue: Resource): { seconds: number; functions: string[] } | undefined {
  const consumers = graph
    .consumers('after')
    .filter(({ source }) => source.kind === 'unknown' || resourceOfTarget(source) === queue);
  if (consumers.length === 0) return undefined;
  const times = consumers.map(({ source, mapping, function: fn }) =>
    fn && source.kind === 'resource'
      ? neededVisibility({ queue, mapping, function: fn }, 'after', settings.visibilityFactor)
      : undefined,
  );
  return {
    seconds: Math.max(...times.map((time) => time ?? Number.POSITIVE_INFINITY)),
    functions: consumers.flatMap(({ function: fn }) => (fn ? [fn.address] : [])),
  };
}
