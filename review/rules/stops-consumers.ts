import { resourceOfTarget, type Target } from '../graph/graph';
import { existsOn, read, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { isAbsent, textOf } from '../plan/values';
import { booleanOn, numberOn, touched } from './newly';
import {
  nameOfPlace,
  type Place,
  placesOf,
  type Reader,
  readerBy,
  readers,
  readersOf,
  readersOfPlace,
  whoOf,
} from './readers';
import type { Context, Rule } from './rule';
import { list, seconds } from './words';

const nameOf = (target: Target) =>
  resourceOfTarget(target)?.address ?? (target.kind === 'elsewhere' ? target.name : 'its source');

const STREAMS = ['aws_kinesis_stream', 'aws_dynamodb_table', 'aws_msk_cluster', 'aws_msk_serverless_cluster'];

/** DynamoDB keeps the records of a stream for 24 hours (developer guide, "Change data capture for DynamoDB Streams"). */
const TABLE_STREAM_SECONDS = 86_400;

/** What waits, and how long people have before it is gone. */
function waiting(source: Resource | undefined): string {
  const kept = source ? keptFor(source) : undefined;
  const what = source && STREAMS.includes(source.type) ? 'Records' : 'Messages';
  return kept === undefined
    ? `${what} pile up.`
    : `${what} pile up, and those older than ${seconds(kept)} are deleted, read or not.`;
}

function keptFor(source: Resource): number | undefined {
  const hours = numberOn(source, 'after', 'retention_period');
  if (source.type === 'aws_kinesis_stream') return hours === undefined ? undefined : hours * 3600;
  return source.type === 'aws_dynamodb_table'
    ? TABLE_STREAM_SECONDS
    : numberOn(source, 'after', 'message_retention_seconds');
}

const driftNote = (graph: Context['graph'], mapping: Resource): string =>
  graph.plan.drift.some(({ address }) => address === mapping.address)
    ? ' It was switched outside Terraform since the last apply (a person, or a circuit breaker).'
    : '';

const disabled: Rule = {
  id: 'stop/mapping-disabled',
  severity: 'high',
  title: 'A consumer is switched off',
  *check({ graph }) {
    for (const consumer of graph.consumers('after')) {
      const { mapping } = consumer;
      if (!touched(mapping) || consumer.enabled !== false) continue;
      if (existsOn(mapping, 'before') && booleanOn(mapping, 'before', 'enabled') === false) continue;
      const source = resourceOfTarget(consumer.source);
      yield {
        resource: mapping,
        // One that is made switched off was never counted on.
        severity: existsOn(mapping, 'before') ? 'high' : 'info',
        before: existsOn(mapping, 'before') ? 'enabled' : undefined,
        after: 'disabled',
        why: `${consumer.function?.address ?? 'The function'} gets nothing from ${nameOf(consumer.source)} any more. ${waiting(source)}`,
        action: 'Say who switches it on again and when; watch the age of the oldest message until then.',
      };
    }
  },
};

const enabled: Rule = {
  id: 'stop/mapping-enabled',
  severity: 'medium',
  title: 'A consumer that was off is switched on',
  *check({ graph }) {
    for (const consumer of graph.consumers('after')) {
      const { mapping } = consumer;
      if (!survives(mapping) || consumer.enabled !== true || booleanOn(mapping, 'before', 'enabled') !== false)
        continue;
      yield {
        resource: mapping,
        before: 'disabled',
        after: 'enabled',
        why: `Everything that waited in ${nameOf(consumer.source)} arrives at once.${driftNote(graph, mapping)} If a circuit breaker or a person switched it off because a dependency is down, this apply opens the dam in mid-outage.`,
        action:
          'Check that the dependency is back. If it is switched at run time, add `ignore_changes = [enabled]` to its lifecycle.',
      };
    }
  },
};

/** In these every reader has a place of its own; from a queue each message goes to one reader. */

const removed: Rule = {
  id: 'stop/mapping-removed',
  severity: 'high',
  title: 'A consumer is taken away from a source that stays',
  *check({ graph }) {
    for (const { place, by } of placesBefore(readers(graph, 'before'))) {
      if (place.source && !existsOn(place.source, 'after')) continue;
      const after = readersOfPlace(graph, place, 'after');
      // One that still reads it may be switched off: that is another finding.
      const gone = by.filter(({ resource }) => !after.some((reader) => reader.resource === resource));
      const [first] = gone;
      if (!first) continue;
      const remaining = after.filter((reader) => reader.enabled !== false);
      const stream = place.source !== undefined && STREAMS.includes(place.source.type);
      const takenOver = remaining.some((reader) => !by.some(({ resource }) => resource === reader.resource));
      if (remaining.length > 0 && (!stream || takenOver)) continue;
      const unread = remaining.length === 0;
      yield {
        resource: first.resource,
        severity: unread ? 'high' : 'medium',
        before: `${nameOfPlace(place)} read by ${list(by.map(whoOf))}`,
        after: unread ? 'read by nobody' : `read by ${list(remaining.map(whoOf))}`,
        why: unread
          ? `${moved(first, graph)}Nobody reads ${nameOfPlace(place)} any more. ${waiting(place.source)}`
          : `${list(gone.map(whoOf))} gets nothing of it any more, and its place in the stream goes with the mapping.`,
        action: 'Put the next consumer in the same change, or stop the senders first.',
      };
    }
  },
};

function moved({ resource }: Reader, graph: Context['graph']): string {
  const reader = readerBy(graph, resource, 'after');
  return reader ? `It reads ${list(placesOf(reader).map(nameOfPlace))} from now on. ` : '';
}

/** Each place that somebody reads, with its readers. */
function placesBefore(all: readonly Reader[]): { place: Place; by: Reader[] }[] {
  const found = new Map<string, { place: Place; by: Reader[] }>();
  for (const reader of all) {
    if (reader.enabled === false) continue;
    for (const place of placesOf(reader)) {
      const entry = found.get(place.key);
      if (entry) entry.by.push(reader);
      else found.set(place.key, { place, by: [reader] });
    }
  }
  return [...found.values()];
}

const competing: Rule = {
  id: 'loss/competing-consumers',
  severity: 'high',
  title: 'Several consumers read one queue, and each sees only a part',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const of = (side: 'before' | 'after') =>
        readersOf(graph, queue, side).filter((reader) => reader.enabled === true);
      const [before, after] = [of('before'), of('after')];
      const added = after.filter(({ resource }) => !before.some((reader) => reader.resource === resource));
      const [newcomer] = added;
      if (after.length < 2 || before.length >= after.length || !newcomer) continue;
      yield {
        resource: newcomer.resource,
        before: before.length === 0 ? 'no consumer' : `${queue.address} read by ${list(before.map(whoOf))}`,
        after: `${queue.address} read by ${list(after.map(whoOf))}`,
        why: 'SQS gives each message to one reader only. Each gets about its share of the messages and never sees the rest; what one deletes is gone for the other.',
        action: 'Give the new consumer a queue of its own and feed both from a topic (SNS) or a bus (EventBridge).',
      };
    }
  },
};

const replaced: Rule = {
  id: 'stop/mapping-replaced',
  severity: 'low',
  title: 'Consumption pauses while a mapping or its function is replaced',
  *check({ graph }) {
    for (const { mapping, source } of graph.consumers('after')) {
      if (mapping.action !== 'replace' || !isAbsent(read(mapping, 'after', 'starting_position'))) continue;
      const was = graph.consumerOf(mapping, 'before')?.source ?? source;
      // To read elsewhere is more than a pause.
      const [old, now] = [resourceOfTarget(was), resourceOfTarget(source)];
      const moved = source.kind !== 'unknown' && old !== now && (old === undefined || existsOn(old, 'after'));
      if (moved) continue;
      yield {
        resource: mapping,
        before: `reads ${nameOf(was)}`,
        after: `reads ${nameOf(source)}`,
        why: 'Deleting and making a mapping takes a minute or more each; batches in work when it goes come back after the visibility timeout.',
        action: 'Apply at a quiet time; nothing is lost as long as the queue stays.',
      };
    }
    for (const fn of graph.ofType('aws_lambda_function')) {
      if (fn.action !== 'replace') continue;
      const called = textOf(read(fn, 'before', 'function_name'));
      const renamed = textOf(read(fn, 'after', 'function_name')) !== called;
      yield {
        resource: fn,
        severity: 'medium',
        before: called,
        after: renamed
          ? (textOf(read(fn, 'after', 'function_name')) ?? '(known after apply)')
          : 'a new function of that name',
        why: `The function is deleted${fn.createFirst ? '' : ' before the new one is made'}: what it was asked to do asynchronously and has not begun is dropped, its versions, aliases and permissions go with it${renamed ? ', and whoever calls it by its name, an alarm or a log group included, is left behind' : ''}.`,
        action: renamed
          ? 'Make the new function beside it, move mapping, permissions, alarms and logs over, and remove the old one in a later apply.'
          : 'Stop its asynchronous senders for the apply.',
      };
    }
  },
};

export const consumerStopRules: readonly Rule[] = [disabled, enabled, removed, competing, replaced];
