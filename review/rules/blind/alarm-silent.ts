import { actionsOf } from '../../graph/alarms';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'blind/alarm-silent',
  severity: 'low',
  title: 'A new alarm tells nobody',
  *check({ graph }) {
    for (const alarm of graph.ofType('aws_cloudwatch_metric_alarm')) {
      const actions = actionsOf(alarm, 'after');
      if (alarm.action !== 'create' || actions === undefined || actions.length > 0) continue;
      yield {
        resource: alarm,
        after: 'no alarm_actions',
        why: 'It changes its colour on a page that nobody looks at in the night.',
        action: 'Give it a topic, or make it part of a composite alarm that has one.',
      };
    }
  },
};
