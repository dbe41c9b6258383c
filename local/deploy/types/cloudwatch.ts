import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteMetricFilterCommand,
  DeleteResourcePolicyCommand,
  DeleteRetentionPolicyCommand,
  PutMetricFilterCommand,
  PutResourcePolicyCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Configuration } from '../configuration';
import { put, type ResourceType, type Target } from '../resource-type';

const dimensions = (configuration: Configuration) => {
  const given = configuration.get<Record<string, string>>('dimensions');
  return given && Object.entries(given).map(([Name, Value]) => ({ Name, Value }));
};

const ACTIONS = ['actions_enabled', 'alarm_actions', 'ok_actions>OKActions', 'insufficient_data_actions'] as const;

/** A metric query: an expression, or a metric with the statistic that is asked of it. */
function query(configuration: Configuration) {
  const metric = configuration.block('metric');
  return {
    ...configuration.pascal<object>('id', 'expression', 'label', 'return_data', 'period'),
    Id: configuration.need('id'),
    MetricStat: metric && {
      Metric: { ...metric.pascal<object>('namespace', 'metric_name'), Dimensions: dimensions(metric) },
      ...metric.pascal<object>('period', 'stat', 'unit'),
      Period: metric.need<number>('period'),
      Stat: metric.need('stat'),
    },
  };
}

async function alarmAttributes(name: string, target: Target) {
  const wanted = { AlarmNames: [name], AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] };
  const { MetricAlarms = [], CompositeAlarms = [] } = await target
    .client(CloudWatchClient)
    .send(new DescribeAlarmsCommand(wanted));
  return { id: name, alarm_name: name, arn: [...MetricAlarms, ...CompositeAlarms][0]?.AlarmArn };
}

const removeAlarm: ResourceType['delete'] = async ({ alarm_name }, target) => {
  await target.client(CloudWatchClient).send(new DeleteAlarmsCommand({ AlarmNames: [alarm_name as string] }));
};

const metricAlarm = put(
  ['alarm_name'],
  async (configuration, target) => {
    const queries = configuration.blocks('metric_query');
    await target.client(CloudWatchClient).send(
      new PutMetricAlarmCommand({
        ...configuration.pascal<PutMetricAlarmCommandInput>(
          'alarm_name', 'alarm_description', 'comparison_operator', 'evaluation_periods', 'threshold', 'metric_name', 'namespace', 'period',
          'statistic', 'extended_statistic', 'unit', 'datapoints_to_alarm', 'treat_missing_data', 'threshold_metric_id',
          'evaluate_low_sample_count_percentiles>EvaluateLowSampleCountPercentile', ...ACTIONS,
        ), // biome-ignore format: a list
        Dimensions: dimensions(configuration),
        Metrics: queries.length > 0 ? queries.map(query) : undefined,
      }),
    );
    return alarmAttributes(configuration.need('alarm_name'), target);
  },
  removeAlarm,
);

const compositeAlarm = put(
  ['alarm_name'],
  async (configuration, target) => {
    const name = configuration.need('alarm_name');
    const suppressor = configuration.block('actions_suppressor');
    await target.client(CloudWatchClient).send(
      new PutCompositeAlarmCommand({
        AlarmName: name,
        AlarmRule: configuration.need('alarm_rule'),
        ...configuration.pascal<object>('alarm_description', ...ACTIONS),
        ...suppressor?.pascal<object>(
          'alarm>ActionsSuppressor',
          'wait_period>ActionsSuppressorWaitPeriod',
          'extension_period>ActionsSuppressorExtensionPeriod',
        ),
      }),
    );
    return alarmAttributes(name, target);
  },
  removeAlarm,
);

const dashboard = put(
  ['dashboard_name'],
  async (configuration, target) => {
    const DashboardName = configuration.need('dashboard_name');
    const DashboardBody = configuration.need('dashboard_body');
    await target.client(CloudWatchClient).send(new PutDashboardCommand({ DashboardName, DashboardBody }));
    return { id: DashboardName, dashboard_name: DashboardName };
  },
  async ({ dashboard_name }, target) => {
    const found = { DashboardNames: [dashboard_name as string] };
    await target.client(CloudWatchClient).send(new DeleteDashboardsCommand(found));
  },
);

async function setRetention(configuration: Configuration, logGroupName: string, target: Target): Promise<void> {
  const retentionInDays = configuration.get<number>('retention_in_days');
  const logs = target.client(CloudWatchLogsClient);
  if (retentionInDays) await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  else await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
}

const logGroup: ResourceType = {
  identity: ['name', 'kms_key_id', 'log_group_class'],
  async create(configuration, target) {
    const logGroupName = configuration.need('name');
    const given = configuration.camel<object>('kms_key_id', 'log_group_class');
    const logs = target.client(CloudWatchLogsClient);
    try {
      await logs.send(new CreateLogGroupCommand({ logGroupName, ...given }));
    } catch (error) {
      // A function that ran before its group was deployed has made it already.
      if ((error as Error).name !== 'ResourceAlreadyExistsException') throw error;
    }
    await setRetention(configuration, logGroupName, target);
    const arn = `arn:aws:logs:${target.region}:000000000000:log-group:${logGroupName}`;
    return { id: logGroupName, name: logGroupName, arn };
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity) configuration.get(name);
    await setRetention(configuration, deployed.name as string, target);
    return deployed;
  },
  async delete({ name }, target) {
    await target.client(CloudWatchLogsClient).send(new DeleteLogGroupCommand({ logGroupName: name as string }));
  },
};

const metricFilter = put(
  ['name', 'log_group_name'],
  async (configuration, target) => {
    const filterName = configuration.need('name');
    const logGroupName = configuration.need('log_group_name');
    const metricTransformations = configuration.blocks('metric_transformation').map((made) => ({
      metricName: made.need('name'),
      metricNamespace: made.need('namespace'),
      metricValue: made.need('value'),
      ...made.camel<object>('dimensions', 'default_value', 'unit'),
    }));
    const filterPattern = configuration.need('pattern');
    await target
      .client(CloudWatchLogsClient)
      .send(new PutMetricFilterCommand({ filterName, logGroupName, filterPattern, metricTransformations }));
    return { id: filterName, name: filterName, log_group_name: logGroupName };
  },
  async ({ name, log_group_name }, target) => {
    const found = { filterName: name as string, logGroupName: log_group_name as string };
    await target.client(CloudWatchLogsClient).send(new DeleteMetricFilterCommand(found));
  },
);

const resourcePolicy = put(
  ['policy_name'],
  async (configuration, target) => {
    const policyName = configuration.need('policy_name');
    const policyDocument = configuration.need('policy_document');
    await target.client(CloudWatchLogsClient).send(new PutResourcePolicyCommand({ policyName, policyDocument }));
    return { id: policyName, policy_name: policyName };
  },
  async ({ policy_name }, target) => {
    const found = { policyName: policy_name as string };
    await target.client(CloudWatchLogsClient).send(new DeleteResourcePolicyCommand(found));
  },
);

export const cloudwatch: Record<string, ResourceType> = {
  aws_cloudwatch_metric_alarm: metricAlarm,
  aws_cloudwatch_composite_alarm: compositeAlarm,
  aws_cloudwatch_dashboard: dashboard,
  aws_cloudwatch_log_group: logGroup,
  aws_cloudwatch_log_metric_filter: metricFilter,
  aws_cloudwatch_log_resource_policy: resourcePolicy,
};
