import { renames } from '../../graph/renames';
import { shiftedResources } from '../../graph/shifts';
import { finalSnapshotOf, holds, isInhabited, nameOf, refusalOf } from '../../graph/stateful';
import { dependents } from '../dependents';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/destroyed',
  severity: 'critical',
  title: 'Something that holds messages or data is destroyed',
  *check({ graph }) {
    const told = new Set([...renames(graph).map(({ from }) => from), ...shiftedResources(graph)]);
    for (const resource of graph.changed) {
      const holder = holds(resource);
      if (resource.action !== 'destroy' || told.has(resource)) continue;
      const common = { resource, before: nameOf(resource) };
      const refusal = refusalOf(graph, resource);
      if (!holder) {
        if (refusal) yield refused(common, refusal, 'switch its protection off');
        continue;
      }
      const snapshot = finalSnapshotOf(resource);
      const first =
        snapshot === undefined
          ? (holder.first ?? 'Empty it first and show that it is empty')
          : 'Show that nobody reads or writes it';
      yield refusal
        ? refused(
            common,
            refusal,
            isInhabited(resource)
              ? 'empty it first, and destroy it'
              : 'its data goes for good: show that nobody needs it, and take the guard away',
          )
        : {
            ...common,
            severity: snapshot === undefined ? holder.severity : 'high',
            after: snapshot === undefined ? 'gone' : `gone, with a last snapshot ${snapshot}`,
            why: `${
              snapshot === undefined
                ? `Destroying it loses ${holder.lost}.`
                : 'Its users find nothing there from then on; what is in it can be restored from the last snapshot, under another address.'
            }${dependents(graph, resource)}`,
            action:
              resource.reason === 'delete_because_no_resource_config'
                ? `If it moved, write a \`moved\` block; if Terraform should only let go of it, a \`removed\` block with \`destroy = false\`. Else: ${first.charAt(0).toLowerCase()}${first.slice(1)}.`
                : `${first}, or keep it.`,
          };
    }
  },
};

/** Nothing is lost by this apply, and what comes after it in the apply is not done. */
const refused = (common: Pick<Draft, 'resource' | 'before'>, refusal: string, first: string): Draft => ({
  ...common,
  severity: 'high',
  title: 'A destroy that AWS refuses',
  after: 'the apply fails here',
  why: `${refusal} It then stops half-way, with what came before it done and the rest not.`,
  action: `Keep it, or let Terraform only let go of it (a \`removed\` block with \`destroy = false\`). If it is meant to go, ${first} in an apply of its own.`,
});
