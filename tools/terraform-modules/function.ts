import type { Consumer } from '../../modules/consumer';
import { rules as consumerRules } from '../../modules/consumer/props';
import { rules as functionRules } from '../../modules/lambda-function/props';
import { allowedBy, type Values, type Variable } from './definition';
import { lastOf } from './existing-queue';

export const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)?$/;

/** What every module asks of the function that it feeds. */
export const functionVariables = {
  function_arn: {
    type: 'string',
    description:
      'ARN of the function that handles the messages, or of one of its aliases. It answers with batchItemFailures, as ReportBatchItemFailures asks.',
    allowed: { pattern: FUNCTION_ARN },
  },
  function_role_name: {
    type: 'string',
    description: 'Name of the role that the function runs as, not its ARN: it gets a policy for its queue.',
    allowed: { pattern: /^[\w+=,.@-]{1,64}$/ },
  },
  function_timeout: {
    type: 'number',
    description: "Seconds of the function's time-out, 1 to 900; 6 times that must fit into visibility_timeout.",
    allowed: allowedBy(functionRules, 'timeout'),
  },
  maximum_concurrency: {
    type: 'number',
    description:
      "Invocations at once, 2 to 1,000, and no more than the function's reserved concurrency: throttled receives would use up the receive count.",
    allowed: allowedBy(consumerRules, 'maximumConcurrency'),
  },
  batch_size: {
    type: 'number',
    description: 'Messages an invocation, 1 to 10.',
    default: 10,
    allowed: { least: 1, most: 10 },
  },
} satisfies Record<string, Variable>;

/** @param timeout seconds. Default: the variable's */
export const functionProps = (values: Values, timeout = values.number('function_timeout')) => {
  const arn = values.text('function_arn');
  return {
    functionArn: arn,
    functionName: lastOf(arn, 6),
    roleName: values.text('function_role_name'),
    policyName: `${values.text('name')}-consumer`,
    timeout,
  };
};

/** What `Consumer` checks of numbers that it knows, Terraform checks of these. */
export function requireVisibility({ mapping }: Consumer): void {
  mapping.addOverride('lifecycle.precondition', [
    {
      condition: '${var.visibility_timeout >= 6 * var.function_timeout}',
      error_message:
        'visibility_timeout must be at least 6 times function_timeout, or messages come back while they are handled.',
    },
  ]);
}
