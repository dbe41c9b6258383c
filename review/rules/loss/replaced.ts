import { read, type Side } from '../../graph/side';
import { feeders, HOLDERS, nameOf } from '../../graph/stateful';
import { shown } from '../../plan/format';
import type { Resource } from '../../plan/model';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/replaced',
  severity: 'critical',
  title: 'Something that holds messages or data is replaced by an empty one',
  *check({ graph }) {
    for (const resource of graph.resources) {
      const holder = HOLDERS[resource.type];
      if (!holder || resource.action !== 'replace') continue;
      const paths = resource.replacePaths;
      const show = (side: 'before' | 'after') =>
        paths
          .map((path) => (isShown(resource, path) ? `${path} = ${shown(read(resource, side, path))}` : path))
          .join(', ');
      const [before, after] = [show('before'), show('after')];
      yield {
        resource,
        severity: holder.severity,
        before: paths.length > 0 ? before : nameOf(resource),
        after: paths.length === 0 || before === after ? 'a new, empty one' : after,
        why: `${paths.length > 0 ? `Changing ${paths.join(' and ')}` : 'This change'} forces a replacement, which loses ${holder.lost}.${feeders(resource, graph)}${beyond(resource)}`,
        action: resource.createFirst
          ? 'The new one is made first: move senders over, drain the old one, and only then destroy it, in a second apply.'
          : 'Make the new one beside it under another name, move senders over, drain the old one, and destroy it in a later apply.',
      };
    }
  },
};

/** Attributes that the review does not keep, or that may hold a secret, are named without their value. */
const isShown = (resource: Resource, path: string): boolean =>
  harmless(path) && ['before', 'after'].some((side) => read(resource, side as Side, path) !== undefined);

/** What it means beyond the loss. */
function beyond(resource: Resource): string {
  if (resource.type === 'aws_mq_broker') return ' Its endpoints change.';
  const express = resource.type === 'aws_sfn_state_machine' && read(resource, 'after', 'type') === 'EXPRESS';
  return express && read(resource, 'before', 'type') !== 'EXPRESS'
    ? ' An express workflow runs for five minutes at most and may run twice; it can not wait for a callback, and keeps no history outside its logs.'
    : '';
}

const harmless = (path: string): boolean =>
  !/secret|password|token|environment|user|value|policy|data|definition/i.test(path);
