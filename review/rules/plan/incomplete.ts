import { plural } from '../../plan/format';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'plan/incomplete',
  severity: 'high',
  title: 'The plan is not the whole plan',
  *check({ plan }) {
    if (plan.errored) {
      yield {
        resource: { address: plan.stack },
        after: 'planning stopped with an error',
        why: 'Terraform refuses to apply a plan with an error, and what comes after the error is not in it, so nobody has reviewed that.',
        action: 'Repair the error and plan again.',
      };
    }
    const deferred = plan.resources.filter((resource) => resource.deferred).length;
    if (deferred > 0 || (!plan.complete && !plan.errored)) {
      yield {
        resource: { address: plan.stack },
        severity: 'low',
        after: deferred > 0 ? plural(deferred, 'deferred change') : 'incomplete',
        why: 'Part of the work is left to a later plan (deferred, or left out by -target), with values that are not known yet.',
        action: 'Plan again after the apply and review that plan as well.',
      };
    }
  },
};
