import type { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { EventBus } from '../../modules/event-bus';
import { EventRule } from '../../modules/event-bus/event-rule';
import { targetRules } from '../../modules/event-bus/props';
import type { Invocable } from '../../modules/lambda-function';
import { alarmVariables, allowedBy, keyVariable, policyOf, type TerraformModule } from './definition';
import { FUNCTION_ARN } from './function';

export const eventBus: TerraformModule = {
  name: 'event-bus',
  what: 'An EventBridge bus with an archive that events can be replayed from. Each rule is an event-rule, with a dead-letter queue of its own.',
  variables: {
    name: {
      type: 'string',
      description:
        'Name of the bus: 1 to 48 letters, digits, dots, hyphens, underscores; AWS has its own by the name of default.',
      allowed: { pattern: /^[.\w-]{1,48}$/ },
    },
    archive_days: {
      type: 'number',
      description: 'Days that events are kept for a replay: 1 or more, or 0 for ever.',
      default: 14,
      allowed: { least: 0, most: Number.POSITIVE_INFINITY },
    },
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const bus = new EventBus(stack, 'events', {
      busName: values.text('name'),
      account: new DataAwsCallerIdentity(stack, 'current').accountId,
      region: new DataAwsRegion(stack, 'here').id,
      archive: { retentionDays: values.number('archive_days') },
      ...(values.kmsKeyArn && { kmsKeyArn: values.kmsKeyArn }),
      alarmActions: values.list('alarm_actions'),
    });
    return {
      bus_name: { value: bus.busName, description: "The bus's name." },
      bus_arn: { value: bus.arn, description: "The bus's ARN." },
      archive_arn: { value: bus.archiveArn ?? '', description: 'What a replay starts from.' },
      put_policy: {
        value: policyOf((grantee) => bus.grantPut(grantee)),
        description: 'Policy document (JSON) for who puts events.',
      },
      replay_policy: {
        value: policyOf((grantee) => bus.grantReplay(grantee)),
        description: 'Policy document (JSON) for who replays them.',
      },
    };
  },
  example: `module "events" {
  source = "./event-bus"

  name = "shop"
}`,
  exampleSurroundings: `output "bus" {
  value = module.events.bus_name
}`,
};

export const eventRule: TerraformModule = {
  name: 'event-rule',
  what: "One rule of a bus with one target, a queue or a function, and a dead-letter queue that keeps what EventBridge couldn't deliver and rings. A queue of one's own opens its policy for the rule: sender_rule_arn of tiered-queue.",
  options: { function: 'var.function_arn != null' },
  variables: {
    name: {
      type: 'string',
      description:
        'Name of the rule: 1 to 58 letters, digits, hyphens, underscores, so that NAME-target-undelivered fits into the 80 of a queue.',
      allowed: { pattern: /^[\w-]{1,58}$/ },
    },
    bus_name: {
      type: 'string',
      description: 'Name of the bus.',
      allowed: { pattern: /^[./\w-]{1,256}$/ },
    },
    event_pattern: {
      type: 'string',
      description: 'Which events (JSON).',
      allowed: { pattern: /^\{.*\}$/ },
    },
    queue_arn: {
      type: 'string',
      description: 'ARN of the standard queue that gets the events. Default: function_arn gets them.',
      default: null,
      allowed: { pattern: /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/ },
    },
    function_arn: {
      type: 'string',
      description: 'ARN of a function that gets the events instead. Default: queue_arn gets them.',
      default: null,
      allowed: { pattern: FUNCTION_ARN },
    },
    maximum_event_age: {
      type: 'number',
      description: 'Seconds that a delivery is retried, 60 to 86,400.',
      default: 86_400,
      allowed: allowedBy(targetRules, 'maximumEventAge'),
    },
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const busName = values.text('bus_name');
    const props = {
      ...{ busName, kmsKeyArn: values.kmsKeyArn, alarmActions: values.list('alarm_actions') },
      account: new DataAwsCallerIdentity(stack, 'current').accountId,
      region: new DataAwsRegion(stack, 'here').id,
    };
    // What stands here as the pattern is put over below.
    const rule = new EventRule(
      stack,
      'events',
      { busName, archivesAll: false, props } as ConstructorParameters<typeof EventRule>[2],
      {
        ruleName: values.text('name'),
        pattern: { source: ['*'] },
      },
    );
    const maximumEventAge = values.number('maximum_event_age');
    const functionArn = values.text('function_arn');
    const undelivered = values.on('function')
      ? rule.toFunction('target', { arn: functionArn, functionName: functionArn } as Invocable, { maximumEventAge })
      : rule.toQueue(
          'target',
          { main: { arn: values.text('queue_arn'), url: '', name: '' }, fifo: false },
          { maximumEventAge },
        );
    const made = rule.node.findChild('rule') as CloudwatchEventRule;
    made.eventPattern = values.text('event_pattern');
    made.addOverride('lifecycle.precondition', [
      {
        condition: `\${(var.queue_arn == null) != (var.function_arn == null)}`,
        error_message: 'Set one of queue_arn and function_arn.',
      },
    ]);
    return {
      rule_arn: { value: rule.arn, description: "The rule's ARN." },
      undelivered_queue_arn: { value: undelivered.arn, description: "The dead-letter queue's ARN." },
      undelivered_queue_url: { value: undelivered.url, description: "The dead-letter queue's URL." },
    };
  },
  example: `module "paid" {
  source = "./event-rule"

  name          = "paid"
  bus_name      = "shop"
  event_pattern = jsonencode({ detail-type = ["paid"] })
  queue_arn     = aws_sqs_queue.billing.arn
}`,
  exampleSurroundings: `# A queue of your own, whose policy lets the rule send.
resource "aws_sqs_queue" "billing" {
  name = "billing"
}`,
};
