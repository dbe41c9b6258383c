import { ALARMS, actionsOf } from '../../graph/alarms';
import { booleanOn, numberChange } from '../../graph/change';
import { existsOn, read, type Side } from '../../graph/side';
import { list, shown } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { certainlyDiffers, isOpen, isRecord, textOf, type Value } from '../../plan/values';
import type { Context, Rule } from '../rule';

/** What an alarm can be made to say less by; each names what changed, and how bad that is. */
interface Loosening {
  readonly before: string;
  readonly after: string;
  readonly kind: 'later' | 'elsewhere' | 'silent';
}

export const rule: Rule = {
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
  for (const path of ['namespace', 'metric_name', 'alarm_rule'] as const) {
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
  for (const path of ['evaluation_periods', 'datapoints_to_alarm', 'period'] as const) {
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
