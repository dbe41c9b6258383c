import { priceOf } from '../cost/prices';
import { numberOn } from '../graph/change';
import { resourceOfTarget } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { isOpen, listOf } from '../plan/values';
import type { AnyPath } from '../resources';
import { type OutageCost, type OutageSettings, outageCost } from './model';

/** What the plan doesn't say. The load is the benchmarks' own: 50 messages a second. */
export const ASSUMED = { messagesPerSecond: 50 } as const;
/** How long the dependency is away: a bad half-hour, and a bad half-day. */
export const OUTAGE_SECONDS = [1800, 14_400] as const;
/** A mapping without a limit of its own scales to this (Lambda developer guide, SQS scaling). */
const UNLIMITED_CONCURRENCY = 1250;
/** Without a dead-letter queue a message goes round until its retention ends: longer than the outage. */
const FOR_EVER = Number.MAX_SAFE_INTEGER;

export interface ConsumerOutage {
  readonly queue: string;
  readonly function: string;
  readonly settings: { readonly before: string; readonly after: string };
  /** One for each length of the outage. */
  readonly estimates: readonly Comparison[];
}
export interface Comparison {
  readonly outageSeconds: number;
  readonly before: Estimate;
  readonly after: Estimate;
}
export interface Estimate extends OutageCost {
  readonly dollars: number;
}

/** For every consumer whose settings change: what an outage of what it calls costs, before and after. */
export function consumerOutages(graph: Messaging): ConsumerOutage[] {
  return graph.consumers('after').flatMap((consumer) => {
    const [queue, fn] = [resourceOfTarget(consumer.source), consumer.function];
    if (queue?.type !== 'aws_sqs_queue' || !fn) return [];
    const involved = [queue, fn, consumer.mapping];
    if (involved.every(({ action }) => action === 'nothing')) return [];
    const was = graph.consumerOf(consumer.mapping, 'before');
    const [oldQueue, oldFunction] = [was && resourceOfTarget(was.source), was?.function];
    const before =
      oldQueue && oldFunction ? settingsOf(graph, [oldQueue, oldFunction, consumer.mapping], 'before') : undefined;
    const after = settingsOf(graph, involved, 'after');
    if (!before || !after || before.said === after.said) return [];
    const estimates = OUTAGE_SECONDS.map((outageSeconds) => ({
      outageSeconds,
      before: estimate(before, outageSeconds),
      after: estimate(after, outageSeconds),
    }));
    const settings = { before: before.said, after: after.said };
    return [{ queue: queue.address, function: fn.address, settings, estimates }];
  });
}

/** Consumers of one plan are often alike, and the model takes a millisecond each. */
const known = new Map<string, OutageCost>();

function costOf(settings: OutageSettings): OutageCost {
  const key = JSON.stringify(settings);
  const cost = known.get(key) ?? outageCost(settings);
  known.set(key, cost);
  return cost;
}

interface ConsumerSettings {
  readonly model: Omit<OutageSettings, 'outageSeconds'>;
  readonly dollarsPerSecond: number;
  readonly said: string;
}

function estimate({ model, dollarsPerSecond }: ConsumerSettings, outageSeconds: number): Estimate {
  const cost = costOf({ ...model, outageSeconds });
  return { ...cost, dollars: cost.wastedSeconds * dollarsPerSecond };
}

function settingsOf(graph: Messaging, involved: readonly Resource[], side: Side): ConsumerSettings | undefined {
  const [queue, fn, mapping] = involved as [Resource, Resource, Resource];
  if (!involved.every((resource) => existsOn(resource, side))) return undefined;
  const paths: [Resource, AnyPath][] = [
    [queue, 'visibility_timeout_seconds'],
    [fn, 'timeout'],
    [mapping, 'batch_size'],
    [fn, 'memory_size'],
    [fn, 'reserved_concurrent_executions'],
    [mapping, 'scaling_config.0.maximum_concurrency'],
  ];
  if (paths.some(([resource, path]) => isOpen(read(resource, side, path)))) return undefined;
  const policy = graph.deadLetter(queue, side);
  const redrive = policy === 'unknown' ? undefined : policy;
  if (policy === 'unknown' || (redrive && redrive.maxReceiveCount === undefined)) return undefined;
  const timeout = numberOn(fn, side, 'timeout') ?? 3;
  const memory = numberOn(fn, side, 'memory_size') ?? 128;
  const limits = [
    numberOn(mapping, side, 'scaling_config.0.maximum_concurrency'),
    numberOn(fn, side, 'reserved_concurrent_executions'),
  ];
  const concurrency = Math.min(
    UNLIMITED_CONCURRENCY,
    ...limits.filter((limit) => limit !== undefined && limit >= 0).map(Number),
  );
  const visibility = numberOn(queue, side, 'visibility_timeout_seconds') ?? 30;
  const batchSize = numberOn(mapping, side, 'batch_size') ?? 10;
  const maxReceiveCount = redrive?.maxReceiveCount ?? FOR_EVER;
  const model = { ...ASSUMED, batchSize, concurrency, visibilitySeconds: visibility, maxReceiveCount };
  const arm = listOf(read(fn, side, 'architectures')).includes('arm64');
  return {
    model: { ...model, hangSeconds: timeout },
    dollarsPerSecond: (memory / 1024) * priceOf(arm ? 'lambda.gb-second.arm64' : 'lambda.gb-second.x86_64'),
    said: `time-out ${timeout} s, visibility ${visibility} s, ${redrive ? `maxReceiveCount ${maxReceiveCount}` : 'no dead-letter queue'}, batch ${batchSize}, concurrency ${concurrency}, ${memory} MB`,
  };
}
