import type { Messaging } from '../../graph/messaging';
import { limitOn, nameOfLimit, RETRIES, shownLimit } from '../../graph/retries';
import { read, survives } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { isAbsent, textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/retries-reduced',
  severity: 'medium',
  title: 'What fails is given up sooner',
  *check({ graph }) {
    for (const setting of RETRIES) {
      for (const resource of graph.ofType(setting.type)) {
        if (!changesLimits(graph, resource)) continue;
        const changes = (['attempts', 'age'] as const).flatMap((kind) => {
          const [before, after] = [
            limitOn(resource, 'before', setting, kind),
            limitOn(resource, 'after', setting, kind),
          ];
          return before === undefined || after === undefined || after >= before ? [] : [{ kind, before, after }];
        });
        if (changes.length === 0) continue;
        const kept = setting.caught.some((path) => !isAbsent(read(resource, 'after', path)));
        const never = changes.some(({ kind, after }) => kind === 'attempts' && after === 0);
        const say = (side: 'before' | 'after') =>
          changes.map((change) => `${nameOfLimit(setting, change.kind)} ${shownLimit(change[side])}`).join(', ');
        yield {
          resource,
          severity: never ? (kept ? 'medium' : 'high') : kept ? 'low' : 'medium',
          before: say('before'),
          after: say('after'),
          why: `${never ? 'A single throttle or a moment without its target is enough to give it up' : 'It is given up before a longer outage is over'}${
            kept
              ? `, and it goes to where failures are kept${setting.type === 'aws_lambda_event_source_mapping' ? '; of a record only its place in the stream is kept' : ''}.`
              : ', and nobody is told what was lost.'
          }`,
          action: kept
            ? 'Keep the limit longer than the outages you have had.'
            : 'Set a place where failures are kept, and a limit longer than the outages you have had.',
        };
      }
    }
  },
};

/** Settings that change, or that are made for a function which ran with the defaults until now. */
function changesLimits(graph: Messaging, resource: Resource): boolean {
  if (resource.type === 'aws_lambda_event_source_mapping')
    return survives(resource) && textOf(read(resource, 'after', 'starting_position')) !== undefined;
  if (resource.type !== 'aws_lambda_function_event_invoke_config' || resource.action !== 'create')
    return survives(resource);
  const fn = graph.functionOf(resource, 'after');
  return fn !== undefined && survives(fn);
}
