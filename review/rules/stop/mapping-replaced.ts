import { nameOfSource } from '../../graph/backlog';
import { resourceOfTarget } from '../../graph/graph';
import { shiftedResources } from '../../graph/shifts';
import { existsOn, read } from '../../graph/side';
import { unforced } from '../../graph/unforced';
import type { Resource } from '../../plan/model';
import { isAbsent, textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/mapping-replaced',
  severity: 'low',
  title: 'Consumption pauses while a mapping or its function is replaced',
  *check({ graph }) {
    const shifted = new Set(shiftedResources(graph));
    for (const { mapping, source } of graph.consumers('after')) {
      if (
        shifted.has(mapping) ||
        mapping.action !== 'replace' ||
        !isAbsent(read(mapping, 'after', 'starting_position'))
      )
        continue;
      const was = graph.consumerOf(mapping, 'before')?.source ?? source;
      // To read elsewhere is more than a pause.
      const [old, now] = [resourceOfTarget(was), resourceOfTarget(source)];
      const moved = source.kind !== 'unknown' && old !== now && (old === undefined || existsOn(old, 'after'));
      if (moved) continue;
      yield {
        resource: mapping,
        before: `reads ${nameOfSource(was)}`,
        after: `reads ${nameOfSource(source)}`,
        ...withCause(mapping, {
          why: 'Deleting and making a mapping takes a minute or more each; batches in work when it goes come back after the visibility timeout.',
          action: 'Apply at a quiet time; nothing is lost as long as the queue stays.',
        }),
      };
    }
    for (const fn of graph.ofType('aws_lambda_function')) {
      if (fn.action !== 'replace' || shifted.has(fn)) continue;
      const called = textOf(read(fn, 'before', 'function_name'));
      const renamed = textOf(read(fn, 'after', 'function_name')) !== called;
      yield {
        resource: fn,
        severity: 'medium',
        before: called,
        after: renamed
          ? (textOf(read(fn, 'after', 'function_name')) ?? '(known after apply)')
          : 'a new function of that name',
        ...withCause(fn, {
          why: `The function is deleted${fn.createFirst ? '' : ' before the new one is made'}: what it was asked to do asynchronously and has not begun is dropped, its versions, aliases and permissions go with it${renamed ? ', and whoever calls it by its name, an alarm or a log group included, is left behind' : ''}.`,
          action: renamed
            ? 'Make the new function beside it, move mapping, permissions, alarms and logs over, and remove the old one in a later apply.'
            : 'Stop its asynchronous senders for the apply.',
        }),
      };
    }
  },
};

/** With what there is to say when nothing in the configuration asks for the replacement. */
function withCause(resource: Resource, { why, action }: { why: string; action: string }) {
  const cause = unforced(resource);
  return cause ? { why: `${cause.because}. ${why}`, action: `${cause.action}${action}` } : { why, action };
}
