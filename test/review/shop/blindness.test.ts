import { arn } from '../small-plan';
import { ALARM, FUNCTION, GRANTS, grants, QUEUE, whatItSays } from './shop';

const TOPIC_ADDRESS = 'aws_sns_topic.events';
const STAGE = 'aws_apigatewayv2_stage.live';
const LOGGING = {
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: `${arn('logs', 'log-group')}:/aws/lambda/consumer:*`,
};

whatItSays('blindness', [
  [
    'another metric',
    (shop) => shop.update(ALARM, { metric_name: 'ApproximateNumberOfMessagesDelayed' }),
    ['high blind/alarm-loosened aws_cloudwatch_metric_alarm.orders_age'],
  ],
  [
    'another queue',
    (shop) => shop.update(ALARM, { dimensions: { QueueName: 'shipping' } }),
    ['high blind/alarm-loosened aws_cloudwatch_metric_alarm.orders_age'],
  ],
  [
    'the other direction',
    (shop) => shop.update(ALARM, { comparison_operator: 'LessThanThreshold' }),
    ['high blind/alarm-loosened aws_cloudwatch_metric_alarm.orders_age'],
  ],
  [
    'a weaker statistic',
    (shop) => shop.update(ALARM, { statistic: '', extended_statistic: 'p50' }),
    ['medium blind/alarm-loosened aws_cloudwatch_metric_alarm.orders_age'],
  ],
  [
    'the pager is not told',
    (shop) =>
      shop
        .was(ALARM, { alarm_actions: [arn('sns', 'ops'), arn('sns', 'pager')] })
        .update(ALARM, { alarm_actions: [arn('sns', 'ops')] }),
    ['high blind/alarm-loosened aws_cloudwatch_metric_alarm.orders_age'],
  ],
  [
    'somebody else is told',
    (shop) => shop.update(ALARM, { alarm_actions: [arn('sns', 'nobody')] }),
    ['high blind/alarm-loosened aws_cloudwatch_metric_alarm.orders_age'],
  ],
  [
    'the queue gets another name, and the alarm with it',
    (shop) =>
      shop
        .replace(QUEUE, { name: 'orders-v2' }, { id: true, arn: true, url: true })
        .update(ALARM, { dimensions: { QueueName: 'orders-v2' } }),
    ['critical loss/replaced aws_sqs_queue.orders'],
  ],
  [
    'only errors of a workflow',
    (shop) => shop.update('aws_sfn_state_machine.saga', { logging_configuration: [{ level: 'ERROR' }] }),
    ['low blind/tracing-removed aws_sfn_state_machine.saga'],
  ],
  [
    'only what is fatal in a function',
    (shop) =>
      shop
        .was(FUNCTION, { logging_config: [{ application_log_level: 'INFO' }] })
        .update(FUNCTION, { logging_config: [{ application_log_level: 'FATAL' }] }),
    ['medium blind/tracing-removed aws_lambda_function.consumer'],
  ],
  [
    'only errors of a function whose level was not written',
    (shop) =>
      shop
        .was(FUNCTION, { logging_config: [{ log_format: 'JSON' }] })
        .update(FUNCTION, { logging_config: [{ log_format: 'JSON', application_log_level: 'ERROR' }] }),
    ['low blind/tracing-removed aws_lambda_function.consumer'],
  ],
  [
    'the level of a function that was DEBUG is written no more',
    (shop) =>
      shop
        .was(FUNCTION, { logging_config: [{ log_format: 'JSON', application_log_level: 'DEBUG' }] })
        .update(FUNCTION, { logging_config: [{ log_format: 'JSON' }] }),
    ['low blind/tracing-removed aws_lambda_function.consumer'],
  ],
  [
    'a function may no longer write its log',
    (shop) =>
      shop
        .was(GRANTS, { policy: JSON.stringify({ Statement: [...grants(), LOGGING] }) })
        .update(GRANTS, { policy: JSON.stringify({ Statement: grants() }) }),
    ['medium blind/logs-removed aws_iam_role_policy.consumer'],
  ],
  [
    'a function may write every log instead of its own',
    (shop) =>
      shop.was(GRANTS, { policy: JSON.stringify({ Statement: [...grants(), LOGGING] }) }).update(GRANTS, {
        policy: JSON.stringify({ Statement: [...grants(), { ...LOGGING, Resource: `${arn('logs', 'log-group')}:*` }] }),
      }),
    [],
  ],
  [
    'failed deliveries of a topic and calls of an API are no longer logged, the network no longer recorded',
    (shop) =>
      shop
        .was(TOPIC_ADDRESS, { sqs_failure_feedback_role_arn: 'arn:aws:iam::111122223333:role/feedback' })
        .update(TOPIC_ADDRESS, { sqs_failure_feedback_role_arn: '' })
        .also(STAGE, { id: 'live', access_log_settings: [{ destination_arn: arn('logs', 'log-group:api') }] })
        .update(STAGE, { access_log_settings: [] })
        .also('aws_flow_log.shop', { id: 'fl-1' })
        .remove('aws_flow_log.shop'),
    [
      `low blind/monitoring-reduced ${STAGE}`,
      'low blind/monitoring-reduced aws_flow_log.shop',
      `low blind/monitoring-reduced ${TOPIC_ADDRESS}`,
    ],
  ],
]);
