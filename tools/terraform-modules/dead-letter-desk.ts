import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Lazy } from 'cdktf';
import { DeadLetterDesk } from '../../modules/dead-letter-desk';
import { attachQueue } from '../../modules/dead-letter-desk/attach';
import { rules } from '../../modules/dead-letter-desk/props';
import type { Grantee } from '../../modules/lambda-function';
import { alarmVariables, allowedBy, keyVariable, policyOf, type TerraformModule, type Variable } from './definition';
import { QUEUE_ARN, QUEUE_URL } from './existing-queue';
import { FUNCTION_ARN } from './function';

export const deadLetterDesk: TerraformModule = {
  name: 'dead-letter-desk',
  what: 'Keeps dead letters for longer than SQS does, where the command spillway dead-letters finds, groups, mends and sends them again in waves. Each queue is attached by a dead-letter-desk-queue.',
  variables: {
    name: {
      type: 'string',
      description:
        'Name of the table; its functions are NAME-keeper and NAME-worker: 3 to 47 letters, digits, hyphens, underscores.',
      allowed: allowedBy(rules, 'deskName'),
    },
    keep_days: {
      type: 'number',
      description:
        'Days that a letter is kept after it was closed, 1 to 3,650; an open one is kept until somebody closes it.',
      default: 400,
      allowed: allowedBy(rules, 'keepDays'),
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
    const desk = new DeadLetterDesk(stack, 'desk', {
      deskName: values.text('name'),
      account: new DataAwsCallerIdentity(stack, 'current').accountId,
      queues: [],
      keepDays: values.number('keep_days'),
      deletionProtection: values.flag('deletion_protection'),
      logRetentionDays: values.number('log_retention_days'),
      alarmActions: values.list('alarm_actions'),
      ...(values.kmsKeyArn && { kmsKeyArn: values.kmsKeyArn }),
    });
    return {
      table_name: { value: desk.tableName, description: 'The table that letters are kept in.' },
      keeper_function_arn: { value: desk.keeper.arn, description: 'The function that takes letters in.' },
      keeper_role_name: { value: desk.keeper.roleName ?? '', description: 'Name of its role.' },
      worker_role_name: {
        value: desk.worker.roleName ?? '',
        description: 'Name of the role of the function that sends letters again.',
      },
    };
  },
  example: `module "desk" {
  source = "./dead-letter-desk"

  name = "letters"
}`,
  exampleSurroundings: `output "table" {
  value = module.desk.table_name
}`,
};

const roleName = (description: string): Variable => ({
  type: 'string',
  description,
  allowed: { pattern: /^[\w+=,.@-]{1,64}$/ },
});

export const deadLetterDeskQueue: TerraformModule = {
  name: 'dead-letter-desk-queue',
  what: 'Attaches one queue of dead letters to a desk: whatever lies in it is taken in, and can be sent again. Whoever made the queue stays its owner. Its visibility timeout is at least 30 s.',
  options: {
    send_to: 'var.send_to_queue_arn != null',
    parked: 'var.parked_queue_arn != null',
    canary: 'var.canary_function_arn != null',
  },
  variables: {
    name: {
      type: 'string',
      description: 'Of this queue, unique in the desk: 1 to 40 lower-case letters, digits, hyphens.',
      allowed: { pattern: /^[a-z0-9-]{1,40}$/ },
    },
    desk_table_name: {
      type: 'string',
      description: "The desk's table.",
      allowed: allowedBy(rules, 'deskName'),
    },
    keeper_function_arn: {
      type: 'string',
      description: "ARN of the desk's keeper.",
      allowed: { pattern: FUNCTION_ARN },
    },
    keeper_role_name: roleName("Name of the keeper's role, not its ARN: it gets a policy for the queue."),
    worker_role_name: roleName("Name of the worker's role, not its ARN: it gets a policy for the queues."),
    dead_letter_queue_arn: {
      type: 'string',
      description: 'ARN of the queue of dead letters.',
      allowed: { pattern: QUEUE_ARN },
    },
    send_to_queue_arn: {
      type: 'string',
      description:
        'ARN of the queue that they are sent to again. Default: they are looked at, kept, set aside or discarded.',
      default: null,
      allowed: { pattern: QUEUE_ARN },
    },
    send_to_queue_url: {
      type: 'string',
      description: 'URL of the same. Default: nowhere.',
      default: null,
      allowed: { pattern: QUEUE_URL },
    },
    parked_queue_arn: {
      type: 'string',
      description:
        'ARN of the queue that SQS parks in, if that is another than dead_letter_queue_arn: somebody is told before SQS deletes what lies there. Default: nobody looks.',
      default: null,
      allowed: { pattern: QUEUE_ARN },
    },
    canary_function_arn: {
      type: 'string',
      description:
        "ARN of the function that says whether the consumer's dependency works; red keeps anything from being released. Default: nobody is asked.",
      default: null,
      allowed: { pattern: FUNCTION_ARN },
    },
    ...keyVariable,
  },
  build: (stack, values) => {
    const { kmsKeyArn } = values;
    const policy = (id: string): Grantee => {
      const grants: Parameters<Grantee['grant']>[] = [];
      return {
        grant(...grant) {
          if (grants.length === 0)
            new IamRolePolicy(stack, id, {
              name: `${values.text('name')}-dead-letters`,
              role: values.text(`${id}_role_name`),
              policy: Lazy.stringValue({
                produce: () => policyOf((grantee) => grants.forEach((each) => void grantee.grant(...each))),
              }),
            });
          grants.push(grant);
        },
      };
    };
    const desk = {
      tableName: values.text('desk_table_name'),
      keeper: { arn: values.text('keeper_function_arn'), ...policy('keeper') },
      worker: policy('worker'),
    };
    attachQueue(stack, desk, {
      id: 'queue',
      deadLetters: { arn: values.text('dead_letter_queue_arn'), kmsKeyArn },
      ...(values.on('send_to') && {
        sendTo: { arn: values.text('send_to_queue_arn'), url: values.text('send_to_queue_url'), kmsKeyArn },
      }),
      ...(values.on('parked') && { parked: { arn: values.text('parked_queue_arn') } }),
      ...(values.on('canary') && { canary: { handler: { arn: values.text('canary_function_arn') } } }),
    });
    // Lambda looks whether the function may read the queue when the mapping is made.
    const { friendlyUniqueId, terraformResourceType } = stack.node.findChild('keeper') as IamRolePolicy;
    (stack.node.findChild('queue-mapping') as LambdaEventSourceMapping).dependsOn = [
      `${terraformResourceType}.${friendlyUniqueId}`,
    ];
    return {};
  },
  example: `module "receipts_letters" {
  source = "./dead-letter-desk-queue"

  name                  = "receipts"
  desk_table_name       = "letters"
  keeper_function_arn   = "arn:aws:lambda:eu-central-1:111111111111:function:letters-keeper"
  keeper_role_name      = "letters-keeper"
  worker_role_name      = "letters-worker"
  dead_letter_queue_arn = aws_sqs_queue.receipts_dead.arn
}`,
  exampleSurroundings: `# A queue of your own.
resource "aws_sqs_queue" "receipts_dead" {
  name                      = "receipts-dead"
  message_retention_seconds = 1209600
}`,
};
