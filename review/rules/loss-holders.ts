import { read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { HOLDERS, renames } from './holders';
import type { Context, Rule } from './rule';
import { shown } from './words';

const destroyed: Rule = {
  id: 'loss/destroyed',
  severity: 'critical',
  title: 'Something that holds messages or data is destroyed',
  *check({ graph }) {
    const renamed = new Set(renames(graph).map(({ from }) => from));
    for (const resource of graph.resources) {
      const holder = HOLDERS[resource.type];
      if (!holder || resource.action !== 'destroy' || renamed.has(resource)) continue;
      const first = holder.first ?? 'Empty it first and show that it is empty';
      yield {
        resource,
        severity: holder.severity,
        before: nameOf(resource),
        after: 'gone',
        why: `Destroying it loses ${holder.lost}.${feeders(resource, graph)}`,
        action:
          resource.reason === 'delete_because_no_resource_config'
            ? `If it moved, write a \`moved\` block; if Terraform should only let go of it, a \`removed\` block with \`destroy = false\`. Else: ${first.charAt(0).toLowerCase()}${first.slice(1)}.`
            : `${first}, or keep it.`,
      };
    }
  },
};

const replaced: Rule = {
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

const forgotten: Rule = {
  id: 'loss/forgotten',
  severity: 'low',
  title: 'Terraform lets go of something that holds messages or data',
  *check({ graph }) {
    for (const resource of graph.resources) {
      if (resource.action !== 'forget' || !HOLDERS[resource.type]) continue;
      yield {
        resource,
        before: 'managed here',
        after: 'left in AWS, managed by nobody',
        why: 'Nothing is lost, but its settings are guarded by no plan any more, and nobody will be told when it changes.',
        action: 'Import it where it is to be managed from now on, in the same change.',
      };
    }
  },
};

const goneOutside: Rule = {
  id: 'loss/gone-outside',
  severity: 'high',
  title: 'Something that holds messages or data was deleted outside Terraform',
  *check({ plan }) {
    for (const drift of plan.drift) {
      if (drift.kind !== 'destroy' || !HOLDERS[drift.type]) continue;
      yield {
        resource: drift,
        before: 'there at the last apply',
        after: 'not found in AWS',
        why: `Somebody or something deleted it outside Terraform, and with it ${HOLDERS[drift.type]?.lost}. The plan may make it anew, empty.`,
        action: 'Find out who deleted it (CloudTrail) and what it held before you apply.',
      };
    }
  },
};

export const holderRules: readonly Rule[] = [destroyed, replaced, forgotten, goneOutside];

export const nameOf = (resource: Resource): string =>
  shown(resource.before?.name ?? resource.before?.broker_name ?? resource.before?.cluster_name ?? resource.before?.id);

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

/** Whoever keeps sending to a thing that goes, and stays, is worth a sentence. */
function feeders(resource: Resource, graph: Context['graph']): string {
  if (resource.type !== 'aws_sqs_queue') return '';
  const sources = graph.sourcesOf(resource, 'before').filter((queue) => queue.action !== 'destroy');
  return sources.length > 0
    ? ` It is the dead-letter queue of ${sources.map((queue) => queue.address).join(', ')}.`
    : '';
}
