import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';

/** How a CloudWatch alarm stands. */
export interface Alarm {
  readonly ringing: boolean;
  /** When it began to, milliseconds since 1970. */
  readonly since: number;
  readonly reason: string;
}

/** Asks CloudWatch for an alarm by its name; one that isn't there doesn't ring. */
export function cloudWatchAlarm(cloudwatch: CloudWatchClient): (name: string) => Promise<Alarm> {
  return async (name) => {
    const { MetricAlarms, CompositeAlarms } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    const alarm = MetricAlarms?.[0] ?? CompositeAlarms?.[0];
    const since = alarm?.StateTransitionedTimestamp ?? alarm?.StateUpdatedTimestamp;
    return {
      ringing: alarm?.StateValue === 'ALARM',
      since: since?.getTime() ?? 0,
      reason: alarm?.StateReason ?? 'no reason given',
    };
  };
}
