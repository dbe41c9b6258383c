import { shiftedResources } from '../../graph/shifts';
import { read, type Side } from '../../graph/side';
import { finalSnapshotOf, holds, keepsItsIdentity, nameOf, refusalOf } from '../../graph/stateful';
import { unforced } from '../../graph/unforced';
import { shown } from '../../plan/format';
import type { Resource } from '../../plan/model';
import type { AnyPath } from '../../resources';
import { dependents } from '../dependents';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/replaced',
  severity: 'critical',
  title: 'Something that holds messages or data is replaced by an empty one',
  *check({ graph }) {
    const shifted = new Set(shiftedResources(graph));
    for (const resource of graph.changed) {
      if (resource.action !== 'replace' || shifted.has(resource)) continue;
      const holder = holds(resource);
      const refusal = refusalOf(graph, resource);
      // Of what holds nothing a replacement is somebody else's matter, unless it stops the apply.
      if (!holder && !refusal) continue;
      const paths = resource.replacePaths as readonly AnyPath[];
      const show = (side: 'before' | 'after') =>
        paths
          .map((path) => (isShown(resource, path) ? `${path} = ${shown(read(resource, side, path))}` : path))
          .join(', ');
      const [before, after] = [show('before'), show('after')];
      const { because, action } = causeOf(resource);
      const snapshot = finalSnapshotOf(resource);
      // Made first, by the name that the old one has.
      const handedOut = resource.createFirst && keepsItsIdentity(graph, resource);
      const move = holder ? (holder.move ?? 'move senders over, drain the old one') : 'move its users over';
      yield {
        resource,
        severity: refusal || snapshot !== undefined || !holder ? 'high' : holder.severity,
        ...(refusal ? { title: 'A replacement that AWS refuses' } : {}),
        before: paths.length > 0 ? before : nameOf(resource),
        after: paths.length === 0 || before === after ? 'a new, empty one' : after,
        why: refusal
          ? `${because}. ${refusal} It then stops half-way, with what came before it done and the rest not.`
          : `${because}${unforced(resource) ? '. Replacing it' : ', which'} ${snapshot === undefined ? `loses ${holder?.lost}` : `empties it; what was in it is kept in a last snapshot, ${snapshot}`}.${dependents(graph, resource)}${beyond(resource)}${
              handedOut ? ' AWS hands out the old one for the name, and the destroy that comes last takes it away.' : ''
            }`,
        action: `${action}${
          resource.createFirst && !handedOut && !refusal
            ? `The new one is made first: ${move}, and only then destroy it, in a second apply.`
            : `Make the new one beside it${named(resource)}, ${move}, and destroy it in a later apply.`
        }`,
      };
    }
  },
};

/** Keys have no names that could collide. */
const named = ({ type }: Resource): string => (/^aws_kms_/.test(type) ? '' : ' under another name');

/** What makes Terraform replace it, and what to do about that when it is not a change of the configuration. */
const causeOf = (resource: Resource): { because: string; action: string } =>
  unforced(resource) ?? {
    because: `${resource.replacePaths.length > 0 ? `Changing ${resource.replacePaths.join(' and ')}` : 'This change'} forces a replacement`,
    action: '',
  };

/** Attributes that the review does not keep, or that may hold a secret, are named without their value. */
const isShown = (resource: Resource, path: AnyPath): boolean =>
  harmless(path) && ['before', 'after'].some((side) => read(resource, side as Side, path) !== undefined);

/** What it means beyond the loss. */
function beyond(resource: Resource): string {
  if (resource.type === 'aws_mq_broker') return ' Its endpoints change.';
  const express = resource.type === 'aws_sfn_state_machine' && read(resource, 'after', 'type') === 'EXPRESS';
  return express && read(resource, 'before', 'type') !== 'EXPRESS'
    ? ' An express workflow runs for five minutes at most and may run twice; it can not wait for a callback, and keeps no history outside its logs.'
    : '';
}

const harmless = (path: AnyPath): boolean =>
  !/secret|password|token|environment|user|value|policy|data|definition/i.test(path);
