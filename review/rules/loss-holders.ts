import { read } from '../graph/side';
import type { Resource } from '../plan/model';
import { booleanOf, isRecord, listOf, textOf } from '../plan/values';
import { HOLDERS, renames } from './holders';
import { booleanOn, numberChange } from './newly';
import type { Context, Draft, Rule } from './rule';
import { plural, seconds, shown } from './words';

const destroyed: Rule = {
  id: 'loss/destroyed',
  severity: 'critical',
  title: 'Something that holds messages or data is destroyed',
  *check({ graph }) {
    const renamed = new Set(renames(graph).map(({ from }) => from));
    for (const resource of graph.resources) {
      const holder = HOLDERS[resource.type];
      if (!holder || resource.action !== 'destroy' || renamed.has(resource)) continue;
      yield {
        resource,
        severity: holder.severity,
        before: nameOf(resource),
        after: 'gone',
        why: `Destroying it loses ${holder.lost}.${feeders(resource, graph)}`,
        action:
          resource.reason === 'delete_because_no_resource_config'
            ? 'If it moved, write a `moved` block; if Terraform should only let go of it, a `removed` block with `destroy = false`. Else empty it first and show that it is empty.'
            : 'Empty it first and show that it is empty, or keep it.',
      };
    }
  },
};

const replaced: Rule = {
  id: 'loss/replaced',
  severity: 'critical',
  title: 'Something that holds messages or data is replaced by an empty one',
  *check({ graph }) {
    for (const resource of graph.resources) {
      const holder = HOLDERS[resource.type];
      if (!holder || resource.action !== 'replace') continue;
      const paths = resource.replacePaths;
      const show = (side: 'before' | 'after') =>
        paths
          .map((path) => `${path} = ${harmless(path) ? shown(read(resource, side, path)) : '(not shown)'}`)
          .join(', ');
      yield {
        resource,
        severity: holder.severity,
        before: paths.length > 0 ? show('before') : nameOf(resource),
        after: paths.length > 0 ? show('after') : 'a new, empty one',
        why: `${paths.length > 0 ? `Changing ${paths.join(' and ')}` : 'This change'} forces a replacement, which loses ${holder.lost}.${feeders(resource, graph)}`,
        action: resource.createFirst
          ? 'The new one is made first: move senders over, drain the old one, and only then destroy it, in a second apply.'
          : 'Make the new one beside it under another name, move senders over, drain the old one, and destroy it in a later apply.',
      };
    }
  },
};

const renamedRule: Rule = {
  id: 'loss/renamed',
  severity: 'critical',
  title: 'Renamed without a moved block, so destroyed and made anew, empty',
  *check({ graph }) {
    for (const { from, to } of renames(graph)) {
      const holder = HOLDERS[from.type];
      if (!holder) continue;
      const queue = from.type === 'aws_sqs_queue';
      yield {
        resource: from,
        severity: holder.severity,
        before: from.address,
        after: to.address,
        why:
          `It is the same ${from.type} (${nameOf(from)}) at a new address, but Terraform was not told, so it destroys the old one and loses ${holder.lost}.` +
          (queue
            ? ' Nothing orders the two: a create that comes first finds the old queue and the destroy then takes it away, and SQS refuses a name for 60 s after its deletion.'
            : ''),
        action: `Add \`moved { from = ${from.address}  to = ${to.address} }\`; the plan must then show no change to it.`,
      };
    }
  },
};

/** Where a resource says how long it keeps things. */
const RETENTIONS: readonly { type: string; path: string; say: (value: number) => string; forever?: number }[] = [
  { type: 'aws_sqs_queue', path: 'message_retention_seconds', say: seconds },
  { type: 'aws_kinesis_stream', path: 'retention_period', say: (hours) => seconds(hours * 3600) },
  {
    type: 'aws_cloudwatch_event_archive',
    path: 'retention_days',
    say: (days) => (days === 0 ? 'for ever' : plural(days, 'day')),
    forever: 0,
  },
  { type: 'aws_db_instance', path: 'backup_retention_period', say: (days) => plural(days, 'day') },
  { type: 'aws_rds_cluster', path: 'backup_retention_period', say: (days) => plural(days, 'day') },
];

const retention: Rule = {
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
    before: seconds(before),
    after: seconds(after),
    why: 'Log segments older than that are deleted on every topic without a setting of its own.',
    action: 'Check the lag of the slowest consumer group first.',
  };
}

function kafkaSeconds(resource: Resource, side: 'before' | 'after'): number | undefined {
  const text = textOf(read(resource, side, 'server_properties'));
  if (text === undefined) return undefined;
  for (const [name, factor] of [
    ['ms', 0.001],
    ['minutes', 60],
    ['hours', 3600],
  ] as const) {
    const match = new RegExp(`^\\s*log\\.retention\\.${name}\\s*=\\s*(-?\\d+)`, 'm').exec(text);
    if (match) return Number(match[1]) < 0 ? Number.POSITIVE_INFINITY : Number(match[1]) * factor;
  }
  return 7 * 86_400;
}

const protection: Rule = {
  id: 'loss/protection-removed',
  severity: 'high',
  title: 'A guard against loss is switched off',
  *check({ graph }) {
    const guards = [
      { type: 'aws_dynamodb_table', path: 'point_in_time_recovery.0.enabled', what: 'point-in-time recovery' },
      { type: 'aws_dynamodb_table', path: 'deletion_protection_enabled', what: 'deletion protection' },
      { type: 'aws_db_instance', path: 'deletion_protection', what: 'deletion protection' },
      { type: 'aws_rds_cluster', path: 'deletion_protection', what: 'deletion protection' },
    ];
    for (const { type, path, what } of guards) {
      for (const resource of graph.ofType(type)) {
        if (resource.action !== 'update') continue;
        if (booleanOn(resource, 'before', path) !== true || booleanOn(resource, 'after', path) !== false) continue;
        yield {
          resource,
          before: `${what} on`,
          after: `${what} off`,
          why: `Without ${what} one wrong delete can't be undone${what.startsWith('point') ? '; the past 35 days of restore points go at once' : ''}.`,
          action: 'Keep it on; if the next step is a planned deletion, say so in the pull request.',
        };
      }
    }
    for (const policy of graph.ofType('aws_efs_backup_policy')) {
      const on = (side: 'before' | 'after') => textOf(read(policy, side, 'backup_policy.0.status')) === 'ENABLED';
      if (policy.action !== 'nothing' && on('before') && !on('after') && policy.action !== 'create') {
        yield {
          resource: policy,
          before: 'backups on',
          after: 'backups off',
          why: 'The file system is no longer backed up.',
          action: 'Keep the backup policy.',
        };
      }
    }
  },
};

const timeToLive: Rule = {
  id: 'loss/time-to-live',
  severity: 'medium',
  title: 'A table starts to delete items by itself',
  *check({ graph }) {
    for (const table of graph.ofType('aws_dynamodb_table')) {
      if (table.action !== 'update') continue;
      const on = (side: 'before' | 'after') =>
        listOf(read(table, side, 'ttl')).some((ttl) => isRecord(ttl) && booleanOf(ttl.enabled) === true);
      const attribute = (side: 'before' | 'after') => textOf(read(table, side, 'ttl.0.attribute_name'));
      if (!on('after') || (on('before') && attribute('before') === attribute('after'))) continue;
      yield {
        resource: table,
        before: on('before') ? `time to live by ${attribute('before')}` : 'no time to live',
        after: `time to live by ${attribute('after') ?? '(known after apply)'}`,
        why: 'Every item whose attribute holds a time in the past is deleted within days, items written long ago included.',
        action: 'Check what that attribute holds in existing items before the apply.',
      };
    }
  },
};

const forgotten: Rule = {
  id: 'loss/forgotten',
  severity: 'low',
  title: 'Terraform lets go of something that holds messages or data',
  *check({ graph }) {
    for (const resource of graph.resources) {
      if (resource.action !== 'forget' || !HOLDERS[resource.type]) continue;
      yield {
        resource,
        before: 'managed here',
        after: 'left in AWS, managed by nobody',
        why: 'Nothing is lost, but its settings are guarded by no plan any more, and nobody will be told when it changes.',
        action: 'Import it where it is to be managed from now on, in the same change.',
      };
    }
  },
};

const goneOutside: Rule = {
  id: 'loss/gone-outside',
  severity: 'high',
  title: 'Something that holds messages or data was deleted outside Terraform',
  *check({ plan }) {
    for (const drift of plan.drift) {
      if (drift.kind !== 'destroy' || !HOLDERS[drift.type]) continue;
      yield {
        resource: drift,
        before: 'there at the last apply',
        after: 'not found in AWS',
        why: `Somebody or something deleted it outside Terraform, and with it ${HOLDERS[drift.type]?.lost}. The plan may make it anew, empty.`,
        action: 'Find out who deleted it (CloudTrail) and what it held before you apply.',
      };
    }
  },
};

export const holderRules: readonly Rule[] = [
  destroyed,
  replaced,
  renamedRule,
  retention,
  protection,
  timeToLive,
  forgotten,
  goneOutside,
];

const nameOf = (resource: Resource): string =>
  shown(resource.before?.name ?? resource.before?.broker_name ?? resource.before?.cluster_name ?? resource.before?.id);

const harmless = (path: string): boolean =>
  !/secret|password|token|environment|user|value|policy|data|definition/i.test(path);

/** Whoever keeps sending to a thing that goes, and stays, is worth a sentence. */
function feeders(resource: Resource, graph: Context['graph']): string {
  if (resource.type !== 'aws_sqs_queue') return '';
  const sources = graph.sourcesOf(resource, 'before').filter((queue) => queue.action !== 'destroy');
  return sources.length > 0
    ? ` It is the dead-letter queue of ${sources.map((queue) => queue.address).join(', ')}.`
    : '';
}
