import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import type { TerraformStack } from 'cdktf';
import { Redrive } from '../../modules/redrive';
import { type RedriveProps, rules as redriveRules } from '../../modules/redrive/props';
import type { QueueTiers } from '../../modules/tiered-queue';
import { alarmVariables, allowedBy, keyVariable, type TerraformModule, type Values, type Variable } from './definition';
import { existingTiers, parkedUrlVariable, tierVariable } from './existing-queue';
import { FUNCTION_ARN } from './function';

/** What releasing parked messages asks for. */
export const redriveVariables = {
  canary_function_arn: {
    type: 'string',
    description:
      'ARN of a function that says whether what the messages need is back: it answers {"green": boolean, "detail": string}.',
    allowed: { pattern: FUNCTION_ARN },
  },
  canaries: {
    type: 'number',
    description: 'Canaries in a row that must be green before anything is released, 1 to 10.',
    default: 3,
    allowed: allowedBy(redriveRules, 'canaries'),
  },
  canary_timeout_ms: {
    type: 'number',
    description: 'Milliseconds until a canary counts as failed, 100 to 10,000.',
    default: 5000,
    allowed: allowedBy(redriveRules, 'canaryTimeoutMs'),
  },
  release_rate: {
    type: 'number',
    description: 'Messages a second that parked ones come back at, 1 to 500.',
    default: 1,
    allowed: allowedBy(redriveRules, 'rate'),
  },
  log_retention_days: {
    type: 'number',
    description: 'Days that the logs of the redrive function are kept.',
    default: 365,
    allowed: allowedBy(redriveRules, 'logRetentionDays'),
  },
} satisfies Record<string, Variable>;

/** The module's name is that of the main queue; the function's follows from it. */
export const redriveProps = (stack: TerraformStack, queue: QueueTiers, values: Values): RedriveProps => ({
  queue,
  functionName: `${values.text('name')}-redrive`,
  account: new DataAwsCallerIdentity(stack, 'current').accountId,
  canary: { handler: { arn: values.text('canary_function_arn') } },
  rate: values.number('release_rate'),
  canaries: values.number('canaries'),
  canaryTimeoutMs: values.number('canary_timeout_ms'),
  logRetentionDays: values.number('log_retention_days'),
  ...(values.kmsKeyArn && { kmsKeyArn: values.kmsKeyArn }),
  alarmActions: values.list('alarm_actions'),
});

export const redrive: TerraformModule = {
  name: 'redrive',
  what: 'Releases the parked messages of a queue of yours, whatever reads it: at a set rate, and only while a canary says that what they need is back. Not beside a circuit breaker, which releases them itself.',
  variables: {
    name: {
      type: 'string',
      description: 'The function is NAME-redrive: 1 to 46 letters, digits, hyphens, underscores.',
      allowed: { pattern: /^[A-Za-z0-9_-]{1,46}$/ },
    },
    ...tierVariable('main'),
    ...tierVariable('parked'),
    ...parkedUrlVariable,
    ...redriveVariables,
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const queue = existingTiers(values, ['main', 'parked']);
    const { handler } = new Redrive(stack, 'redrive', redriveProps(stack, queue, values));
    return {
      function_name: {
        value: handler.functionName,
        description: 'The function that releases parked messages; {"dryRun": true} says what it would do and why.',
      },
      function_arn: { value: handler.arn, description: 'Its ARN.' },
    };
  },
  example: `module "receipts_redrive" {
  source = "./redrive"

  name                = "receipts"
  main_queue_arn      = aws_sqs_queue.receipts.arn
  parked_queue_arn    = aws_sqs_queue.receipts_dead.arn
  parked_queue_url    = aws_sqs_queue.receipts_dead.url
  canary_function_arn = "arn:aws:lambda:eu-central-1:111111111111:function:mail-canary"
}`,
  exampleSurroundings: `# Queues of your own.
resource "aws_sqs_queue" "receipts" {
  name           = "receipts"
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.receipts_dead.arn, maxReceiveCount = 5 })
}

resource "aws_sqs_queue" "receipts_dead" {
  name                      = "receipts-dead"
  message_retention_seconds = 1209600
}`,
};
