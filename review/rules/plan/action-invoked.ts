import type { Rule } from '../rule';

/** The provider's actions that set messages or code in motion (registry.terraform.io, hashicorp/aws, Actions). */
const DONE: Readonly<Record<string, string>> = {
  aws_lambda_invoke: 'invokes a function',
  aws_sns_publish: 'publishes a message',
  aws_sqs_send_message: 'sends a message',
  aws_events_put_events: 'puts events on a bus',
  aws_sfn_start_execution: 'starts an execution',
  aws_ses_send_email: 'sends an email',
};

export const rule: Rule = {
  id: 'plan/action-invoked',
  severity: 'medium',
  title: 'The apply itself does something, beside changing resources',
  *check({ plan }) {
    for (const invocation of plan.invocations) {
      const { type, target, trigger } = invocation;
      const done = DONE[type];
      yield {
        resource: invocation,
        severity: done === undefined ? 'info' : 'medium',
        after: `${done ?? `runs ${type}`}${target === undefined ? '' : `: ${target}`}${trigger === undefined ? ', as -invoke asks' : `, ${trigger}`}`,
        why: 'An action is no state: no later plan shows that it ran, an apply that is repeated runs it again, and a destroy undoes nothing of it.',
        action:
          done === undefined
            ? 'Check that it may run once more should the apply be repeated.'
            : 'Check that what receives it can take it twice, and that the resources that it needs are there by then.',
      };
    }
  },
};
