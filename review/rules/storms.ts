import { resourceOfTarget } from '../graph/graph';
import { existsOn, read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { hasOpen, isOpen, listOf } from '../plan/values';
import { numberChange, numberOn, touched } from './newly';
import type { Context, Rule } from './rule';
import { seconds } from './words';

/** Lambda's default when the configuration says nothing. */
const DEFAULT_TIMEOUT = 3;
const DEFAULT_BATCH = 10;

/** A queue, its mapping and its function as they are on one side, with the two times that must fit each other. */
interface Pair {
  readonly queue: Resource;
  readonly mapping: Resource;
  readonly function: Resource;
}

function pairs(graph: Context['graph'], side: Side): Pair[] {
  return graph.consumers(side).flatMap((consumer) => {
    const queue = resourceOfTarget(consumer.source);
    return queue?.type === 'aws_sqs_queue' && consumer.function
      ? [{ queue, mapping: consumer.mapping, function: consumer.function }]
      : [];
  });
}

const visibilityOn = ({ queue }: Pair, side: Side) => numberOn(queue, side, 'visibility_timeout_seconds');
const timeoutOn = ({ function: fn }: Pair, side: Side): number | undefined =>
  existsOn(fn, side)
    ? (numberOn(fn, side, 'timeout') ?? (isOpen(read(fn, side, 'timeout')) ? undefined : DEFAULT_TIMEOUT))
    : undefined;
const windowOn = ({ mapping }: Pair, side: Side) => numberOn(mapping, side, 'maximum_batching_window_in_seconds') ?? 0;

/** How many seconds of visibility are missing: above 0 is too short. */
function shortfall(pair: Pair, side: Side, factor: number): number | undefined {
  const [visibility, timeout] = [visibilityOn(pair, side), timeoutOn(pair, side)];
  return visibility === undefined || timeout === undefined
    ? undefined
    : factor * timeout + windowOn(pair, side) - visibility;
}

function* visibilityFindings({ graph, settings }: Context, byTimeout: boolean) {
  const factor = settings.visibilityFactor;
  for (const pair of pairs(graph, 'after')) {
    const after = shortfall(pair, 'after', factor);
    const before =
      existsOn(pair.queue, 'before') && existsOn(pair.function, 'before')
        ? shortfall(pair, 'before', factor)
        : undefined;
    if (after === undefined || after <= 0 || (before !== undefined && before >= after)) continue;
    const raised = numberChange(pair.function, 'timeout');
    const onlyTimeout =
      raised !== undefined &&
      raised.after > raised.before &&
      numberChange(pair.queue, 'visibility_timeout_seconds') === undefined;
    if (onlyTimeout !== byTimeout) continue;
    if (![pair.queue, pair.function, pair.mapping].some(touched)) continue;
    const visibility = visibilityOn(pair, 'after') as number;
    const timeout = timeoutOn(pair, 'after') as number;
    const window = windowOn(pair, 'after');
    const say = (side: Side) => {
      const [v, t, w] = [visibilityOn(pair, side), timeoutOn(pair, side), windowOn(pair, side)];
      if (v === undefined || t === undefined) return undefined;
      return `visibility ${v} s, function time-out ${t} s${w > 0 || window > 0 ? `, batching window ${w} s` : ''}`;
    };
    const wanted = factor * timeout + window;
    const sum = `${factor} × the function's time-out${window > 0 ? ` and the batching window (${factor} × ${timeout} s + ${window} s = ${wanted} s)` : ` (${wanted} s)`}`;
    const fits = Math.floor((visibility - window) / factor);
    yield {
      resource: byTimeout ? pair.function : lengthened(pair) ? pair.mapping : pair.queue,
      severity: visibility < timeout ? ('critical' as const) : ('high' as const),
      before: say('before'),
      after: say('after'),
      why:
        visibility < timeout
          ? `A message becomes visible again after ${visibility} s while ${pair.function.address} may still be working on it for ${timeout} s: slow messages are always processed more than once, receives are used up by that alone, and Lambda refuses such a mapping.`
          : `SQS needs ${sum} so that Lambda can gather a batch and retry throttled ones; below it messages are handed out again while they are in work, and land in the dead-letter queue without having failed.`,
      action: byTimeout
        ? `Raise visibility_timeout_seconds of ${pair.queue.address} to ${wanted} or more in the same change (now ${visibility}).`
        : `Set visibility_timeout_seconds of ${pair.queue.address} to ${wanted} or more${lengthened(pair) ? ', or keep the batching window short' : fits >= 1 ? `, or lower the function's time-out to ${fits} s` : ''}.`,
    };
  }
}

/** Only the batching window grew: the mapping is what changed. */
const lengthened = (pair: Pair): boolean =>
  numberChange(pair.queue, 'visibility_timeout_seconds') === undefined &&
  existsOn(pair.mapping, 'before') &&
  windowOn(pair, 'before') < windowOn(pair, 'after');

const visibility: Rule = {
  id: 'storm/visibility',
  severity: 'high',
  title: 'The visibility timeout is too short for the consumer',
  check: (context) => visibilityFindings(context, false),
};

const timeoutRaised: Rule = {
  id: 'storm/timeout-raised',
  severity: 'high',
  title: 'The consumer may take longer, the visibility timeout was not raised with it',
  check: (context) => visibilityFindings(context, true),
};

const receiveCount: Rule = {
  id: 'storm/receive-count',
  severity: 'high',
  title: 'Failing messages are retried far too often, or not at all',
  *check({ graph, settings }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const count = (side: Side) => {
        const policy = existsOn(queue, side) ? graph.deadLetter(queue, side) : undefined;
        return policy && policy !== 'unknown' ? policy.maxReceiveCount : undefined;
      };
      const [before, after] = [count('before'), count('after')];
      if (after === undefined || before === after) continue;
      const previous = before === undefined ? undefined : `maxReceiveCount ${before}`;
      if (after < 1) {
        yield {
          resource: queue,
          severity: 'critical',
          before: previous,
          after: `maxReceiveCount ${after}`,
          why: 'SQS takes 1 to 1,000. With 0 it refuses the policy, and until that is corrected the queue has none.',
          action: 'Set it to 3 to 5.',
        };
      } else if (farUp(before, after, settings.highestReceiveCount)) {
        yield {
          resource: queue,
          severity: before === undefined || after <= settings.highestReceiveCount ? 'medium' : 'high',
          before: previous,
          after: `maxReceiveCount ${after}`,
          why: `A message that can never succeed is tried ${after} times${before ? ` instead of ${before}` : ''} before anybody sees it. In an outage every message is: the sick dependency gets that many more calls, and compute is paid for each.`,
          action:
            'Keep it at 3 to 5; for long outages stop receiving (circuit breaker, mapping off) instead of retrying.',
        };
      } else if (after === 1 && (before === undefined || before > 1)) {
        yield {
          resource: queue,
          severity: 'low',
          before: previous,
          after: 'maxReceiveCount 1',
          why: 'A single transient fault, a throttle or a deployment in mid-batch sends a healthy message to the dead-letter queue.',
          action: 'Allow at least 3 receives; AWS advises 5 with Lambda.',
        };
      }
    }
  },
};

/** Above the limit, or several times of what it was, unless it is still little. */
const farUp = (before: number | undefined, after: number, highest: number): boolean =>
  before === undefined ? after > highest : after > before && (after > highest || (after >= 3 * before && after >= 10));

export const reservedOn = (fn: Resource, side: Side): number | undefined => {
  const reserved = existsOn(fn, side) ? numberOn(fn, side, 'reserved_concurrent_executions') : undefined;
  return reserved === undefined || reserved < 0 ? undefined : reserved;
};

const concurrency: Rule = {
  id: 'storm/concurrency-above-reserved',
  severity: 'high',
  title: 'The mapping may start more of the function than it has reserved',
  *check({ graph }) {
    for (const fn of graph.ofType('aws_lambda_function')) {
      const [was, is] = [demandOn(graph, fn, 'before'), demandOn(graph, fn, 'after')];
      const [had, has] = [reservedOn(fn, 'before'), reservedOn(fn, 'after')];
      if (is === undefined || has === undefined || has === 0 || is <= has) continue;
      const known = was !== undefined && had !== undefined;
      if (known && was > had && is <= was && has >= had) continue;
      const say = (want: number | undefined, have: number | undefined) =>
        want === undefined || have === undefined
          ? undefined
          : `${want === UNLIMITED ? 'no maximum_concurrency' : `maximum_concurrency ${want}`}, reserved ${have}`;
      yield {
        resource: fn,
        // A new pair without a limit works until there is a backlog.
        severity: existsOn(fn, 'before') || is !== UNLIMITED ? 'high' : 'medium',
        before: say(was, had),
        after: say(is, has),
        why: `The ${is === UNLIMITED ? 'mapping has no limit of its own, so it' : 'mapping'} receives more batches than the function may run. Each throttled batch has used up one receive of every message in it, so healthy messages reach the dead-letter queue.`,
        action: 'Keep the mappings’ maximum_concurrency at or below reserved_concurrent_executions.',
      };
    }
  },
};

/** A mapping without a limit grows until the account's or the function's concurrency stops it (Lambda developer guide, "SQS scaling"). */
const UNLIMITED = Number.POSITIVE_INFINITY;

/** How much of a function the queues' mappings may start together; undefined while that is not known. */
export function demandOn(graph: Context['graph'], fn: Resource, side: Side): number | undefined {
  const limits = graph
    .consumersBy(fn, side)
    .filter((consumer) => consumer.enabled !== false && resourceOfTarget(consumer.source)?.type === 'aws_sqs_queue')
    .map(({ mapping }) => {
      const path = 'scaling_config.0.maximum_concurrency';
      const open = ['scaling_config', path].some((at) => isOpen(read(mapping, side, at)));
      return open ? undefined : (numberOn(mapping, side, path) ?? UNLIMITED);
    });
  if (limits.length === 0 || limits.includes(undefined)) return undefined;
  return limits.reduce((sum: number, limit) => sum + (limit ?? 0), 0);
}

const responseTypes = (mapping: Resource, side: Side) => {
  const value = read(mapping, side, 'function_response_types');
  return hasOpen(value) ? undefined : listOf(value).includes('ReportBatchItemFailures');
};

const partialBatch: Rule = {
  id: 'storm/partial-batch',
  severity: 'high',
  title: 'One failing message makes its whole batch run again',
  *check({ graph }) {
    for (const consumer of graph.consumers('after')) {
      const { mapping } = consumer;
      const batch = numberOn(mapping, 'after', 'batch_size') ?? DEFAULT_BATCH;
      if (
        batch <= 1 ||
        isOpen(read(mapping, 'after', 'batch_size')) ||
        !touched(mapping) ||
        responseTypes(mapping, 'after') !== false
      )
        continue;
      const queue = resourceOfTarget(consumer.source);
      const dropped = existsOn(mapping, 'before') && responseTypes(mapping, 'before') === true;
      if (!dropped && !(mapping.action === 'create' && queue?.type === 'aws_sqs_queue')) continue;
      yield {
        resource: mapping,
        severity: dropped ? 'high' : 'medium',
        before: dropped ? 'single failures are reported (ReportBatchItemFailures)' : undefined,
        after: `no partial-batch reporting, ${batch} messages a batch`,
        why: `One bad message fails all ${batch}: those that succeeded run again, with their effects, and all of them use up receives until they are dead letters together. If the function still answers with batchItemFailures, that answer counts as success and the failed messages are deleted.`,
        action: 'Set function_response_types to ["ReportBatchItemFailures"] and keep the handler that reports them.',
      };
    }
  },
};

const batchSize: Rule = {
  id: 'storm/batch-size',
  severity: 'low',
  title: 'A batch gets less time for each message',
  *check({ graph }) {
    for (const { mapping, function: fn } of graph.consumers('after')) {
      const change = numberChange(mapping, 'batch_size');
      if (!change || change.after < 2 * change.before || isOpen(read(mapping, 'after', 'function_name'))) continue;
      if (fn && (numberChange(fn, 'timeout') || isOpen(read(fn, 'after', 'timeout')))) continue;
      yield {
        resource: mapping,
        before: `${change.before} messages a batch`,
        after: `${change.after} messages a batch`,
        why: `The function has the same time for ${times(change.after / change.before)} as many messages; a batch that runs out of time fails whole and comes back whole.`,
        action: `Check the duration of a full batch against the time-out${fn ? ` (${seconds(numberOn(fn, 'after', 'timeout') ?? DEFAULT_TIMEOUT)})` : ''}.`,
      };
    }
    for (const fn of graph.ofType('aws_lambda_function')) {
      const change = numberChange(fn, 'timeout');
      if (!change || change.after > change.before / 2 || graph.consumersBy(fn, 'after').length === 0) continue;
      yield {
        resource: fn,
        severity: 'medium',
        before: `time-out ${seconds(change.before)}`,
        after: `time-out ${seconds(change.after)}`,
        why: 'A batch that takes longer than that is cut off in mid-work and comes back whole: what it had done is done again, and each time uses up a receive, until it is a dead letter.',
        action: 'Compare with the longest durations of the last weeks, those in an outage of what it calls included.',
      };
    }
  },
};

const times = (factor: number): string => `${Number.isInteger(factor) ? factor : factor.toFixed(1)} times`;

export const stormRules: readonly Rule[] = [
  visibility,
  timeoutRaised,
  receiveCount,
  concurrency,
  partialBatch,
  batchSize,
];
