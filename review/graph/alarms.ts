import type { Resource } from '../plan/model';
import { isOpen, type Value } from '../plan/values';
import { read, type Side } from './side';

export const ALARMS = ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'];

/** Undefined while it is not known. */
export function actionsOf(alarm: Resource, side: Side): Value[] | undefined {
  const value = read(alarm, side, 'alarm_actions');
  if (isOpen(value)) return undefined;
  return Array.isArray(value) ? value : [];
}
