import { HOLDERS } from '../../graph/stateful';
import type { Rule } from '../rule';

export const rule: Rule = {
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
