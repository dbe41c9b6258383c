import { everyStack } from './every-stack';

/** What a service takes: characters, and how many of them. What is known only after `apply` counts as one letter. */
interface Limit {
  readonly characters: RegExp;
  readonly most: number;
}
const limit = (characters: RegExp, most: number): Limit => ({ characters, most });

const WORD = /^[\w-]*$/;
const PRINTABLE = /^[\x20-\x7e\xa1-\xff]*$/;
/** Source: EC2 API, CreateSecurityGroup and IpPermission; no apostrophe among them. */
const SECURITY_GROUP = limit(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=;{}!$*]*$/, 255);
/** Tags that every service takes. Source: AWS General Reference, "Tag naming limits and requirements". */
const TAG = limit(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, 256);

/** `<type>.<attribute>` → what its service takes, with the operation whose reference says so. */
const LIMITS: Readonly<Record<string, Limit>> = {
  'aws_apigatewayv2_api.name': limit(PRINTABLE, 128), // API Gateway v2, CreateApi
  'aws_apigatewayv2_authorizer.name': limit(PRINTABLE, 128), // CreateAuthorizer
  'aws_apigatewayv2_integration.description': limit(PRINTABLE, 1024), // CreateIntegration
  'aws_apigatewayv2_stage.name': limit(/^(\$default|[\w-]+)$/, 128), // CreateStage
  'aws_cloudfront_origin_access_control.name': limit(WORD, 64), // CloudFront, OriginAccessControlConfig
  'aws_cloudfront_response_headers_policy.name': limit(WORD, 128), // ResponseHeadersPolicyConfig
  'aws_cloudwatch_dashboard.dashboard_name': limit(WORD, 255), // CloudWatch, PutDashboard
  'aws_cloudwatch_event_rule.description': limit(PRINTABLE, 512), // EventBridge, PutRule
  'aws_cloudwatch_event_rule.name': limit(/^[\w.-]+$/, 64), // PutRule
  'aws_cloudwatch_log_group.name': limit(/^[\w./#-]+$/, 512), // CloudWatch Logs, CreateLogGroup
  'aws_cloudwatch_log_metric_filter.name': limit(/^[^:*]+$/, 512), // PutMetricFilter
  'aws_cloudwatch_log_resource_policy.policy_name': limit(WORD, 255), // PutResourcePolicy
  'aws_cloudwatch_metric_alarm.alarm_description': limit(PRINTABLE, 1024), // CloudWatch, PutMetricAlarm
  'aws_cloudwatch_metric_alarm.alarm_name': limit(PRINTABLE, 255), // PutMetricAlarm
  'aws_cloudwatch_metric_alarm.metric_name': limit(PRINTABLE, 255), // PutMetricAlarm
  'aws_dynamodb_table.name': limit(/^[\w.-]{3,}$/, 255), // DynamoDB, CreateTable
  'aws_iam_role.description': limit(PRINTABLE, 1000), // IAM, CreateRole
  'aws_iam_role.name': limit(/^[\w+=,.@-]+$/, 64), // CreateRole
  'aws_iam_role_policy.name': limit(/^[\w+=,.@-]+$/, 128), // PutRolePolicy
  'aws_kms_alias.name': limit(/^alias\/(?!aws\/)[\w/-]+$/, 256), // KMS, CreateAlias
  'aws_kms_key.description': limit(PRINTABLE, 8192), // CreateKey
  'aws_kinesis_stream.name': limit(/^[\w.-]+$/, 128), // Kinesis, CreateStream
  'aws_lambda_function.description': limit(PRINTABLE, 256), // Lambda, CreateFunction
  'aws_lambda_function.function_name': limit(WORD, 64), // CreateFunction
  'aws_mq_broker.broker_name': limit(WORD, 50), // Amazon MQ, Brokers: createBroker
  'aws_mq_configuration.description': limit(PRINTABLE, 1024), // Configurations
  'aws_mq_configuration.name': limit(/^[\w.~-]+$/, 150), // Configurations
  'aws_scheduler_schedule.description': limit(PRINTABLE, 512), // EventBridge Scheduler, CreateSchedule
  'aws_scheduler_schedule.name': limit(/^[\w.-]+$/, 64), // CreateSchedule
  'aws_secretsmanager_secret.description': limit(PRINTABLE, 2048), // Secrets Manager, CreateSecret
  'aws_secretsmanager_secret.name': limit(/^[\w/+=.@-]+$/, 512), // CreateSecret
  'aws_security_group.description': SECURITY_GROUP,
  'aws_security_group.name': limit(/^(?!sg-)[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/, 255), // EC2, CreateSecurityGroup
  'aws_sfn_state_machine.name': limit(WORD, 80), // Step Functions, CreateStateMachine
  'aws_sns_topic.name': limit(WORD, 256), // SNS, CreateTopic
  'aws_sqs_queue.name': limit(/^[\w-]+(\.fifo)?$/, 80), // SQS, CreateQueue
  'aws_ssm_parameter.description': limit(PRINTABLE, 1024), // Systems Manager, PutParameter
  'aws_ssm_parameter.name': limit(/^\/(?!aws|ssm)[\w.-]+(\/[\w.-]+){0,14}$/i, 1011), // PutParameter
  'aws_vpc_security_group_egress_rule.description': SECURITY_GROUP,
  'aws_vpc_security_group_ingress_rule.description': SECURITY_GROUP,
};

/** Names by which one resource speaks of another, which is held to its own. */
const REFERENCES = new Set(['function_name', 'service_name', 'log_group_name', 'table_name']);

const known = (text: string) => text.replaceAll(/\$\{[^}]*\}/g, 'x');
const isNamed = (attribute: string) => /(^|_)(name|description)$/.test(attribute);

const texts = everyStack().flatMap(({ name: stack, resource }) =>
  Object.entries(resource).flatMap(([type, byId]) =>
    Object.entries(byId).flatMap(([id, attributes]) =>
      Object.entries(attributes).flatMap(([attribute, value]) => {
        const where = `${stack}: ${type}.${id}`;
        if (attribute === 'tags')
          return Object.values(value as Record<string, string>).map((text) => ({ where, kind: 'tag', text }));
        return typeof value === 'string' && isNamed(attribute)
          ? [{ where, kind: `${type}.${attribute}`, text: known(value) }]
          : [];
      }),
    ),
  ),
);
const limitOf = (kind: string) => (kind === 'tag' ? TAG : LIMITS[kind]);

test('every name, description and tag is one that its service takes', () => {
  const refused = texts.flatMap(({ where, kind, text }) => {
    const { characters, most } = limitOf(kind) ?? {};
    return characters?.test(text) === false || text.length > (most ?? text.length) ? [`${where}: "${text}"`] : [];
  });
  expect(texts.length).toBeGreaterThan(1000);
  expect(refused).toEqual([]);
});

test('what a new kind of name may look like is written down here before it is deployed', () => {
  const kinds = new Set(texts.map(({ kind }) => kind));
  const unheld = [...kinds].filter((kind) => !limitOf(kind) && !REFERENCES.has(kind.split('.')[1] ?? ''));
  expect(unheld).toEqual([]);
});
