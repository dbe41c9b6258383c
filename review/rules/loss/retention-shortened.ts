import { properties } from '../../brokers/kafka';
import { numberChange } from '../../graph/change';
import { plural, seconds } from '../../plan/format';
import type { Resource } from '../../plan/model';
import type { TypePath } from '../../resources';
import type { Draft, Rule } from '../rule';

/** Where a resource says how long it keeps things. */
const RETENTIONS: readonly (TypePath & { say: (value: number) => string; forever?: number })[] = [
  { type: 'aws_sqs_queue', path: 'message_retention_seconds', say: seconds },
  { type: 'aws_kinesis_stream', path: 'retention_period', say: (hours) => seconds(hours * 3600) },
  {
    type: 'aws_cloudwatch_event_archive',
    path: 'retention_days',
    say: (days) => (days === 0 ? 'for ever' : plural(days, 'day')),
    forever: 0,
  },
  {
    type: 'aws_dynamodb_table',
    path: 'point_in_time_recovery.0.recovery_period_in_days',
    say: (days) => plural(days, 'day'),
  },
  { type: 'aws_db_instance', path: 'backup_retention_period', say: (days) => plural(days, 'day') },
  { type: 'aws_rds_cluster', path: 'backup_retention_period', say: (days) => plural(days, 'day') },
];

export const rule: Rule = {
  id: 'loss/retention-shortened',
  severity: 'high',
  title: 'Messages or records are kept for a shorter time',
  *check({ graph }) {
    for (const { type, path, say, forever } of RETENTIONS) {
      for (const resource of graph.ofType(type)) {
        const change = resource.action === 'update' ? numberChange(resource, path) : undefined;
        if (!change) continue;
        const length = (value: number) => (value === forever ? Number.POSITIVE_INFINITY : value);
        if (length(change.after) >= length(change.before)) continue;
        const sources = type === 'aws_sqs_queue' ? graph.sourcesOf(resource, 'after') : [];
        yield {
          resource,
          before: say(change.before),
          after: say(change.after),
          why: `What is older than ${say(change.after)} is deleted as soon as the change takes effect, what waits there now included.${
            sources.length > 0 ? ' It is a dead-letter queue: people have only that long to look at what failed.' : ''
          }`,
          action:
            'Look at the age of the oldest message first (ApproximateAgeOfOldestMessage, IteratorAge); keep the longer time or drain before.',
        };
      }
    }
    for (const resource of graph.ofType('aws_msk_configuration')) yield* kafkaRetention(resource);
  },
};

function* kafkaRetention(resource: Resource): Generator<Draft> {
  if (resource.action !== 'update') return;
  const [before, after] = [kafkaSeconds(resource, 'before'), kafkaSeconds(resource, 'after')];
  if (before === undefined || after === undefined || after >= before) return;
  yield {
    resource,
    before: before === Number.POSITIVE_INFINITY ? 'for ever' : seconds(before),
    after: seconds(after),
    why: 'Log segments older than that are deleted on every topic without a setting of its own.',
    action: 'Check the lag of the slowest consumer group first.',
  };
}

function kafkaSeconds(resource: Resource, side: 'before' | 'after'): number | undefined {
  const settings = properties(resource, side);
  if (!settings) return undefined;
  for (const [name, factor] of [
    ['ms', 0.001],
    ['minutes', 60],
    ['hours', 3600],
  ] as const) {
    const value = settings.get(`log.retention.${name}`);
    if (value !== undefined && /^-?\d+$/.test(value))
      return Number(value) < 0 ? Number.POSITIVE_INFINITY : Number(value) * factor;
  }
  return 7 * 86_400;
}
