import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { TieredQueue } from '../../modules/tiered-queue';
import { rules } from '../../modules/tiered-queue/props';
import {
  alarmVariables,
  allowedBy,
  FIFO,
  keyVariable,
  policyOf,
  STRICT_ORDER,
  type TerraformModule,
  type Values,
  type Variable,
} from './definition';

/** What every module with a queue asks for. */
export const queueVariables = {
  visibility_timeout: {
    type: 'number',
    description:
      'Seconds that a received message stays hidden, 0 to 43,200: at least 6 times the consumer\'s time-out (Lambda guide, "Using Lambda with Amazon SQS").',
    default: 180,
    allowed: allowedBy(rules, 'visibilityTimeout'),
  },
  max_receive_count: {
    type: 'number',
    description:
      'Receives before SQS parks a message, 1 to 1,000; Lambda advises 5 or more. With strict_order it is 1,000, whatever stands here.',
    default: 5,
    allowed: allowedBy(rules, 'maxReceiveCount'),
  },
  message_retention: {
    type: 'number',
    description:
      'Seconds that the main queue keeps a message, 60 to 1,209,599, so that the dead letters outlive their source. With strict_order it is the longest, whatever stands here.',
    default: 345_600,
    allowed: allowedBy(rules, 'messageRetention'),
  },
  delivery_delay: {
    type: 'number',
    description: 'Seconds before a new message can be received, 0 to 900.',
    default: 0,
    allowed: allowedBy(rules, 'deliveryDelay'),
  },
  max_message_size: {
    type: 'number',
    description:
      'Bytes that a message of the main queue may have with its attributes, 1,024 to 1,038,336; the rest of the 1,048,576 of SQS is for the reason that goes along to repair.',
    default: 262_144,
    allowed: allowedBy(rules, 'maxMessageSize'),
  },
  maximum_age: {
    type: 'number',
    description: 'Seconds that the oldest message of the main queue may wait before the alarm, 60 or more.',
    default: 900,
    allowed: allowedBy(rules, 'maximumAge'),
  },
  maximum_depth: {
    type: 'number',
    description: 'Messages in the main queue before the alarm, 1 or more.',
    default: 1000,
    allowed: allowedBy(rules, 'maximumDepth'),
  },
  [FIFO]: {
    type: 'bool',
    description: 'FIFO: order per message group, duplicates dropped for 5 minutes; the names end in .fifo.',
    default: false,
  },
  [STRICT_ORDER]: {
    type: 'bool',
    description:
      'FIFO only: nothing is parked, so nothing of its group goes past a message that fails; poison goes to repair. A consumer of the kit then takes RECEIVES_PER_ROUND = "5" in its environment.',
    default: false,
  },
  sender_topic_arn: {
    type: 'string',
    description: 'ARN of an SNS topic that may send to the main queue; * may stand in it. Default: none may.',
    default: null,
    allowed: { pattern: /^arn:aws[a-z-]*:sns:[a-z0-9*-]+:[0-9*]+:[\w.*-]+$/ },
  },
  sender_rule_arn: {
    type: 'string',
    description: 'ARN of an EventBridge rule that may send to the main queue; * may stand in it. Default: none may.',
    default: null,
    allowed: { pattern: /^arn:aws[a-z-]*:events:[a-z0-9*-]+:[0-9*]+:rule\/[\w./*-]+$/ },
  },
  ...alarmVariables,
  ...keyVariable,
} satisfies Record<string, Variable>;

/** Strict order without FIFO is refused by the queue, when Terraform plans. */
const isStrict = (values: Values) => values.on(FIFO) && values.on(STRICT_ORDER);

export const queueProps = (values: Values) => ({
  fifo: values.on(FIFO),
  ...(isStrict(values)
    ? { strictOrder: true }
    : {
        maxReceiveCount: values.number('max_receive_count'),
        messageRetention: values.number('message_retention'),
      }),
  visibilityTimeout: values.number('visibility_timeout'),
  deliveryDelay: values.number('delivery_delay'),
  maxMessageSize: values.number('max_message_size'),
  maximumAge: values.number('maximum_age'),
  maximumDepth: values.number('maximum_depth'),
  alarmActions: values.list('alarm_actions'),
  kmsKeyArn: values.kmsKeyArn,
});

/** Who may send to the queue, besides roles of its account. */
export const senderOptions = { topic: 'var.sender_topic_arn != null', rule: 'var.sender_rule_arn != null' } as const;

export function allowSenders(queue: TieredQueue, values: Values): void {
  if (values.on('topic')) queue.allowTopic({ arn: values.text('sender_topic_arn') });
  if (values.on('rule')) queue.allowRule({ arn: values.text('sender_rule_arn') });
}

/** What the construct refuses of values that it knows, Terraform refuses of these. */
export function requireFifo(queue: TieredQueue): void {
  (queue.node.findChild('main') as SqsQueue).addOverride('lifecycle.precondition', [
    {
      condition: '${var.fifo || !var.strict_order}',
      error_message: 'strict_order is for FIFO queues: a standard queue keeps no order. Set fifo, or leave it out.',
    },
  ]);
}

export const queueOutputs = (queue: TieredQueue) =>
  Object.fromEntries(
    (['main', 'parked', 'repair'] as const).flatMap((tier) =>
      (['arn', 'url', 'name'] as const).map((attribute) => [
        `${tier}_queue_${attribute}`,
        {
          value: queue[tier][attribute],
          description: `The ${tier} queue's ${attribute === 'name' ? attribute : attribute.toUpperCase()}.`,
        },
      ]),
    ),
  );

export const tieredQueue: TerraformModule = {
  name: 'tiered-queue',
  hadHashes: true,
  options: senderOptions,
  what: 'A queue with two tiers of dead letters: SQS parks what was received too often, the consumer sends what is wrong in itself to repair. Encrypted, TLS only, with alarms on age and depth of every tier.',
  variables: {
    name: {
      type: 'string',
      description:
        'Name of the main queue; the tiers are NAME-parked and NAME-repair. 1 to 73 letters, digits, hyphens, underscores (80 with the suffix).',
      allowed: { pattern: /^[A-Za-z0-9_-]{1,73}$/ },
    },
    ...queueVariables,
  },
  build: (stack, values) => {
    const queue = new TieredQueue(stack, 'queue', {
      queueName: values.text('name'),
      ...queueProps(values),
    });
    requireFifo(queue);
    allowSenders(queue, values);
    return {
      ...queueOutputs(queue),
      send_policy: {
        value: policyOf((grantee) => queue.grantSend(grantee)),
        description: 'Policy document (JSON) for who sends to the main queue.',
      },
      consume_policy: {
        value: policyOf((grantee) => queue.grantConsume(grantee)),
        description: 'Policy document (JSON) for who receives from the main queue and sends to repair.',
      },
    };
  },
  example: `module "orders" {
  source = "./tiered-queue"

  name          = "orders"
  alarm_actions = [aws_sns_topic.on_call.arn]
}

resource "aws_iam_role_policy" "shop" {
  role   = aws_iam_role.shop.name
  policy = module.orders.send_policy
}`,
  exampleSurroundings: `resource "aws_sns_topic" "on_call" {
  name = "on-call"
}

resource "aws_iam_role" "shop" {
  name = "shop"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}`,
};
