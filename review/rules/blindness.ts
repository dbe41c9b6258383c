import { resourceOfTarget } from '../graph/graph';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, isOpen, isRecord, textOf, type Value } from '../plan/values';
import { booleanOn, changes, numberChange } from './newly';
import type { Context, Rule } from './rule';
import { list, plural, shown } from './words';

const ALARMS = ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'];
const metric = (alarm: Resource, side: Side) =>
  [textOf(read(alarm, side, 'namespace')), textOf(read(alarm, side, 'metric_name'))].filter(Boolean).join(' ') ||
  'its condition';

const alarmRemoved: Rule = {
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

const alarmLoosened: Rule = {
  id: 'blind/alarm-loosened',
  severity: 'medium',
  title: 'An alarm rings later, or not at all',
  *check({ graph }) {
    for (const alarm of graph.ofType(...ALARMS)) {
      if (alarm.action !== 'update') continue;
      const changes: { before: string; after: string }[] = [];
      let silent = false;
      if (
        booleanOn(alarm, 'before', 'actions_enabled') === true &&
        booleanOn(alarm, 'after', 'actions_enabled') === false
      ) {
        changes.push({ before: 'actions on', after: 'actions off' });
        silent = true;
      }
      const [had, has] = [actionsOf(alarm, 'before'), actionsOf(alarm, 'after')];
      if (had !== undefined && has !== undefined && had.length > 0 && has.length === 0) {
        changes.push({ before: plural(had.length, 'alarm action'), after: 'none' });
        silent = true;
      }
      const threshold = numberChange(alarm, 'threshold');
      const operator = textOf(read(alarm, 'after', 'comparison_operator')) ?? '';
      if (
        threshold &&
        (operator.startsWith('Greater')
          ? threshold.after > threshold.before
          : operator.startsWith('Less') && threshold.after < threshold.before)
      ) {
        changes.push({ before: `threshold ${threshold.before}`, after: `threshold ${threshold.after}` });
      }
      for (const path of ['evaluation_periods', 'datapoints_to_alarm', 'period']) {
        const change = numberChange(alarm, path);
        if (change && change.before > 0 && change.after > change.before)
          changes.push({ before: `${path} ${change.before}`, after: `${path} ${change.after}` });
      }
      const [missing, missingNow] = [
        textOf(read(alarm, 'before', 'treat_missing_data')),
        textOf(read(alarm, 'after', 'treat_missing_data')),
      ];
      if (missing === 'breaching' && missingNow !== undefined && missingNow !== 'breaching')
        changes.push({ before: 'missing data breaches', after: `missing data: ${missingNow}` });
      if (changes.length === 0) continue;
      yield {
        resource: alarm,
        severity: silent ? 'high' : 'medium',
        before: changes.map(({ before }) => before).join(', '),
        after: changes.map(({ after }) => after).join(', '),
        why: silent
          ? 'The alarm still changes its colour, but tells nobody.'
          : 'It takes more, or longer, before anybody is told.',
        action: 'Say which incident it rang for wrongly; else keep it.',
      };
    }
  },
};

/** Undefined while it is not known. */
function actionsOf(alarm: Resource, side: Side): Value[] | undefined {
  const value = read(alarm, side, 'alarm_actions');
  if (isOpen(value)) return undefined;
  return Array.isArray(value) ? value : [];
}

const WATCHED_NAMES: Readonly<Record<string, readonly string[]>> = {
  QueueName: ['aws_sqs_queue', 'name'],
  FunctionName: ['aws_lambda_function', 'function_name'],
  TopicName: ['aws_sns_topic', 'name'],
  StreamName: ['aws_kinesis_stream', 'name'],
  TableName: ['aws_dynamodb_table', 'name'],
  Broker: ['aws_mq_broker', 'broker_name'],
};

const alarmOrphaned: Rule = {
  id: 'blind/alarm-orphaned',
  severity: 'high',
  title: 'An alarm watches a name that nothing has any more',
  *check({ graph }) {
    for (const alarm of graph.ofType('aws_cloudwatch_metric_alarm')) {
      const dimensions = read(alarm, 'after', 'dimensions');
      if (!existsOn(alarm, 'after') || !isRecord(dimensions)) continue;
      for (const [dimension, [type, path]] of Object.entries(WATCHED_NAMES) as [string, [string, string]][]) {
        const name = textOf((dimensions as Record<string, Value>)[dimension]);
        if (!name) continue;
        const bearer = (side: Side) => graph.find(name, side, [type], alarm, 'dimensions');
        const gone = resourceOfTarget(bearer('before'));
        const unsure = graph
          .ofType(type)
          .some((resource) => resource.action === 'create' && isOpen(read(resource, 'after', path)));
        if (
          !gone ||
          gone.action === 'nothing' ||
          gone.action === 'update' ||
          gone.action === 'forget' ||
          bearer('after').kind !== 'elsewhere' ||
          unsure
        )
          continue;
        yield {
          resource: alarm,
          before: `watches ${dimension} ${name} (${gone.address})`,
          after: `no ${type} has that name`,
          why: 'The metric has no more data, so the alarm never rings; it looks healthy.',
          action: `Take the dimension from the resource (\`${type}.….${path}\`) instead of writing the name.`,
        };
      }
    }
  },
};

const alarmSilent: Rule = {
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

const logGroupRemoved: Rule = {
  id: 'blind/logs-removed',
  severity: 'medium',
  title: 'Logs are deleted',
  *check({ graph }) {
    for (const logs of graph.ofType('aws_cloudwatch_log_group')) {
      if (
        (logs.action !== 'destroy' && logs.action !== 'replace') ||
        booleanOn(logs, 'before', 'skip_destroy') === true
      )
        continue;
      const name = textOf(read(logs, 'before', 'name')) ?? '';
      const again = graph
        .ofType('aws_cloudwatch_log_group')
        .some(
          (other) =>
            other.action === 'create' && textOf(read(other, 'after', 'name')) === name && !graph.apart(other, logs),
        );
      const [, functionName] = /^\/aws\/lambda\/(.+)$/.exec(name) ?? [];
      const owner =
        functionName === undefined
          ? undefined
          : resourceOfTarget(graph.find(functionName, 'before', ['aws_lambda_function'], logs, 'name'));
      yield {
        resource: logs,
        severity: owner?.action === 'destroy' ? 'low' : 'medium',
        before: `logs in ${name}`,
        after: logs.action === 'replace' || again ? 'a new, empty log group' : 'gone',
        why: `Everything in it is deleted, the traces of messages that failed included.${owner && owner.action !== 'destroy' ? ` ${owner.address} makes a new one by itself, without a retention and outside Terraform.` : ''}`,
        action: 'Set `skip_destroy = true`, or export what the last incidents need.',
      };
    }
  },
};

const logRetention: Rule = {
  id: 'blind/log-retention',
  severity: 'medium',
  title: 'Logs are kept for a shorter time',
  *check({ graph }) {
    for (const logs of graph.ofType('aws_cloudwatch_log_group')) {
      const change = logs.action === 'update' ? numberChange(logs, 'retention_in_days') : undefined;
      const length = (days: number) => (days === 0 ? Number.POSITIVE_INFINITY : days);
      if (!change || length(change.after) >= length(change.before)) continue;
      const say = (days: number) => (days === 0 ? 'for ever' : plural(days, 'day'));
      yield {
        resource: logs,
        severity: change.after < 7 ? 'medium' : 'low',
        before: say(change.before),
        after: say(change.after),
        why: `Older logs are deleted. A dead letter may wait 14 days for somebody to look at it; after ${say(change.after)} nobody can tell why it failed.`,
        action: 'Keep logs at least as long as dead letters.',
      };
    }
  },
};

/** Attributes that make things visible, all of them optional and computed: leaving one out shows as no change. */
const SIGHTS: readonly { type: string; path: string; on: (value: Value | undefined) => boolean; what: string }[] = [
  { type: 'aws_lambda_function', path: 'tracing_config.0.mode', on: (value) => value === 'Active', what: 'tracing' },
  { type: 'aws_sns_topic', path: 'tracing_config', on: (value) => value === 'Active', what: 'tracing' },
  {
    type: 'aws_sfn_state_machine',
    path: 'tracing_configuration.0.enabled',
    on: (value) => value === true,
    what: 'tracing',
  },
  {
    type: 'aws_sfn_state_machine',
    path: 'logging_configuration.0.level',
    on: (value) => ['ALL', 'ERROR', 'FATAL'].includes(String(textOf(value))),
    what: 'execution logging',
  },
];

const tracing: Rule = {
  id: 'blind/tracing-removed',
  severity: 'medium',
  title: 'Tracing or execution logging is taken away',
  *check({ graph }) {
    const something = graph.resources.some(changes);
    for (const { type, path, on, what } of SIGHTS) {
      for (const resource of graph.ofType(type)) {
        if (!survives(resource) || !on(read(resource, 'before', path))) continue;
        const after = read(resource, 'after', path);
        const before = `${what} ${shown(read(resource, 'before', path))}`;
        if (!isOpen(after) && !on(after) && !isOpen(read(resource, 'after', path.split('.')[0] ?? path))) {
          yield {
            resource,
            before,
            after: `${what} off`,
            why: 'Where a message lost its time, or itself, can no longer be followed across services.',
            action: 'Keep it in the configuration.',
          };
        } else if (something && graph.isConfigured(resource, path) === false && writtenHere(graph, resource)) {
          yield {
            resource,
            severity: 'info',
            title: `${what.charAt(0).toUpperCase()}${what.slice(1)} that the configuration does not have`,
            before,
            after: 'not in the configuration (AWS keeps the present setting)',
            why: `Optional and computed: whether it left the configuration or never was in it, the plan looks the same. This apply does not switch it off, but nothing guards it, and a new ${type.replace('aws_', '').replaceAll('_', ' ')} has none.`,
            action: 'If this change takes it out, put it back. Else nothing.',
          };
        }
      }
    }
  },
};

/**
 * Plan JSON leaves `dynamic` blocks out of the configuration. Modules from a registry are full of them, so there an
 * absent block says nothing; in the project's own code it says that the block is gone.
 */
function writtenHere(graph: Context['graph'], resource: Resource): boolean {
  return graph.sourcesAbove(resource).every((source) => /^\.{1,2}\//.test(source));
}

const insights: Rule = {
  id: 'blind/monitoring-reduced',
  severity: 'low',
  title: 'Fewer metrics are collected',
  *check({ graph }) {
    const levels = ['DEFAULT', 'PER_BROKER', 'PER_TOPIC_PER_BROKER', 'PER_TOPIC_PER_PARTITION'];
    for (const cluster of graph.ofType('aws_msk_cluster')) {
      const [before, after] = [
        textOf(read(cluster, 'before', 'enhanced_monitoring')),
        textOf(read(cluster, 'after', 'enhanced_monitoring')),
      ];
      if (!survives(cluster) || !before || !after || levels.indexOf(after) >= levels.indexOf(before)) continue;
      yield {
        resource: cluster,
        before,
        after,
        why: 'Consumer lag per topic or partition is no longer to be seen.',
        action: 'Keep the level that your alarms use.',
      };
    }
    for (const filter of graph.ofType('aws_cloudwatch_log_metric_filter', 'aws_cloudwatch_log_subscription_filter')) {
      if (filter.action !== 'destroy') continue;
      const group = resourceOfTarget(graph.follow(filter, 'before', 'log_group_name', ['aws_cloudwatch_log_group']));
      if (group?.action === 'destroy') continue;
      yield {
        resource: filter,
        before: 'reads the log group',
        after: 'gone',
        why: 'The metric, or whoever reads along, gets nothing any more; alarms on it stay silent.',
        action: 'Show what takes its place.',
      };
    }
  },
};

export const blindnessRules: readonly Rule[] = [
  alarmRemoved,
  alarmLoosened,
  alarmOrphaned,
  alarmSilent,
  logGroupRemoved,
  logRetention,
  tracing,
  insights,
];
