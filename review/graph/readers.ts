import type { Resource } from '../plan/model';
import { isAbsent, isOpen, listOf, textOf } from '../plan/values';
import type { AnyPath } from '../resources';
import { ENDPOINTS, SOURCES } from './endpoints';
import { resourceOfTarget, type Target } from './graph';
import { grouped } from './grouped';
import { memoizePerSide } from './memoize';
import type { Messaging } from './messaging';
import { existsOn, read, type Side } from './side';

/** Something that takes messages or records out of a source: a mapping, a pipe, a delivery stream. */
export interface Reader {
  readonly resource: Resource;
  readonly source: Target;
  /** The queues of a broker or the topics of a cluster that it reads; none for a source that is one thing. Undefined: not known. */
  readonly parts: readonly string[] | undefined;
  /** Who gets them. */
  readonly to: Resource | undefined;
  /** Whose role it reads with. */
  readonly worker: Resource | undefined;
  readonly enabled: boolean | undefined;
}

const PIPE_PARTS: readonly AnyPath[] = [
  'source_parameters.0.activemq_broker_parameters.0.queue_name',
  'source_parameters.0.rabbitmq_broker_parameters.0.queue_name',
  'source_parameters.0.managed_streaming_kafka_parameters.0.topic_name',
];
const UNKNOWN_TARGET: Target = { kind: 'unknown' };

export const readers = memoizePerSide<readonly Reader[]>((graph, side) => [
  ...mappings(graph, side),
  ...pipes(graph, side),
  ...deliveryStreams(graph, side),
]);

const bySource = memoizePerSide((graph, side) => grouped(readers(graph, side), sourceKey));
const byResource = memoizePerSide(
  (graph, side) => new Map(readers(graph, side).map((reader) => [reader.resource, reader])),
);

/** Readers of a queue, stream, table or broker, switched off or not. */
export const readersOf = (graph: Messaging, source: Resource, side: Side): readonly Reader[] =>
  bySource(graph, side).get(source) ?? [];

/** What a mapping, pipe or delivery stream reads on one side. */
export const readerBy = (graph: Messaging, resource: Resource, side: Side): Reader | undefined =>
  byResource(graph, side).get(resource);

/** Who reads a place afterwards, as far as that is known. */
export function readersOfPlace(graph: Messaging, place: Place, side: Side): Reader[] {
  const sources = bySource(graph, side);
  const arn = place.source ? textOf(read(place.source, 'before', 'arn')) : undefined;
  const candidates = [place.source ?? place.name, arn, UNKNOWN_SOURCE].flatMap((key) =>
    key === undefined ? [] : (sources.get(key) ?? []),
  );
  return [...new Set(candidates)].filter((reader) => reads(reader, place));
}

const UNKNOWN_SOURCE = '(unknown)';
function sourceKey({ source }: Reader): Resource | string {
  if (source.kind === 'resource') return source.resource;
  // A stream of a table has the table's ARN in its own.
  return source.kind === 'unknown' ? UNKNOWN_SOURCE : source.name.replace(/\/stream\/[^/]*$/, '');
}

function mappings(graph: Messaging, side: Side): Reader[] {
  return graph.consumers(side).map(({ mapping, source, function: fn, enabled }) => ({
    resource: mapping,
    source: throughConsumer(graph, source, side),
    parts: partsOf(mapping, side, ['queues', 'topics']),
    to: fn,
    worker: fn,
    enabled,
  }));
}

/** An enhanced fan-out consumer reads the stream that it is registered with. */
function throughConsumer(graph: Messaging, source: Target, side: Side): Target {
  const found = resourceOfTarget(source);
  if (found?.type !== 'aws_kinesis_stream_consumer') return source;
  return graph.follow(found, side, 'stream_arn', ['aws_kinesis_stream']) ?? UNKNOWN_TARGET;
}

function pipes(graph: Messaging, side: Side): Reader[] {
  return graph
    .ofType('aws_pipes_pipe')
    .filter((pipe) => existsOn(pipe, side))
    .map((pipe) => {
      const state = read(pipe, side, 'desired_state');
      return {
        resource: pipe,
        source: graph.follow(pipe, side, 'source', SOURCES) ?? UNKNOWN_TARGET,
        parts: partsOf(pipe, side, PIPE_PARTS),
        to: resourceOfTarget(graph.follow(pipe, side, 'target', ENDPOINTS)),
        worker: pipe,
        enabled: isOpen(state) ? undefined : textOf(state) !== 'STOPPED',
      };
    });
}

function deliveryStreams(graph: Messaging, side: Side): Reader[] {
  return graph.ofType('aws_kinesis_firehose_delivery_stream').flatMap((stream) => {
    const path = 'kinesis_source_configuration.0.kinesis_stream_arn';
    const source = existsOn(stream, side) ? graph.follow(stream, side, path, ['aws_kinesis_stream']) : undefined;
    return source ? [{ resource: stream, source, parts: [], to: stream, worker: undefined, enabled: true }] : [];
  });
}

function partsOf(resource: Resource, side: Side, paths: readonly AnyPath[]): string[] | undefined {
  const values = paths.map((path) => read(resource, side, path)).filter((value) => !isAbsent(value));
  if (values.some(isOpen)) return undefined;
  return values.flatMap((value) => (typeof value === 'string' ? [value] : listOf(value).map(String)));
}

/** A source, or one queue or topic in it: the place where messages wait for whoever reads it. */
export interface Place {
  readonly key: string;
  readonly source: Resource | undefined;
  readonly part: string | undefined;
  /** Of the source. */
  readonly name: string;
}

export function placesOf(reader: Reader): Place[] {
  const source = resourceOfTarget(reader.source);
  const name = source?.address ?? sourceName(reader);
  const parts = reader.parts === undefined || reader.parts.length === 0 ? [undefined] : reader.parts;
  return parts.map((part) => ({ key: `${name} ${part ?? ''}`, source, part, name }));
}

function sourceName({ source, resource }: Reader): string {
  return source.kind === 'elsewhere' ? source.name : `the source of ${resource.address}`;
}

export const nameOfPlace = ({ name, part }: Place): string => (part === undefined ? name : `${part} of ${name}`);

/** Whether a reader reads a place, as far as that is known: one whose source only the apply will tell may. */
function reads(reader: Reader, place: Place): boolean {
  if (reader.source.kind === 'unknown') return ['create', 'replace', 'update'].includes(reader.resource.action);
  return placesOf(reader).some(
    (other) =>
      (place.source === undefined
        ? other.key === place.key
        : other.source === place.source || namesIt(reader, place)) &&
      (place.part === undefined || other.part === undefined || other.part === place.part),
  );
}

/** A source that is made anew has another ARN, or none that is known yet: what still has the old one has not been moved away. */
function namesIt({ source }: Reader, place: Place): boolean {
  const arn = textOf(read(place.source as Resource, 'before', 'arn'));
  return source.kind === 'elsewhere' && arn !== undefined && source.name.startsWith(arn);
}

export const whoOf = (reader: Reader): string => reader.to?.address ?? reader.resource.address;
