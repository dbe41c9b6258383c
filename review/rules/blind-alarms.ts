import { resourceOfTarget } from '../graph/graph';
import { existsOn, read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, isOpen, isRecord, textOf, type Value, valueAt } from '../plan/values';
import { booleanOn, numberChange } from './newly';
import type { Context, Rule } from './rule';
import { list, shown } from './words';

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

/** What an alarm can be made to say less by; each names what changed, and how bad that is. */
interface Loosening {
  readonly before: string;
  readonly after: string;
  readonly kind: 'later' | 'elsewhere' | 'silent';
}

const loosened: Rule = {
  id: 'blind/alarm-loosened',
  severity: 'medium',
  title: 'An alarm rings later, for something else, or not at all',
  *check({ graph }) {
    for (const alarm of graph.ofType(...ALARMS)) {
      if (alarm.action !== 'update') continue;
      const changes = [...addressees(alarm), ...subject(graph, alarm), ...patience(alarm)];
      if (changes.length === 0) continue;
      const has = (kind: Loosening['kind']) => changes.some((change) => change.kind === kind);
      yield {
        resource: alarm,
        severity: has('silent') || has('elsewhere') ? 'high' : 'medium',
        before: changes.map(({ before }) => before).join(', '),
        after: changes.map(({ after }) => after).join(', '),
        why: has('silent')
          ? 'The alarm still changes its colour, but does not tell those whom it told.'
          : has('elsewhere')
            ? 'What it rang for until now rings nowhere any more; from outside it looks like the same alarm.'
            : 'It takes more, or longer, before anybody is told.',
        action: has('elsewhere')
          ? 'Make a second alarm for what is new, and keep this one.'
          : 'Say which incident it rang for wrongly; else keep it.',
      };
    }
  },
};

/** Who is told. */
function addressees(alarm: Resource): Loosening[] {
  const changes: Loosening[] = [];
  if (
    booleanOn(alarm, 'before', 'actions_enabled') === true &&
    booleanOn(alarm, 'after', 'actions_enabled') === false
  ) {
    changes.push({ before: 'actions on', after: 'actions off', kind: 'silent' });
  }
  const [had, has] = [actionsOf(alarm, 'before'), actionsOf(alarm, 'after')];
  if (had === undefined || has === undefined || has.some(isOpen)) return changes;
  const lost = had.filter((action) => !has.includes(action));
  if (lost.length === 0) return changes;
  const names = (actions: readonly Value[]) => list(actions.map((action) => textOf(action)?.split(':').at(-1) ?? '?'));
  changes.push({
    before: `tells ${names(had)}`,
    after: has.length === 0 ? 'tells nobody' : `tells ${names(has)}`,
    kind: 'silent',
  });
  return changes;
}

/** What it watches: a metric of a thing, how it is condensed and in which direction it is bad. */
function subject(graph: Context['graph'], alarm: Resource): Loosening[] {
  const changes: Loosening[] = [];
  for (const path of ['namespace', 'metric_name', 'alarm_rule']) {
    const [before, after] = [textOf(read(alarm, 'before', path)), textOf(read(alarm, 'after', path))];
    if (before !== undefined && after !== undefined && before !== after)
      changes.push({ before: shown(before), after: shown(after), kind: 'elsewhere' });
  }
  const [was, is] = [dimensionsOf(alarm, 'before'), dimensionsOf(alarm, 'after')];
  // An alarm without dimensions watched nothing, or all of them.
  if (was && is !== undefined && was !== is && !followsItsName(graph, alarm))
    changes.push({
      before: `watches ${was}`,
      after: `watches ${is || 'all of them'}`,
      kind: 'elsewhere',
    });
  const direction = (side: Side) =>
    textOf(read(alarm, side, 'comparison_operator'))?.replace(/(OrEqualTo)?Threshold$/, '');
  const [up, down] = [direction('before'), direction('after')];
  if (up !== undefined && down !== undefined && up !== down)
    changes.push({
      before: shown(read(alarm, 'before', 'comparison_operator')),
      after: shown(read(alarm, 'after', 'comparison_operator')),
      kind: 'elsewhere',
    });
  const before = read(alarm, 'before', 'metric_query');
  if (certainlyDiffers(before, read(alarm, 'after', 'metric_query')))
    changes.push({ before: 'its expression', after: 'another expression', kind: 'elsewhere' });
  return changes;
}

/** How much of a rare high value a statistic lets through: of 100, all of it. */
const STATISTICS: Readonly<Record<string, number>> = { Maximum: 100, Sum: 100, Average: 50, Minimum: 0 };

function statisticOf(alarm: Resource, side: Side): { name: string; keeps: number } | undefined {
  const name = textOf(read(alarm, side, 'extended_statistic')) ?? textOf(read(alarm, side, 'statistic'));
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(name ?? '')?.[1];
  const keeps = percentile === undefined ? STATISTICS[name ?? ''] : Number(percentile);
  return name === undefined || keeps === undefined ? undefined : { name, keeps };
}

/** How much it takes until it rings. */
function patience(alarm: Resource): Loosening[] {
  const changes: Loosening[] = [];
  const later = (before: string, after: string) => changes.push({ before, after, kind: 'later' });
  const threshold = numberChange(alarm, 'threshold');
  const operator = textOf(read(alarm, 'after', 'comparison_operator')) ?? '';
  const upward = operator.startsWith('Greater');
  if (threshold && (upward ? threshold.after > threshold.before : threshold.after < threshold.before))
    later(`threshold ${threshold.before}`, `threshold ${threshold.after}`);
  for (const path of ['evaluation_periods', 'datapoints_to_alarm', 'period']) {
    const change = numberChange(alarm, path);
    if (change && change.before > 0 && change.after > change.before)
      later(`${path} ${change.before}`, `${path} ${change.after}`);
  }
  const [was, is] = [statisticOf(alarm, 'before'), statisticOf(alarm, 'after')];
  if (was && is && (upward ? is.keeps < was.keeps : is.keeps > was.keeps)) later(was.name, is.name);
  const [missing, now] = [
    textOf(read(alarm, 'before', 'treat_missing_data')),
    textOf(read(alarm, 'after', 'treat_missing_data')),
  ];
  if (missing === 'breaching' && now !== undefined && now !== 'breaching')
    later('missing data breaches', `missing data: ${now}`);
  return changes;
}

/** The names in the dimensions, in one order; undefined while one of them is not known. */
function dimensionsOf(alarm: Resource, side: Side): string | undefined {
  const dimensions = read(alarm, side, 'dimensions');
  if (isOpen(dimensions)) return undefined;
  const entries = isRecord(dimensions) ? Object.entries(dimensions as Record<string, Value>) : [];
  if (entries.some(([, value]) => isOpen(value))) return undefined;
  return list(entries.map(([name, value]) => `${name} ${String(value)}`));
}

/** The thing that it watches gets another name, and the alarm with it. */
function followsItsName(graph: Context['graph'], alarm: Resource): boolean {
  const [before, after] = [graph.watchedBy(alarm, 'before'), graph.watchedBy(alarm, 'after')];
  if (before.length === 0) return false;
  return before.every((resource) => after.includes(resource) || !existsOn(resource, 'after'));
}

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
        if (!gone || (gone.action !== 'destroy' && gone.action !== 'replace') || bearer('after').kind !== 'elsewhere')
          continue;
        const unsure = graph
          .ofType(type)
          .some(({ action, after }) => (action === 'create' || action === 'replace') && isOpen(valueAt(after, path)));
        if (unsure) continue;
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

export const alarmRules: readonly Rule[] = [alarmRemoved, loosened, alarmOrphaned, alarmSilent];
