import type { Rule } from '../rule';

export const rule: Rule = {
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
