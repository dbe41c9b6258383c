import { ALARMS } from '../../graph/alarms';
import { existsOn, read, type Side } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { certainlyDiffers, textOf } from '../../plan/values';
import type { Context, Rule } from '../rule';

const metric = (alarm: Resource, side: Side) =>
  [textOf(read(alarm, side, 'namespace')), textOf(read(alarm, side, 'metric_name'))].filter(Boolean).join(' ') ||
  'its condition';

export const rule: Rule = {
  id: 'blind/alarm-removed',
  severity: 'high',
  title: 'An alarm goes while what it watches stays',
  *check({ graph }) {
    for (const alarm of graph.ofType(...ALARMS)) {
      if (alarm.action !== 'destroy') continue;
      const watched = graph.watchedBy(alarm, 'before');
      if (watched.length > 0 && watched.every(({ action }) => action === 'destroy')) continue;
      const again = graph
        .ofType(alarm.type)
        .some(
          (other) =>
            other.action === 'create' &&
            !graph.apart(other, alarm) &&
            !certainlyDiffers(other.after?.metric_name, alarm.before?.metric_name) &&
            !certainlyDiffers(other.after?.dimensions, alarm.before?.dimensions),
        );
      if (again) continue;
      // An alarm on something outside this plan: nobody here can tell whether that goes as well.
      const nothingStays = watched.length === 0 && everythingGoes(graph, alarm);
      if (nothingStays) continue;
      yield {
        resource: alarm,
        before: `alarm on ${metric(alarm, 'before')}${watched.length > 0 ? ` of ${list(watched.map(({ address }) => address))}` : ''}`,
        after: 'no alarm',
        why: 'Nobody is told any more when it happens. A dead-letter queue without an alarm is found when somebody misses the messages.',
        action: 'Keep it, or name the alarm that takes its place.',
      };
    }
  },
};

const everythingGoes = (graph: Context['graph'], alarm: Resource) =>
  graph
    .ofType('aws_sqs_queue', 'aws_lambda_function')
    .filter((resource) => existsOn(resource, 'before') && !graph.apart(resource, alarm))
    .every(({ action }) => action === 'destroy');
