import type { ResourceType } from './resource-type';

/** Alarms, logs and dashboards. */
export const monitoring = {
  aws_cloudwatch_metric_alarm: {
    attributes: [
      'alarm_name',
      'metric_name',
      'namespace',
      'dimensions',
      'threshold',
      'comparison_operator',
      'evaluation_periods',
      'datapoints_to_alarm',
      'period',
      'statistic',
      'extended_statistic',
      'treat_missing_data',
      'actions_enabled',
      'alarm_actions',
      'metric_query',
    ],
    one: { identity: ['alarm_name'], created: 'over it' },
  },
  aws_cloudwatch_composite_alarm: {
    attributes: ['alarm_name', 'alarm_rule', 'actions_enabled', 'alarm_actions'],
    one: { identity: ['alarm_name'], created: 'over it' },
  },
  aws_cloudwatch_dashboard: {
    attributes: ['dashboard_name'],
    one: { identity: ['dashboard_name'], created: 'over it' },
  },
  aws_cloudwatch_log_group: {
    attributes: ['retention_in_days', 'kms_key_id', 'skip_destroy'],
    names: ['name'],
    key: 'kms_key_id',
    one: { identity: ['name'], created: 'refused' },
  },
  aws_cloudwatch_log_resource_policy: {
    attributes: ['policy_name'],
    one: { identity: ['policy_name'], created: 'over it' },
  },
  aws_cloudwatch_log_account_policy: {
    attributes: ['policy_name', 'policy_type'],
    one: { identity: ['policy_name', 'policy_type'], created: 'over it' },
  },
  aws_cloudwatch_log_data_protection_policy: {
    attributes: ['log_group_name'],
    one: { identity: ['log_group_name'], created: 'over it' },
  },
  aws_cloudwatch_log_destination_policy: {
    attributes: ['destination_name'],
    one: { identity: ['destination_name'], created: 'over it' },
  },
  aws_cloudwatch_log_index_policy: {
    attributes: ['log_group_name'],
    one: { identity: ['log_group_name'], created: 'over it' },
  },
  aws_flow_log: { attributes: [] },
  aws_cloudwatch_log_metric_filter: {
    attributes: ['log_group_name', 'pattern'],
    one: { identity: ['log_group_name', 'name'], created: 'over it' },
  },
  aws_cloudwatch_log_subscription_filter: {
    attributes: ['log_group_name', 'destination_arn'],
    one: { identity: ['log_group_name', 'name'], created: 'over it' },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
