import { nameOfSource } from '../../graph/backlog';
import { booleanOn } from '../../graph/change';
import { survives } from '../../graph/side';
import type { Resource } from '../../plan/model';
import type { Context, Rule } from '../rule';

const driftNote = (graph: Context['graph'], mapping: Resource): string =>
  graph.plan.drift.some(({ address }) => address === mapping.address)
    ? ' It was switched outside Terraform since the last apply (a person, or a circuit breaker).'
    : '';

export const rule: Rule = {
  id: 'stop/mapping-enabled',
  severity: 'medium',
  title: 'A consumer that was off is switched on',
  *check({ graph }) {
    for (const consumer of graph.consumers('after')) {
      const { mapping } = consumer;
      if (!survives(mapping) || consumer.enabled !== true || booleanOn(mapping, 'before', 'enabled') !== false)
        continue;
      yield {
        resource: mapping,
        before: 'disabled',
        after: 'enabled',
        why: `Everything that waited in ${nameOfSource(consumer.source)} arrives at once.${driftNote(graph, mapping)} If a circuit breaker or a person switched it off because a dependency is down, this apply opens the dam in mid-outage.`,
        action:
          'Check that the dependency is back. If it is switched at run time, add `ignore_changes = [enabled]` to its lifecycle.',
      };
    }
  },
};
