import type { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import type { BrokerPlaceProps } from './props';

/** One number that Amazon MQ reports each minute. */
export interface Metric {
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One alarm, told by what it means. */
export interface Watch {
  readonly id: string;
  readonly description: string;
  /** By the name that `expression` calls it. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** CloudWatch's metric math. Default: the one metric as it is. Source: CloudWatch guide, "Metric math syntax and functions". */
  readonly expression?: string;
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  /** Minutes in a row. Default 5. */
  readonly minutes?: number;
  /** Default `notBreaching`; `breaching` where silence is the failure. */
  readonly missing?: 'breaching' | 'notBreaching';
}

export function watch(scope: Construct, { brokerName, alarmActions }: BrokerPlaceProps, alarm: Watch): void {
  const of = ({ metric, dimensions }: Metric) => ({
    ...{ namespace: 'AWS/AmazonMQ', metricName: metric, period: 60, stat: 'Maximum' },
    dimensions: { ...dimensions },
  });
  metricAlarm(scope, `alarm-${alarm.id}`, {
    alarmName: `${brokerName}-${alarm.id}`,
    alarmDescription: alarm.description,
    metricQuery: [
      ...Object.entries(alarm.metrics).map(([id, metric]) => ({
        id,
        metric: of(metric),
        ...(alarm.expression === undefined && { returnData: true }),
      })),
      ...(alarm.expression === undefined
        ? []
        : [{ id: 'verdict', expression: alarm.expression, label: alarm.id, returnData: true }]),
    ],
    evaluationPeriods: alarm.minutes ?? 5,
    comparisonOperator: alarm.comparison,
    threshold: alarm.threshold,
    treatMissingData: alarm.missing ?? 'notBreaching',
    alarmActions,
  });
}
