import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import type { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Fn, Token } from 'cdktf';
import { AlarmTopic } from '../../modules/alarm-topic';
import { rules as alarmTopicRules } from '../../modules/alarm-topic/props';
import { Topic } from '../../modules/topic';
import { subscribe } from '../../modules/topic/subscription';
import { alarmVariables, allowedBy, FIFO, keyVariable, policyOf, type TerraformModule } from './definition';
import { lastOf, QUEUE_ARN } from './existing-queue';
import { FUNCTION_ARN } from './function';

const fifo = {
  [FIFO]: {
    type: 'bool',
    description:
      'FIFO: order per message group, duplicates dropped for 5 minutes; only FIFO or standard queues subscribe.',
    default: false,
  },
} as const;

export const alarmTopic: TerraformModule = {
  name: 'alarm-topic',
  what: 'Where alarms go: an SNS topic that only alarms of this account publish to, and only over TLS. Who hears it subscribes by the ARN.',
  variables: {
    name: {
      type: 'string',
      description: 'Name of the topic: 1 to 256 letters, digits, hyphens, underscores.',
      allowed: allowedBy(alarmTopicRules, 'topicName'),
    },
    ...keyVariable,
  },
  build: (stack, values) => {
    const { arn } = new AlarmTopic(stack, 'topic', {
      topicName: values.text('name'),
      account: new DataAwsCallerIdentity(stack, 'current').accountId,
      ...(values.kmsKeyArn && { kmsKeyArn: values.kmsKeyArn }),
    });
    return { topic_arn: { value: arn, description: "The topic's ARN: what other modules take in alarm_actions." } };
  },
  example: `module "alarms" {
  source = "./alarm-topic"

  name = "on-call"
}`,
  exampleSurroundings: `resource "aws_sns_topic_subscription" "on_call" {
  topic_arn = module.alarms.topic_arn
  protocol  = "email"
  endpoint  = "on-call@example.com"
}`,
};

export const topic: TerraformModule = {
  name: 'topic',
  what: 'An SNS topic, encrypted and published to over TLS only, that rings when a message is lost. Each subscriber is a topic-subscription, with a dead-letter queue of its own.',
  variables: {
    name: {
      type: 'string',
      description: 'Name of the topic, to which a FIFO one adds .fifo: 1 to 200 letters, digits, hyphens, underscores.',
      allowed: { pattern: /^[A-Za-z0-9_-]{1,200}$/ },
    },
    ...fifo,
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const made = new Topic(stack, 'topic', {
      topicName: values.text('name'),
      fifo: values.on(FIFO),
      ...(values.kmsKeyArn && { kmsKeyArn: values.kmsKeyArn }),
      alarmActions: values.list('alarm_actions'),
    });
    return {
      topic_arn: { value: made.arn, description: "The topic's ARN." },
      topic_name: { value: made.name, description: "The topic's name on AWS." },
      publish_policy: {
        value: policyOf((grantee) => made.grantPublish(grantee)),
        description: 'Policy document (JSON) for who publishes.',
      },
    };
  },
  example: `module "orders" {
  source = "./topic"

  name = "orders"
}`,
  exampleSurroundings: `output "topic" {
  value = module.orders.topic_arn
}`,
};

export const topicSubscription: TerraformModule = {
  name: 'topic-subscription',
  what: "One subscriber of a topic, a queue or a function, with a dead-letter queue that keeps what SNS couldn't deliver and rings. A queue of one's own opens its policy for the topic: sender_topic_arn of tiered-queue. Several at once: for_each at the call.",
  options: { function: 'var.function_arn != null' },
  variables: {
    name: {
      type: 'string',
      description:
        'What the subscriber is called; the dead-letter queue is TOPIC-NAME-undelivered, of at most 80 characters.',
      allowed: { pattern: /^[A-Za-z0-9_-]{1,60}$/ },
    },
    topic_arn: {
      type: 'string',
      description:
        "ARN of the topic. The dead-letter queue is made in the region of the provider, which must be the topic's.",
      allowed: { pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?$/ },
    },
    queue_arn: {
      type: 'string',
      description: 'ARN of the queue that gets the messages as they are. Default: function_arn gets them.',
      default: null,
      allowed: { pattern: QUEUE_ARN },
    },
    function_arn: {
      type: 'string',
      description:
        "ARN of a function that gets SNS's envelope instead of a queue. Not from a FIFO topic. Default: queue_arn gets them.",
      default: null,
      allowed: { pattern: FUNCTION_ARN },
    },
    filter_policy: {
      type: 'string',
      description: 'Filter policy (JSON): what is delivered. Default: everything.',
      default: null,
      allowed: { pattern: /^\{.*\}$/ },
    },
    filter_policy_scope: {
      type: 'string',
      description: 'MessageAttributes or MessageBody: what filter_policy looks at.',
      default: 'MessageAttributes',
      allowed: { pattern: /^Message(Attributes|Body)$/ },
    },
    ...fifo,
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const isFifo = values.on(FIFO);
    const arn = values.text('topic_arn');
    const subscribed = {
      ...{ arn, fifo: isFifo, kmsKeyArn: values.kmsKeyArn, alarmActions: values.list('alarm_actions') },
      name: Token.asString(Fn.replace(lastOf(arn, 5), '.fifo', '')),
    };
    const name = values.text('name');
    const functionArn = values.text('function_arn');
    const queue =
      values.on('function') && !isFifo
        ? subscribe(
            stack,
            'subscriber',
            subscribed,
            {
              ...{ name, protocol: 'lambda', endpoint: functionArn },
              permission: new LambdaPermission(stack, 'permission', {
                functionName: functionArn,
                action: 'lambda:InvokeFunction',
                principal: 'sns.amazonaws.com',
                sourceArn: arn,
              }),
            },
            {},
          )
        : subscribe(stack, 'subscriber', subscribed, { name, protocol: 'sqs', endpoint: values.text('queue_arn') }, {});
    const subscription = stack.node.findChild('subscriber') as SnsTopicSubscription;
    subscription.addOverride('filter_policy', '${var.filter_policy}');
    subscription.addOverride('filter_policy_scope', '${var.filter_policy != null ? var.filter_policy_scope : null}');
    subscription.addOverride('lifecycle.precondition', [
      {
        condition: `\${(var.queue_arn == null) != (var.function_arn == null)}`,
        error_message: 'Set one of queue_arn and function_arn.',
      },
      {
        condition: `\${!var.fifo || var.function_arn == null}`,
        error_message: 'A FIFO topic delivers to queues only: set queue_arn, and let the queue feed the function.',
      },
    ]);
    return {
      undelivered_queue_arn: { value: queue.arn, description: "The dead-letter queue's ARN." },
      undelivered_queue_url: { value: queue.url, description: "The dead-letter queue's URL." },
    };
  },
  example: `module "billing" {
  source = "./topic-subscription"

  name          = "billing"
  topic_arn     = aws_sns_topic.orders.arn
  queue_arn     = aws_sqs_queue.billing.arn
  filter_policy = jsonencode({ kind = ["paid"] })
}`,
  exampleSurroundings: `# A topic and a queue of your own; the queue's policy lets the topic send.
resource "aws_sns_topic" "orders" {
  name = "orders"
}

resource "aws_sqs_queue" "billing" {
  name = "billing"
}`,
};
