import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { Consumer } from '../../modules/consumer';
import { ExistingFunction } from '../../modules/lambda-function';
import { Redrive } from '../../modules/redrive';
import { rules as redriveRules } from '../../modules/redrive/props';
import { TieredQueue } from '../../modules/tiered-queue';
import { allowedBy, policyOf, type TerraformModule } from './definition';
import { FUNCTION_ARN, functionProps, functionVariables, requireVisibility } from './function';
import { queueOutputs, queueProps, queueVariables } from './tiered-queue';

/** Whoever gets this far has named everything by one name: the longest is the role `<name>-redrive-scheduler`, of IAM's 64 characters. */
const NAME = /^[A-Za-z0-9_-]{1,46}$/;

export const protectedConsumer: TerraformModule = {
  name: 'protected-consumer',
  hadHashes: true,
  what: 'A function of your own behind a queue with tiers of dead letters: one failed message fails alone, what fails too often is parked, and parked messages are released at a set rate while a canary says that what they need is back. With alarms.',
  variables: {
    name: {
      type: 'string',
      description:
        'Name of the main queue; everything else is named after it. 1 to 46 letters, digits, hyphens, underscores, so that the longest fits into the 64 of an IAM role.',
      allowed: { pattern: NAME },
    },
    ...functionVariables,
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
    ...queueVariables,
  },
  build: (stack, values) => {
    const name = values.text('name');
    const alarmActions = values.list('alarm_actions');
    const queue = new TieredQueue(stack, 'queue', { queueName: name, ...queueProps(values) });
    const handler = new ExistingFunction(stack, 'function', functionProps(values));
    const consumer = new Consumer(stack, 'consumer', {
      queue,
      handler,
      batchSize: values.number('batch_size'),
      maximumConcurrency: values.number('maximum_concurrency'),
    });
    requireVisibility(consumer);
    handler.alarmWhenFailing('The consumer fails: whole batches come back, and are parked in the end.', alarmActions);
    const redrive = new Redrive(stack, 'redrive', {
      queue,
      functionName: `${name}-redrive`,
      account: new DataAwsCallerIdentity(stack, 'current').accountId,
      canary: { handler: { arn: values.text('canary_function_arn') } },
      rate: values.number('release_rate'),
      canaries: values.number('canaries'),
      canaryTimeoutMs: values.number('canary_timeout_ms'),
      logRetentionDays: values.number('log_retention_days'),
      kmsKeyArn: values.kmsKeyArn,
      alarmActions,
    });
    return {
      ...queueOutputs(queue),
      send_policy: {
        value: policyOf((grantee) => queue.grantSend(grantee)),
        description: 'Policy document (JSON) for who sends to the main queue.',
      },
      event_source_mapping_uuid: {
        value: consumer.mappingUuid,
        description: 'What feeds the function from the queue.',
      },
      redrive_function_name: {
        value: redrive.handler.functionName,
        description: 'The function that releases parked messages; {"dryRun": true} says what it would do and why.',
      },
    };
  },
  example: `module "receipts" {
  source = "./protected-consumer"

  name                = "receipts"
  function_arn        = aws_lambda_function.receipts.arn
  function_role_name  = aws_iam_role.receipts.name
  function_timeout    = aws_lambda_function.receipts.timeout
  maximum_concurrency = aws_lambda_function.receipts.reserved_concurrent_executions
  canary_function_arn = aws_lambda_function.mail_canary.arn
  alarm_actions       = [aws_sns_topic.on_call.arn]
}`,
  exampleSurroundings: `resource "aws_sns_topic" "on_call" {
  name = "on-call"
}

locals {
  assumed_by_lambda = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

# Functions of your own: receipts.zip answers with batchItemFailures, mail-canary.zip with {"green": boolean, "detail": string}.
resource "aws_lambda_function" "receipts" {
  function_name = "receipts"
  role          = aws_iam_role.receipts.arn
  runtime       = "nodejs24.x"
  handler       = "index.handler"
  filename      = "receipts.zip"
  timeout       = 30

  reserved_concurrent_executions = 5
}

resource "aws_iam_role" "receipts" {
  name               = "receipts"
  assume_role_policy = local.assumed_by_lambda
}

resource "aws_lambda_function" "mail_canary" {
  function_name = "mail-canary"
  role          = aws_iam_role.mail_canary.arn
  runtime       = "nodejs24.x"
  handler       = "index.handler"
  filename      = "mail-canary.zip"
  timeout       = 10
}

resource "aws_iam_role" "mail_canary" {
  name               = "mail-canary"
  assume_role_policy = local.assumed_by_lambda
}`,
};
