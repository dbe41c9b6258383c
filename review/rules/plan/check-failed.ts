import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'plan/check-failed',
  severity: 'medium',
  title: 'A check of the configuration fails',
  *check({ plan }) {
    for (const { address, kind, status } of plan.failedChecks) {
      const stopped = plan.errored && kind !== 'check';
      yield {
        resource: { address: address || plan.stack },
        ...(stopped ? { severity: 'high', title: 'A condition that stops the plan does not hold' } : {}),
        after: status === 'fail' ? 'its condition does not hold' : 'it could not be evaluated',
        why: stopped
          ? 'Planning stopped here with an error: nothing of this plan can be applied.'
          : 'Whoever wrote the check wanted to know. Terraform only warns.',
        action: stopped
          ? 'Read the error in the plan’s output; meet the condition, or correct it, and plan again.'
          : 'Read the warning in the plan’s output.',
      };
    }
  },
};
