import { renames } from '../../graph/renames';
import { feeders, HOLDERS, nameOf } from '../../graph/stateful';
import type { Rule } from '../rule';

export const rule: Rule = {
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
