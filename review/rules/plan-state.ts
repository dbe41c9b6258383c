import type { Rule } from './rule';
import { plural } from './words';

const errored: Rule = {
  id: 'plan/incomplete',
  severity: 'high',
  title: 'The plan is not the whole plan',
  *check({ plan }) {
    if (plan.errored) {
      yield {
        resource: { address: plan.stack },
        after: 'planning stopped with an error',
        why: 'What comes after the error is not in the plan, so nobody has reviewed it.',
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

const checks: Rule = {
  id: 'plan/check-failed',
  severity: 'medium',
  title: 'A check of the configuration fails',
  *check({ plan }) {
    for (const { address, status } of plan.failedChecks) {
      yield {
        resource: { address: address || plan.stack },
        after: status === 'fail' ? 'its condition does not hold' : 'it could not be evaluated',
        why: 'Whoever wrote the check wanted to know. Terraform only warns.',
        action: 'Read the warning in the plan’s output.',
      };
    }
  },
};

export const planStateRules: readonly Rule[] = [errored, checks];
