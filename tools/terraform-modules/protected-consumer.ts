import { Consumer } from '../../modules/consumer';
import { ExistingFunction } from '../../modules/lambda-function';
import { Redrive } from '../../modules/redrive';
import { TieredQueue } from '../../modules/tiered-queue';
import { policyOf, type TerraformModule } from './definition';
import { functionProps, functionVariables, requireVisibility } from './function';
import { redriveProps, redriveVariables } from './redrive';
import { allowSenders, queueOutputs, queueProps, queueVariables, requireFifo, senderOptions } from './tiered-queue';

/** Whoever gets this far has named everything by one name: the longest is the role `<name>-redrive-scheduler`, of IAM's 64 characters. */
const NAME = /^[A-Za-z0-9_-]{1,46}$/;

export const protectedConsumer: TerraformModule = {
  name: 'protected-consumer',
  hadHashes: true,
  options: senderOptions,
  what: 'A function of your own behind a queue with tiers of dead letters: one failed message fails alone, what fails too often is parked, and parked messages are released at a set rate while a canary says that what they need is back. With alarms.',
  variables: {
    name: {
      type: 'string',
      description:
        'Name of the main queue; everything else is named after it. 1 to 46 letters, digits, hyphens, underscores, so that the longest fits into the 64 of an IAM role.',
      allowed: { pattern: NAME },
    },
    ...functionVariables,
    ...redriveVariables,
    ...queueVariables,
  },
  build: (stack, values) => {
    const name = values.text('name');
    const alarmActions = values.list('alarm_actions');
    const queue = new TieredQueue(stack, 'queue', { queueName: name, ...queueProps(values) });
    requireFifo(queue);
    allowSenders(queue, values);
    const handler = new ExistingFunction(stack, 'function', functionProps(values));
    const consumer = new Consumer(stack, 'consumer', {
      queue,
      handler,
      batchSize: values.number('batch_size'),
      maximumConcurrency: values.number('maximum_concurrency'),
    });
    requireVisibility(consumer);
    handler.alarmWhenFailing('The consumer fails: whole batches come back, and are parked in the end.', alarmActions);
    const redrive = new Redrive(stack, 'redrive', redriveProps(stack, queue, values));
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
