import type { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import type { AlarmActions } from '../defaults';

/** An alarm that rings when a function's metric is above 0; it is called `<function>-<id>`. */
export interface FunctionAlarm {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, string>;
  /** What it means, for whoever is woken. */
  readonly description: string;
  /** How many of how many minutes it takes. Default 3 of 5. */
  readonly minutes?: { readonly bad: number; readonly of: number };
}

export function functionAlarm(
  scope: Construct,
  id: string,
  functionName: string,
  { namespace, metricName, dimensions, description, minutes = { bad: 3, of: 5 } }: FunctionAlarm,
  alarmActions: AlarmActions | undefined,
): void {
  metricAlarm(scope, id, {
    alarmName: `${functionName}-${id}`,
    alarmDescription: description,
    namespace,
    metricName,
    dimensions,
    statistic: 'Sum',
    evaluationPeriods: minutes.of,
    datapointsToAlarm: minutes.bad,
    alarmActions,
  });
}

/** The function itself fails: it throws, runs out of time, or its process dies. */
export const failing = (functionName: string, description: string): FunctionAlarm => ({
  ...{ namespace: 'AWS/Lambda', metricName: 'Errors', dimensions: { FunctionName: functionName }, description },
});
