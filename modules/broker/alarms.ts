import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { Construct } from 'constructs';
import type { BrokerPlaceProps, BrokerProps } from './props';

/** One alarm, told by what it means. */
interface Watch {
  readonly id: string;
  readonly metric: string;
  readonly description: string;
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  /** Minutes in a row. Default 5. */
  readonly minutes?: number;
  readonly dimensions?: Readonly<Record<string, string>>;
  /** Default `notBreaching`; `breaching` where silence is the failure. */
  readonly missing?: 'breaching' | 'notBreaching';
}

function watch(scope: Construct, { brokerName, alarmActions }: BrokerPlaceProps, alarm: Watch): void {
  new CloudwatchMetricAlarm(scope, `alarm-${alarm.id}`, {
    alarmName: `${brokerName}-${alarm.id}`,
    alarmDescription: alarm.description,
    namespace: 'AWS/AmazonMQ',
    metricName: alarm.metric,
    dimensions: alarm.dimensions,
    statistic: 'Maximum',
    period: 60,
    evaluationPeriods: alarm.minutes ?? 5,
    comparisonOperator: alarm.comparison,
    threshold: alarm.threshold,
    treatMissingData: alarm.missing ?? 'notBreaching',
    alarmActions,
    okActions: alarmActions,
  });
}

/** Enqueue without dequeue, consumers gone: what only a look at several metrics of one queue tells. */
function watchQueue(
  scope: Construct,
  { brokerName, alarmActions }: BrokerPlaceProps,
  queue: string,
  instances: readonly string[],
): void {
  const metric = (id: string, metricName: string, instance: string) => ({
    id,
    metric: {
      namespace: 'AWS/AmazonMQ',
      metricName,
      period: 60,
      stat: 'Maximum',
      dimensions: { Broker: instance, Queue: queue },
    },
  });
  const queries = instances.flatMap((instance, index) => [
    metric(`size${index}`, 'QueueSize', instance),
    metric(`consumers${index}`, 'ConsumerCount', instance),
    metric(`dequeued${index}`, 'DequeueCount', instance),
  ]);
  // Only the active instance reports: what the standby leaves out counts as 0.
  const sum = (name: string) => instances.map((_, index) => `FILL(${name}${index}, 0)`).join(' + ');
  const alarm = (id: string, description: string, expression: string, minutes: number) =>
    new CloudwatchMetricAlarm(scope, `alarm-${queue}-${id}`, {
      alarmName: `${brokerName}-${queue}-${id}`,
      alarmDescription: description,
      metricQuery: [...queries, { id: 'verdict', expression, label: id, returnData: true }],
      evaluationPeriods: minutes,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 0,
      treatMissingData: 'notBreaching',
      alarmActions,
      okActions: alarmActions,
    });
  alarm(
    'consumers-gone',
    `${queue} holds messages and nobody consumes it on ${brokerName}.`,
    `IF((${sum('size')}) > 0 AND (${sum('consumers')}) < 1, 1, 0)`,
    5,
  );
  alarm(
    'enqueued-not-dequeued',
    `${queue} holds messages and none has left it for 10 minutes on ${brokerName}: consumers are stuck.`,
    `IF((${sum('size')}) > 0 AND (${sum('dequeued')}) < 1, 1, 0)`,
    10,
  );
}

/** A bridge hangs on the active instance alone, so it takes both instances to count bridges. */
function watchBridges(
  scope: Construct,
  { brokerName, alarmActions }: BrokerPlaceProps,
  instances: readonly string[],
  bridges: number,
): void {
  if (bridges === 0) return;
  const queries = instances.map((instance, index) => ({
    id: `bridges${index}`,
    metric: {
      namespace: 'AWS/AmazonMQ',
      metricName: 'NetworkConnectorConnectionCount',
      period: 60,
      stat: 'Maximum',
      dimensions: { Broker: instance },
    },
  }));
  const expression = instances.map((_, index) => `FILL(bridges${index}, 0)`).join(' + ');
  new CloudwatchMetricAlarm(scope, 'alarm-bridges', {
    alarmName: `${brokerName}-bridges`,
    alarmDescription: `${brokerName} has fewer than its ${bridges} bridges: what is sent here does not reach the other region's consumers.`,
    metricQuery: [...queries, { id: 'verdict', expression, label: 'bridges', returnData: true }],
    evaluationPeriods: 5,
    comparisonOperator: 'LessThanThreshold',
    threshold: bridges,
    treatMissingData: 'breaching',
    alarmActions,
    okActions: alarmActions,
  });
}

/** Amazon MQ reports each instance as `<broker>-1` and `<broker>-2`. Source: Amazon MQ guide, "Monitoring: dimensions". */
export function activeMqAlarms(scope: Construct, props: BrokerProps, instanceCount: number): void {
  const { brokerName, configuration } = props;
  const names = Array.from({ length: instanceCount }, (_, index) => `${brokerName}-${index + 1}`);
  for (const [index, Broker] of names.entries()) {
    const on = (alarm: Watch) =>
      watch(scope, props, { ...alarm, id: `${alarm.id}-${index + 1}`, dimensions: { Broker } });
    on({
      id: 'store',
      metric: 'StorePercentUsage',
      comparison: 'GreaterThanThreshold',
      threshold: 70,
      description: `The store of ${Broker} is over 70 % full; producers are held at 90 %.`,
    });
    on({
      id: 'heap',
      metric: 'HeapUsage',
      comparison: 'GreaterThanThreshold',
      threshold: 85,
      description: `The heap of ${Broker} is over 85 % full: too many queues, connections or messages in memory.`,
    });
    on({
      id: 'cpu',
      metric: 'CpuUtilization',
      comparison: 'GreaterThanThreshold',
      threshold: 85,
      minutes: 10,
      description: `${Broker} works at its limit.`,
    });
  }
  watchBridges(scope, props, names, configuration?.networkConnectors?.length ?? 0);
  for (const queue of props.watchedQueues ?? []) watchQueue(scope, props, queue, names);
}

export function rabbitMqAlarms(scope: Construct, props: BrokerPlaceProps): void {
  const dimensions = { Broker: props.brokerName };
  watch(scope, props, {
    id: 'memory',
    metric: 'RabbitMQMemUsed',
    comparison: 'GreaterThanThreshold',
    threshold: 6_000_000_000,
    dimensions,
    description: `${props.brokerName} uses over 6 GB; at its high watermark it blocks every producer.`,
  });
  watch(scope, props, {
    id: 'disk',
    metric: 'RabbitMQDiskFree',
    comparison: 'LessThanThreshold',
    threshold: 20_000_000_000,
    dimensions,
    description: `${props.brokerName} has less than 20 GB of disk left; at its limit it blocks every producer.`,
  });
  watch(scope, props, {
    id: 'consumers',
    metric: 'ConsumerCount',
    comparison: 'LessThanThreshold',
    threshold: 1,
    missing: 'breaching',
    dimensions,
    description: `Nobody consumes from ${props.brokerName}.`,
  });
}
