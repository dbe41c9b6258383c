import { placeChange } from '../../graph/moved-away';
import { holds } from '../../graph/stateful';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/left-behind',
  severity: 'critical',
  title: 'The provider looks in another region or account, and what was there stays behind',
  *check({ plan, graph }) {
    for (const drift of plan.drift) {
      const change = drift.kind === 'destroy' && holds(drift) ? placeChange(graph, drift) : undefined;
      if (!change) continue;
      yield {
        resource: drift,
        before: `in ${change.before}`,
        after: `looked for in ${change.now}, and not found there`,
        why: `Nobody deleted it: it is still in ${change.before} with everything in it, and after this apply no state knows it any more. In ${change.now} an empty one is made, and whoever uses that finds nothing of what was there.`,
        action: `If the change of place is a mistake, take it back. Else give ${change.now} a provider and resources of its own, move the data over, and destroy the old one from the state that knows it.`,
      };
    }
  },
};
