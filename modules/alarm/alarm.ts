import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { type AlarmActions, type Defaults, defaultsOf, named } from '../defaults';
import { checkProps, isKnown, type Rule } from '../props';

/** How the text of an alarm names its page: at its end. */
const PAGE = /Runbook: ([\w-]+)\.$/;
/** How it names its place on the page of the dead-letter desk, before the runbook: its groups, or those of a queue, or a consumer; both by the ARN of the queue of dead letters. */
const PLACE = /Desk: (groups|(?:queue|consumer)=\S+)\. /;

/** Where this package's own pages are. */
const OWN_RUNBOOKS = 'spillway/docs/runbooks';

type Config = Omit<
  CloudwatchMetricAlarmConfig,
  'alarmActions' | 'okActions' | 'evaluationPeriods' | 'comparisonOperator'
>;

export interface AlarmProps extends Config {
  /** Unique in account and region: 1 to 255 characters. Source: CloudWatch API, PutMetricAlarm. */
  readonly alarmName: string;
  /** What it means and what to do, for whoever is woken. `Runbook: <page>.` at its end becomes a link to the page; `Desk: queue=<ARN>.` before it one to the desk's page, where `deskUrl` is set. */
  readonly alarmDescription: string;
  /** Where it goes; `off`: it isn't made. Default: what holds by `setDefaults`, or nowhere. */
  readonly alarmActions?: AlarmActions | undefined;
  /** Periods that are looked at. Default 1. */
  readonly evaluationPeriods?: number;
  /** How the metric is compared with `threshold`. Default `GreaterThanThreshold`. */
  readonly comparisonOperator?: string;
}

const strangers = (actions: AlarmActions) =>
  typeof actions === 'string' || Token.isUnresolved(actions)
    ? []
    : actions.filter((action) => isKnown(action) && !action.startsWith('arn:'));

const rules: readonly Rule<{ readonly alarmActions: AlarmActions }>[] = [
  {
    prop: 'alarmActions',
    holds: ({ alarmActions }) => Array.isArray(alarmActions) || alarmActions === 'off',
    message: ({ alarmActions }) => `is "${alarmActions}"; it takes a list of ARNs, or "off"`,
  },
  {
    prop: 'alarmActions',
    holds: ({ alarmActions }) => strangers(alarmActions).length === 0,
    message: ({ alarmActions }) =>
      `has "${strangers(alarmActions).join('", "')}"; an alarm calls ARNs, for example of an SNS topic. A person subscribes to an AlarmTopic`,
  },
];

/**
 * The one place that makes an alarm. By itself it rings when a minute's value is above 0, keeps quiet where there is no data, and tells the same people that it is over.
 *
 * @returns nothing where alarms are switched off
 */
export function metricAlarm(scope: Construct, id: string, props: AlarmProps): CloudwatchMetricAlarm | undefined {
  checkProps(`${scope.node.path}/${id}`, props, [], 'AlarmProps');
  const { alarmName, alarmDescription, alarmActions, ...metric } = props;
  const defaults = defaultsOf(scope);
  const chosen = alarmActions ?? defaults.alarmActions;
  if (chosen !== undefined) checkProps(`${scope.node.path}/${id}`, { alarmActions: chosen }, rules);
  if (chosen === 'off') return undefined;
  const actions = chosen as string[] | undefined;
  const name = named(scope, alarmName);
  return new CloudwatchMetricAlarm(scope, id, {
    alarmName: name,
    alarmDescription: linked(alarmDescription, name, defaults),
    ...(metric.metricQuery === undefined && { period: 60 }),
    evaluationPeriods: 1,
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 0,
    treatMissingData: 'notBreaching',
    alarmActions: actions,
    okActions: actions,
    ...metric,
  });
}

/** Nothing but a space follows an address, because a full stop would become part of the link. What stands behind `#` names queues, never a message. */
const linked = (text: string, alarmName: string, { runbooks = OWN_RUNBOOKS, deskUrl }: Defaults): string =>
  text
    .replace(PLACE, (_, place: string) => {
      if (deskUrl === undefined) return '';
      return `Desk: ${deskUrl.replace(/\/+$/, '')}/${place === 'groups' ? '' : `#${place}`} `;
    })
    .replace(PAGE, (_, page: string) => {
      const url =
        typeof runbooks === 'string' ? `${runbooks.replace(/\/+$/, '')}/${page}.md` : runbooks(page, alarmName);
      return `Runbook: ${url}`;
    });
