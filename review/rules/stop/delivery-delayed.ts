import { numberChange, numberOn } from '../../graph/change';
import { read, type Side, survives } from '../../graph/side';
import { seconds } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import type { TypePath } from '../../resources';
import type { Rule } from '../rule';

const DELAYS: readonly (TypePath & { what: string; severity: 'medium' | 'low'; least: number })[] = [
  {
    type: 'aws_sqs_queue',
    path: 'delay_seconds',
    what: 'Every message waits that long before a consumer can see it, and an alarm on the age of the oldest message counts it in',
    severity: 'medium',
    least: 1,
  },
  {
    type: 'aws_lambda_event_source_mapping',
    path: 'maximum_batching_window_in_seconds',
    what: 'A message waits up to that long for its batch to fill, and the visibility timeout runs meanwhile',
    severity: 'low',
    least: 10,
  },
];

export const rule: Rule = {
  id: 'stop/delivery-delayed',
  severity: 'medium',
  title: 'Messages arrive later',
  *check({ graph }) {
    for (const { type, path, what, severity, least } of DELAYS) {
      for (const resource of graph.ofType(type)) {
        const [before, after] = [numberOn(resource, 'before', path) ?? 0, numberOn(resource, 'after', path) ?? 0];
        if (resource.action !== 'update' || after - before < least) continue;
        yield {
          resource,
          severity,
          before: `${path} ${before}`,
          after: `${path} ${after} (${seconds(after)})`,
          why: `${what}.`,
          action: 'Say who can wait for that long; else keep it short.',
        };
      }
    }
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const change = numberChange(queue, 'receive_wait_time_seconds');
      if (!survives(queue) || change?.after !== 0) continue;
      yield {
        resource: queue,
        severity: 'low',
        before: `long polling, ${seconds(change.before)}`,
        after: 'short polling',
        why: 'A receive asks only some of SQS’s servers and answers at once: it can come back empty while messages wait, and each empty answer is paid for. Lambda polls long by itself; other consumers do so only when they ask for it.',
        action: 'Keep receive_wait_time_seconds at 20.',
      };
    }
    for (const schedule of graph.ofType('aws_scheduler_schedule', 'aws_cloudwatch_event_rule')) {
      const [before, after] = [period(schedule, 'before'), period(schedule, 'after')];
      if (!survives(schedule) || before === undefined || after === undefined || after < 2 * before) continue;
      yield {
        resource: schedule,
        severity: 'low',
        before: `every ${seconds(before)}`,
        after: `every ${seconds(after)}`,
        why: 'What it sweeps up, retries or checks waits that much longer.',
        action: 'Check what waits for it, and the alarms on its age.',
      };
    }
  },
};

/** Seconds between two starts of `rate(5 minutes)`; undefined for anything else. */
function period(schedule: Resource, side: Side): number | undefined {
  const expression = textOf(read(schedule, side, 'schedule_expression'));
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression ?? '') ?? [];
  const size = { minute: 60, hour: 3600, day: 86_400 }[unit];
  return count === undefined || size === undefined ? undefined : Number(count) * size;
}
