import type { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { HttpIntake } from '../../modules/http-intake';
import { rules } from '../../modules/http-intake/props';
import type { Grantee } from '../../modules/lambda-function';
import { grantSend } from '../../modules/tiered-queue/tiers';
import { alarmVariables, allowedBy, keyVariable, type TerraformModule } from './definition';
import { existingTiers, QUEUE_URL, tierVariable } from './existing-queue';

export const httpIntake: TerraformModule = {
  name: 'http-intake',
  what: 'POST /PATH straight into a standard queue of yours, no code between that could fail. Callers sign their requests (SigV4), or bring tokens of an OpenID Connect issuer; an API that anybody may call is not made.',
  options: { jwt: 'var.jwt_issuer != null' },
  variables: {
    name: {
      type: 'string',
      description:
        "Name of the API, of its role (NAME-intake) and in its log group's: 1 to 57 letters, digits, hyphens, underscores.",
      allowed: allowedBy(rules, 'apiName'),
    },
    ...tierVariable('main'),
    main_queue_url: { type: 'string', description: 'URL of the same.', allowed: { pattern: QUEUE_URL } },
    path: {
      type: 'string',
      description: 'What is posted: invoices makes POST /invoices. 1 to 64 letters, digits, hyphens, underscores.',
      allowed: allowedBy(rules, 'path'),
    },
    jwt_issuer: {
      type: 'string',
      description:
        'The https URL of an OpenID Connect issuer, whose tokens callers bring. Default: callers sign their requests.',
      default: null,
      allowed: { pattern: /^https:\/\/.+/ },
    },
    jwt_audience: {
      type: 'list(string)',
      description: 'Who the tokens are for: at least one, where there is a jwt_issuer.',
      default: [],
    },
    throttle_rate: {
      type: 'number',
      description: 'Requests a second over time, 1 to 10,000.',
      default: 100,
      allowed: allowedBy(rules, 'throttleRate'),
    },
    throttle_burst: {
      type: 'number',
      description: 'Requests at once above the rate, 1 to 5,000.',
      default: 200,
      allowed: allowedBy(rules, 'throttleBurst'),
    },
    log_retention_days: {
      type: 'number',
      description: 'Days that access logs are kept.',
      default: 365,
      allowed: allowedBy(rules, 'logRetentionDays'),
    },
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const { kmsKeyArn } = values;
    const tiers = existingTiers(values, ['main']);
    const queue = { ...tiers, main: { ...tiers.main, url: values.text('main_queue_url') } };
    const intake = new HttpIntake(stack, 'intake', {
      apiName: values.text('name'),
      queue: { ...queue, grantSend: (grantee: Grantee) => grantSend(queue, grantee) },
      path: values.text('path'),
      authorization: values.on('jwt')
        ? { kind: 'jwt', issuer: values.text('jwt_issuer'), audience: values.list('jwt_audience') }
        : { kind: 'iam' },
      throttleRate: values.number('throttle_rate'),
      throttleBurst: values.number('throttle_burst'),
      logRetentionDays: values.number('log_retention_days'),
      alarmActions: values.list('alarm_actions'),
      ...(kmsKeyArn && { kmsKeyArn }),
    });
    (intake.node.findChild('api') as Apigatewayv2Api).addOverride('lifecycle.precondition', [
      {
        condition: `\${var.jwt_issuer == null || length(var.jwt_audience) > 0}`,
        error_message: 'Set jwt_audience: without one, every token of the issuer would do.',
      },
    ]);
    return { url: { value: intake.url, description: 'Address of the API; PATH follows.' } };
  },
  example: `module "orders_api" {
  source = "./http-intake"

  name           = "orders"
  path           = "orders"
  main_queue_arn = aws_sqs_queue.orders.arn
  main_queue_url = aws_sqs_queue.orders.url
}`,
  exampleSurroundings: `# A queue of your own.
resource "aws_sqs_queue" "orders" {
  name = "orders"
}`,
};
