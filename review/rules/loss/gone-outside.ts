import { placeChange } from '../../graph/moved-away';
import { holds } from '../../graph/stateful';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/gone-outside',
  severity: 'high',
  title: 'Something that holds messages or data is no longer found where Terraform looks',
  *check({ plan, graph }) {
    for (const drift of plan.drift) {
      if (drift.kind !== 'destroy' || !holds(drift) || placeChange(graph, drift)) continue;
      yield {
        resource: drift,
        before: 'there at the last apply',
        after: 'not found in AWS',
        why: `Either it was deleted outside Terraform, and with it ${holds(drift)?.lost}; or this plan looks elsewhere (another region, account or endpoint), and it is still where it was. The plan may make it anew, empty.`,
        action:
          'Look whether it is there still; if not, find out who deleted it (CloudTrail) and what it held before you apply.',
      };
    }
  },
};
