import { resourceOfTarget } from '../graph/graph';
import { read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, isAbsent, textOf } from '../plan/values';
import { booleanOn, numberChange } from './newly';
import type { Context, Rule } from './rule';
import { list } from './words';

interface Route {
  readonly what: string;
  readonly from: (graph: Context['graph'], route: Resource, side: Side) => Resource | undefined;
  readonly to: (graph: Context['graph'], route: Resource, side: Side) => Resource | undefined;
}

/** What carries messages from one place to another without holding any. */
const ROUTES: Readonly<Record<string, Route>> = {
  aws_sns_topic_subscription: {
    what: 'subscription',
    from: (graph, route, side) => graph.topicOf(route, side),
    to: (graph, route, side) => graph.endpointOf(route, side),
  },
  aws_cloudwatch_event_target: {
    what: 'target of an event rule',
    from: (graph, route, side) => graph.ruleOf(route, side),
    to: (graph, route, side) => graph.targetOf(route, side),
  },
};

const removed: Rule = {
  id: 'loss/route-removed',
  severity: 'high',
  title: 'Messages no longer reach somebody who stays',
  *check({ graph }) {
    for (const [type, route] of Object.entries(ROUTES)) {
      for (const resource of graph.ofType(type)) {
        if (resource.action !== 'destroy') continue;
        const [from, to] = [route.from(graph, resource, 'before'), route.to(graph, resource, 'before')];
        if (from?.action === 'destroy' || to?.action === 'destroy') continue;
        const again = graph
          .ofType(type)
          .some(
            (other) =>
              other.action === 'create' &&
              route.to(graph, other, 'after') === to &&
              route.from(graph, other, 'after') === from,
          );
        if (to && from && again) continue;
        yield {
          resource,
          before: `${from?.address ?? 'its source'} → ${to?.address ?? 'its endpoint'}`,
          after: 'no delivery',
          why: `The ${route.what} goes while both its ends stay: what is published from then on is not delivered there, and nothing keeps it.`,
          action: 'Show that nobody needs these messages there any more, or keep it.',
        };
      }
    }
  },
};

const replaced: Rule = {
  id: 'loss/route-replaced',
  severity: 'medium',
  title: 'Messages published while a route is replaced are not delivered',
  *check({ graph }) {
    for (const [type, route] of Object.entries(ROUTES)) {
      for (const resource of graph.ofType(type)) {
        if (resource.action !== 'replace' || resource.createFirst) continue;
        const ends = (side: Side) =>
          `${route.from(graph, resource, side)?.address ?? 'its source'} → ${route.to(graph, resource, side)?.address ?? '(known after apply)'}`;
        yield {
          resource,
          before: ends('before'),
          after: ends('after'),
          why: `The ${route.what} is destroyed and then made again${resource.replacePaths.length > 0 ? ` because of ${list(resource.replacePaths)}` : ''}. What is published in between is delivered to nobody and kept by nobody.`,
          action:
            'Stop the publisher for the apply, or make the new one first (`create_before_destroy`) and accept duplicates.',
        };
      }
    }
  },
};

const FILTERS: readonly { type: string; path: string; dropped: string; severity: 'high' | 'medium' }[] = [
  {
    type: 'aws_lambda_event_source_mapping',
    path: 'filter_criteria',
    dropped: 'Lambda deletes from the queue what its filter does not match',
    severity: 'high',
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
    dropped: 'events that do not match reach no target',
    severity: 'medium',
  },
];

const filter: Rule = {
  id: 'loss/filter-changed',
  severity: 'medium',
  title: 'A filter decides differently which messages arrive',
  *check({ graph }) {
    for (const { type, path, dropped, severity } of FILTERS) {
      for (const resource of graph.ofType(type)) {
        const before = read(resource, 'before', path);
        const after = read(resource, 'after', path);
        if (resource.action !== 'update' || !certainlyDiffers(before, after) || isAbsent(after)) continue;
        const queue = resourceOfTarget(graph.follow(resource, 'after', 'event_source_arn', ['aws_sqs_queue']));
        yield {
          resource,
          severity: type === 'aws_lambda_event_source_mapping' && !queue ? 'medium' : severity,
          before: isAbsent(before) ? 'no filter' : 'a filter',
          after: isAbsent(before) ? 'a filter' : 'another filter',
          why: `With the new filter ${dropped}; no dead-letter queue sees it.`,
          action: 'Run recent messages through the new filter and compare what passes.',
        };
      }
    }
  },
};

const competing: Rule = {
  id: 'loss/competing-consumers',
  severity: 'high',
  title: 'Several consumers read one queue, and each sees only a part',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const readers = (side: Side) => graph.consumersOf(queue, side).filter(({ enabled }) => enabled !== false);
      const [before, after] = [readers('before'), readers('after')];
      const added = after.filter(({ mapping }) => !before.some((reader) => reader.mapping === mapping));
      if (after.length < 2 || before.length >= after.length || added.length === 0) continue;
      const who = (reader: (typeof after)[number]) => reader.function?.address ?? reader.mapping.address;
      yield {
        resource: added[0]?.mapping ?? queue,
        before: before.length === 0 ? 'no consumer' : `${queue.address} read by ${list(before.map(who))}`,
        after: `${queue.address} read by ${list(after.map(who))}`,
        why: 'SQS gives each message to one reader only. Each function gets about its share of the messages and never sees the rest; what one deletes is gone for the other.',
        action: 'Give the new consumer a queue of its own and feed both from a topic (SNS) or a bus (EventBridge).',
      };
    }
  },
};

const streamPosition: Rule = {
  id: 'loss/stream-position',
  severity: 'high',
  title: 'A stream consumer loses its place in the stream',
  *check({ graph }) {
    for (const mapping of graph.ofType('aws_lambda_event_source_mapping')) {
      if (mapping.action !== 'replace') continue;
      const start = textOf(read(mapping, 'after', 'starting_position'));
      if (!start) continue;
      const latest = start === 'LATEST';
      yield {
        resource: mapping,
        severity: latest ? 'high' : 'medium',
        before: 'reads on from its checkpoint',
        after: `starts at ${start}`,
        why: latest
          ? 'The checkpoint goes with the mapping, and the new one starts with records that come after it: those in between are never processed.'
          : 'The checkpoint goes with the mapping, and the new one reads what the stream still keeps again: every record of that time is processed twice.',
        action: latest
          ? 'Start at AT_TIMESTAMP, a little before the apply.'
          : 'Make sure that processing a record twice has no second effect, or start at AT_TIMESTAMP.',
      };
    }
  },
};

const streamRetries: Rule = {
  id: 'loss/stream-retries',
  severity: 'medium',
  title: 'A stream consumer gives up on records sooner',
  *check({ graph }) {
    for (const mapping of graph.ofType('aws_lambda_event_source_mapping')) {
      if (!survives(mapping) || !textOf(read(mapping, 'after', 'starting_position'))) continue;
      for (const path of ['maximum_retry_attempts', 'maximum_record_age_in_seconds']) {
        const change = numberChange(mapping, path);
        const length = (value: number) => (value < 0 ? Number.POSITIVE_INFINITY : value);
        if (!change || length(change.after) >= length(change.before)) continue;
        const kept = !isAbsent(read(mapping, 'after', 'destination_config.0.on_failure'));
        yield {
          resource: mapping,
          severity: kept ? 'low' : 'medium',
          before: `${path} ${change.before < 0 ? 'unlimited' : change.before}`,
          after: `${path} ${change.after}`,
          why: kept
            ? 'Records that fail are skipped sooner; their place in the stream goes to the on-failure destination, the records themselves do not.'
            : 'Records that fail are skipped sooner, and without an on-failure destination nobody is told which.',
          action: 'Set an on-failure destination, and a limit longer than the outages you have had.',
        };
      }
    }
  },
};

const bisect = (resource: Resource, side: Side) => booleanOn(resource, side, 'bisect_batch_on_function_error');
const poison: Rule = {
  id: 'storm/bisect-removed',
  severity: 'medium',
  title: 'One bad record blocks or repeats its whole batch',
  *check({ graph }) {
    for (const mapping of graph.ofType('aws_lambda_event_source_mapping')) {
      if (!survives(mapping) || bisect(mapping, 'before') !== true || bisect(mapping, 'after') !== false) continue;
      yield {
        resource: mapping,
        before: 'a failing batch is split',
        after: 'a failing batch is repeated whole',
        why: 'One record that always fails makes every record of its batch run again until the retries end, and holds its shard up for that long.',
        action: 'Keep bisect_batch_on_function_error, or report single failures (ReportBatchItemFailures).',
      };
    }
  },
};

export const routeRules: readonly Rule[] = [
  removed,
  replaced,
  filter,
  competing,
  streamPosition,
  streamRetries,
  poison,
];
