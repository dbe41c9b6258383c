import { isSame } from '../../graph/change';
import { resourceOfTarget } from '../../graph/graph';
import { read, type Side, survives } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { isAbsent, isOpen, isRecord, listOf, parseJson, textOf, type Value } from '../../plan/values';
import type { AnyPath, TypeName } from '../../resources';
import type { Draft, Rule } from '../rule';

interface Filter {
  readonly type: TypeName;
  readonly path: AnyPath;
  /** What becomes of what the filter does not let pass. */
  readonly dropped: string;
  readonly severity: 'high' | 'medium';
  /** Where it says what it reads, if it reads. */
  readonly source?: AnyPath;
}

const FILTERS: readonly Filter[] = [
  {
    type: 'aws_lambda_event_source_mapping',
    path: 'filter_criteria',
    dropped: 'Lambda deletes from a queue what its filter does not match, and passes over it in a stream',
    severity: 'high',
    source: 'event_source_arn',
  },
  {
    type: 'aws_pipes_pipe',
    path: 'source_parameters.0.filter_criteria',
    dropped: 'the pipe deletes from a queue what its filter does not match, and passes over it in a stream',
    severity: 'high',
    source: 'source',
  },
  {
    type: 'aws_sns_topic_subscription',
    path: 'filter_policy',
    dropped: 'what does not match is not delivered there',
    severity: 'medium',
  },
  {
    type: 'aws_cloudwatch_event_rule',
    path: 'event_pattern',
    dropped: 'events that do not match reach none of its targets',
    severity: 'medium',
  },
  {
    type: 'aws_cloudwatch_event_archive',
    path: 'event_pattern',
    dropped: 'events that do not match are not archived, so that they can not be replayed',
    severity: 'medium',
  },
];

export const rule: Rule = {
  id: 'loss/filter-changed',
  severity: 'medium',
  title: 'A filter decides differently which messages arrive',
  *check({ graph }) {
    for (const filter of FILTERS) {
      for (const resource of graph.ofType(filter.type)) {
        if (!survives(resource) || isSame(resource)) continue;
        const draft = differing(resource, filter);
        if (!draft) continue;
        const source =
          filter.source === undefined ? undefined : graph.follow(resource, 'after', filter.source, ['aws_sqs_queue']);
        // In a stream what a filter passes over stays where it is, for others and for a second look.
        const kept = filter.source !== undefined && resourceOfTarget(source) === undefined;
        yield kept && draft.severity === 'high' ? { ...draft, severity: 'medium' } : draft;
      }
    }
    for (const subscription of graph.ofType('aws_sns_topic_subscription')) {
      const scope = (side: Side) => textOf(read(subscription, side, 'filter_policy_scope')) ?? 'MessageAttributes';
      if (!survives(subscription) || isAbsent(read(subscription, 'after', 'filter_policy'))) continue;
      if (isOpen(read(subscription, 'after', 'filter_policy_scope')) || scope('before') === scope('after')) continue;
      yield {
        resource: subscription,
        severity: 'high',
        before: `the filter looks at ${scope('before')}`,
        after: `the filter looks at ${scope('after')}`,
        why: 'What it looked for is elsewhere in the message: unless publishers put it in both places, nothing matches and nothing is delivered.',
        action: 'Make publishers put it in both places first.',
      };
    }
  },
};

function differing(resource: Resource, { path, dropped, severity }: Filter): Draft | undefined {
  const before = read(resource, 'before', path);
  const after = read(resource, 'after', path);
  if (holdsOpen(before) || holdsOpen(after)) return undefined;
  const [was, is] = [filterOf(before), filterOf(after)];
  if (canonical(was) === canonical(is)) return undefined;
  const wider = is === undefined || (was !== undefined && covers(is, was));
  return {
    resource,
    severity: wider ? 'low' : severity,
    before: shownFilter(was),
    after: shownFilter(is),
    why: wider
      ? `${is === undefined ? 'Everything' : 'More'} arrives there from then on: messages of kinds that its reader has not seen before, and as many as there are of them.`
      : `With the new filter ${dropped}; no dead-letter queue sees it.`,
    action: wider
      ? 'Check that the reader knows every kind that it will get, and what it does with one that it does not.'
      : 'Run recent messages through the new filter and compare what passes.',
  };
}

function holdsOpen(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(holdsOpen);
  return isOpen(value) || (isRecord(value) && Object.values(value as Record<string, Value>).some(holdsOpen));
}

/** What a filter says, whether it is a policy in JSON or blocks of patterns in JSON; undefined when there is none. */
function filterOf(value: Value | undefined): unknown {
  if (isAbsent(value)) return undefined;
  if (typeof value === 'string') return parseJson(value) ?? value;
  const patterns = listOf(value)
    .flatMap((criteria) => listOf(isRecord(criteria) ? (criteria as Record<string, Value>).filter : undefined))
    .map((filter) => (isRecord(filter) ? filterOf((filter as Record<string, Value>).pattern) : undefined))
    .filter((pattern) => pattern !== undefined);
  // One of them is enough to pass, as one value of a list is.
  return patterns.length === 0 ? undefined : patterns;
}

/** Lists are alternatives, so that their order says nothing; neither does that of keys. */
function canonical(filter: unknown): string {
  if (Array.isArray(filter)) return `[${filter.map(canonical).sort().join()}]`;
  if (!isRecord(filter)) return JSON.stringify(filter) ?? '';
  const fields = Object.keys(filter).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonical(filter[name])}`).join()}}`;
}

/** Whether everything that passes `narrow` certainly passes `wide`. */
function covers(wide: unknown, narrow: unknown): boolean {
  if (canonical(wide) === canonical(narrow)) return true;
  if (Array.isArray(wide) && Array.isArray(narrow))
    return narrow.every((item) => wide.some((other) => covers(other, item)));
  if (!isRecord(wide) || !isRecord(narrow)) return false;
  // Each key is one more condition; one that speaks of what must not be does not grow with its list.
  return Object.keys(wide).every(
    (name) =>
      name in narrow &&
      (NEGATED.has(name) ? canonical(wide[name]) === canonical(narrow[name]) : covers(wide[name], narrow[name])),
  );
}
const NEGATED = new Set(['anything-but', 'exists', 'numeric', 'prefix', 'suffix', 'wildcard', 'cidr', '$or']);

function shownFilter(filter: unknown): string {
  if (filter === undefined) return 'no filter';
  const text = typeof filter === 'string' ? 'a filter' : JSON.stringify(filter);
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}
