import { numberChange, numberOn, touched } from '../graph/change';
import { DEFAULT_TIMEOUT } from '../graph/concurrency';
import { resourceOfTarget } from '../graph/graph';
import { existsOn, read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { isOpen } from '../plan/values';
import type { Context } from './rule';

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

/** What AWS advises for a queue and its function: undefined while the time-out is not known. */
export function neededVisibility(pair: Pair, side: Side, factor: number): number | undefined {
  const timeout = timeoutOn(pair, side);
  return timeout === undefined ? undefined : factor * timeout + windowOn(pair, side);
}

/** How many seconds of visibility are missing: above 0 is too short. */
function shortfall(pair: Pair, side: Side, factor: number): number | undefined {
  const [visibility, timeout] = [visibilityOn(pair, side), timeoutOn(pair, side)];
  return visibility === undefined || timeout === undefined
    ? undefined
    : factor * timeout + windowOn(pair, side) - visibility;
}

export function* visibilityFindings({ graph, settings }: Context, byTimeout: boolean) {
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
