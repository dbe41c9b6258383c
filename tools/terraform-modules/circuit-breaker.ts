import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { CircuitBreaker } from '../../modules/circuit-breaker';
import { rules } from '../../modules/circuit-breaker/props';
import { Consumer } from '../../modules/consumer';
import { ExistingFunction } from '../../modules/lambda-function';
import { alarmVariables, allowedBy, keyVariable, type TerraformModule } from './definition';
import { existingTiers, lastOf, parkedUrlVariable, tierVariable, visibilityVariable } from './existing-queue';
import { FUNCTION_ARN, functionProps, functionVariables, requireVisibility } from './function';

export const circuitBreaker: TerraformModule = {
  name: 'circuit-breaker',
  what: 'A circuit breaker around a function in any language that works on a queue: while an alarm of yours says that its dependency is out, nothing is received, and what is parked is released step by step when a canary says that it is back. It makes the event source mapping, because it switches it.',
  variables: {
    name: {
      type: 'string',
      description: 'Everything is named after it: 1 to 40 lower-case letters, digits and hyphens.',
      allowed: { pattern: /^[a-z][a-z0-9-]{0,39}$/ },
    },
    ...tierVariable('main'),
    ...tierVariable('parked'),
    ...parkedUrlVariable,
    ...tierVariable('repair'),
    ...visibilityVariable,
    message_retention: {
      type: 'number',
      description:
        'Seconds that the main queue keeps a message, as it is set: messages wait there while the dependency is out.',
      allowed: { least: 60, most: 1_209_600 },
    },
    ...functionVariables,
    trip_alarm_name: { type: 'string', description: 'Name of the CloudWatch alarm that opens the breaker.' },
    trip_alarm_arn: {
      type: 'string',
      description: 'Its ARN.',
      allowed: { pattern: /^arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+$/ },
    },
    canary_function_arn: {
      type: 'string',
      description:
        'ARN of a function that says whether the dependency is back: it answers {"green": boolean, "detail": string}.',
      allowed: { pattern: FUNCTION_ARN },
    },
    trickle_rate: {
      type: 'number',
      description: 'Messages a second that parked ones come back at while half-open, 1 to 500.',
      default: 1,
      allowed: { least: 1, most: 500 },
    },
    ceiling_rate: {
      type: 'number',
      description: 'Messages a second that the release grows to once closed, 1 to 500.',
      default: 100,
      allowed: allowedBy(rules, 'ceilingRate'),
    },
    deletion_protection: {
      type: 'bool',
      description: 'Terraform and the console refuse to delete the table.',
      default: true,
    },
    log_retention_days: {
      type: 'number',
      description: 'Days that the logs of its functions are kept.',
      default: 365,
      allowed: allowedBy(rules, 'logRetentionDays'),
    },
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const name = values.text('name');
    const queue = existingTiers(values, ['main', 'parked', 'repair'], {
      visibilityTimeout: values.number('visibility_timeout'),
      messageRetention: values.number('message_retention'),
    });
    const handler = new ExistingFunction(stack, 'function', functionProps(values));
    const consumer = new Consumer(stack, 'consumer', {
      ...{ queue, handler, switchedAtRunTime: true },
      batchSize: values.number('batch_size'),
      maximumConcurrency: values.number('maximum_concurrency'),
    });
    requireVisibility(consumer);
    const canary = values.text('canary_function_arn');
    const breaker = new CircuitBreaker(stack, 'breaker', {
      breakerName: name,
      account: new DataAwsCallerIdentity(stack, 'current').accountId,
      region: new DataAwsRegion(stack, 'here').id,
      consumer,
      dependencies: {
        dependency: {
          canary: { handler: { arn: canary, functionName: lastOf(canary, 6) } },
          tripAlarm: { name: values.text('trip_alarm_name'), arn: values.text('trip_alarm_arn') },
        },
      },
      trickleRate: values.number('trickle_rate'),
      ceilingRate: values.number('ceiling_rate'),
      deletionProtection: values.flag('deletion_protection'),
      logRetentionDays: values.number('log_retention_days'),
      alarmActions: values.list('alarm_actions'),
      kmsKeyArn: values.kmsKeyArn,
    });
    return {
      table_name: { value: breaker.tableName, description: 'The table that the breaker is kept in.' },
      hold_function_name: {
        value: breaker.hold.functionName,
        description: 'The function that holds the breaker open or closed, or says how it stands.',
      },
      event_source_mapping_uuid: {
        value: consumer.mappingUuid,
        description: 'What feeds the function from the queue.',
      },
    };
  },
  example: `module "receipts_breaker" {
  source = "./circuit-breaker"

  name                = "receipts-breaker"
  main_queue_arn      = aws_sqs_queue.receipts["main"].arn
  parked_queue_arn    = aws_sqs_queue.receipts["parked"].arn
  parked_queue_url    = aws_sqs_queue.receipts["parked"].url
  repair_queue_arn    = aws_sqs_queue.receipts["repair"].arn
  visibility_timeout  = 180
  message_retention   = 1209599
  function_arn        = "arn:aws:lambda:eu-central-1:111111111111:function:receipts"
  function_role_name  = "receipts"
  function_timeout    = 30
  maximum_concurrency = 5
  canary_function_arn = "arn:aws:lambda:eu-central-1:111111111111:function:mail-canary"
  trip_alarm_name     = aws_cloudwatch_metric_alarm.mail_fails.alarm_name
  trip_alarm_arn      = aws_cloudwatch_metric_alarm.mail_fails.arn
}`,
  exampleSurroundings: `# Queues of your own; main's redrive policy leads to parked.
resource "aws_sqs_queue" "receipts" {
  for_each = toset(["main", "parked", "repair"])
  name     = "receipts-\${each.key}"
}

resource "aws_cloudwatch_metric_alarm" "mail_fails" {
  alarm_name          = "mail-fails"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = "receipts" }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
}`,
};
