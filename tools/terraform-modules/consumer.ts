import { Consumer } from '../../modules/consumer';
import { ExistingFunction } from '../../modules/lambda-function';
import { alarmVariables, keyVariable, type TerraformModule } from './definition';
import { existingTiers, tierVariable, visibilityVariable } from './existing-queue';
import { functionProps, functionVariables, requireVisibility } from './function';

export const consumer: TerraformModule = {
  name: 'consumer',
  what: 'Feeds a function in any language from a queue of yours: one failed message fails alone. The function gets a policy for its queue and for repair, and an alarm.',
  variables: {
    name: {
      type: 'string',
      description: 'The policy is NAME-consumer: 1 to 64 letters, digits, hyphens, underscores.',
      allowed: { pattern: /^[A-Za-z0-9_-]{1,64}$/ },
    },
    ...tierVariable('main'),
    ...tierVariable('repair'),
    ...visibilityVariable,
    ...functionVariables,
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const visibilityTimeout = values.number('visibility_timeout');
    const queue = existingTiers(values, ['main', 'repair'], { visibilityTimeout });
    const handler = new ExistingFunction(stack, 'function', functionProps(values));
    const made = new Consumer(stack, 'consumer', {
      ...{ queue, handler },
      batchSize: values.number('batch_size'),
      maximumConcurrency: values.number('maximum_concurrency'),
    });
    requireVisibility(made);
    handler.alarmWhenFailing(
      'The consumer fails: whole batches come back, and are parked in the end.',
      values.list('alarm_actions'),
    );
    return {
      event_source_mapping_uuid: { value: made.mappingUuid, description: 'What feeds the function from the queue.' },
    };
  },
  example: `module "receipts_consumer" {
  source = "./consumer"

  name                = "receipts"
  main_queue_arn      = aws_sqs_queue.receipts["main"].arn
  repair_queue_arn    = aws_sqs_queue.receipts["repair"].arn
  visibility_timeout  = aws_sqs_queue.receipts["main"].visibility_timeout_seconds
  function_arn        = "arn:aws:lambda:eu-central-1:111111111111:function:receipts"
  function_role_name  = "receipts"
  function_timeout    = 30
  maximum_concurrency = 5
}`,
  exampleSurroundings: `# Queues of your own.
resource "aws_sqs_queue" "receipts" {
  for_each                   = toset(["main", "repair"])
  name                       = "receipts-\${each.key}"
  visibility_timeout_seconds = 180
}`,
};
