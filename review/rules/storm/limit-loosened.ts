import { isSame, numberChange, numberOn } from '../../graph/change';
import { demandOn, reservedOn } from '../../graph/concurrency';
import type { Messaging } from '../../graph/messaging';
import { FOR_EVER, limitOn, nameOfLimit, RETRIES, shownLimit } from '../../graph/retries';
import { read, type Side, survives } from '../../graph/side';
import { group } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isOpen, isRecord, numberOf, parseJson, textOf, type Value } from '../../plan/values';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'storm/limit-loosened',
  severity: 'medium',
  title: 'A limit that protects what a consumer calls is loosened',
  *check({ graph }) {
    for (const mapping of graph.ofType('aws_lambda_event_source_mapping')) {
      yield* concurrencyDrafts(graph, mapping);
      yield* shardDrafts(mapping);
    }
    for (const stage of graph.ofType('aws_apigatewayv2_stage')) yield* throttleDrafts(stage);
    for (const subscription of graph.ofType('aws_sns_topic_subscription')) yield* deliveryDrafts(subscription);
    for (const fn of graph.ofType('aws_lambda_function')) yield* reservationDrafts(graph, fn);
    for (const resource of graph.ofType(...new Set(RETRIES.map(({ type }) => type)))) yield* retryDrafts(resource);
  },
};

/** A mapping of a queue without a limit of its own grows by 300 batches a minute up to this (Lambda developer guide, "SQS scaling"). */
const MOST_BATCHES = 1000;
/** Less than this many times as much, or less than this much, is tuning. */
const TIMES = 5;
const MUCH = 100;
const isFarUp = (before: number, after: number): boolean => after >= TIMES * before && after >= MUCH;

function* concurrencyDrafts(graph: Messaging, mapping: Resource): Generator<Draft> {
  const path = 'scaling_config.0.maximum_concurrency';
  const before = numberOn(mapping, 'before', path);
  const open = isOpen(read(mapping, 'after', path));
  if (!survives(mapping) || before === undefined || before <= 0 || open) return;
  const after = numberOn(mapping, 'after', path) ?? 0;
  const removed = after <= 0;
  if (!(removed || isFarUp(before, after))) return;
  const fn = graph.functionOf(mapping, 'after');
  // What the function has reserved is a limit too, and a mapping above it has a finding of its own.
  if (fn && reservedOn(fn, 'after') !== undefined) return;
  yield {
    resource: mapping,
    before: `maximum_concurrency ${group(before)}`,
    after: removed ? `no limit: up to ${group(MOST_BATCHES)} batches at once` : `maximum_concurrency ${group(after)}`,
    why: `${removed ? 'Without it the mapping may' : 'With it the mapping may'} grow to ${group(removed ? MOST_BATCHES : after)} batches at once instead of ${group(before)}. After an outage, or in a burst, all of them call what the function calls: a database runs out of connections, a partner refuses, and every refused call uses up a receive.`,
    action: 'Keep maximum_concurrency at what the slowest thing that it calls can bear.',
  };
}

/** Of each shard of a stream up to ten batches at once (Lambda developer guide, "ParallelizationFactor": 1 to 10). */
function* shardDrafts(mapping: Resource): Generator<Draft> {
  const change = survives(mapping) ? numberChange(mapping, 'parallelization_factor') : undefined;
  if (!change || change.after < TIMES * change.before) return;
  yield {
    resource: mapping,
    before: `${change.before} at once for each shard`,
    after: `${change.after} at once for each shard`,
    why: `Each shard calls the function ${change.after} times at once instead of ${change.before}, and as much more of what it calls. Records keep their order for each partition key only.`,
    action: 'Multiply by the shards, and compare with what the slowest thing that it calls can bear.',
  };
}

/** What callers may send at most; behind an API without code of its own that is what reaches the queue. */
function* throttleDrafts(stage: Resource): Generator<Draft> {
  const path = 'default_route_settings.0.throttling_rate_limit';
  const [before, after] = [numberOn(stage, 'before', path), numberOn(stage, 'after', path)];
  if (!survives(stage) || !before || isOpen(read(stage, 'after', path))) return;
  const removed = !after;
  if (!(removed || isFarUp(before, after))) return;
  yield {
    resource: stage,
    before: `${group(before)} requests a second`,
    after: removed ? 'no limit but that of the account' : `${group(after)} requests a second`,
    why: 'A client that loops, or a burst, reaches what is behind the API with that many requests: a queue fills with them, and its consumer works them off before anything else.',
    action: 'Keep the limit at what the consumer can catch up with.',
  };
}

/** SNS throttles deliveries to HTTP and HTTPS only, and by default not at all (SNS developer guide, "Message delivery retries"). */
function* deliveryDrafts(subscription: Resource): Generator<Draft> {
  const [before, after] = [deliveriesOf(subscription, 'before'), deliveriesOf(subscription, 'after')];
  if (!survives(subscription) || !before || isOpen(read(subscription, 'after', 'delivery_policy'))) return;
  const removed = !after;
  if (!(removed || isFarUp(before, after))) return;
  yield {
    resource: subscription,
    before: `maxReceivesPerSecond ${group(before)}`,
    after: removed ? 'no limit' : `maxReceivesPerSecond ${group(after)}`,
    why: 'SNS hands over as fast as messages are published: the endpoint gets a burst whole, and what it refuses is retried for an hour at most, then dropped.',
    action:
      'Keep throttlePolicy.maxReceivesPerSecond at what the endpoint can bear, and give the subscription a dead-letter queue.',
  };
}

function deliveriesOf(subscription: Resource, side: Side): number | undefined {
  const policy = parseJson(textOf(read(subscription, side, 'delivery_policy')));
  const throttle = isRecord(policy) ? policy.throttlePolicy : undefined;
  return isRecord(throttle) ? numberOf(throttle.maxReceivesPerSecond as Value) : undefined;
}

function* reservationDrafts(graph: Messaging, fn: Resource): Generator<Draft> {
  const [before, after] = [reservedOn(fn, 'before'), reservedOn(fn, 'after')];
  const demand = demandOn(graph, fn, 'after');
  if (!survives(fn) || !before || after === undefined || demand === undefined) return;
  if (!isFarUp(before, Math.min(after, demand))) return;
  yield {
    resource: fn,
    before: `reserved ${group(before)}`,
    after: `reserved ${group(after)}`,
    why: `Its queues may start ${group(Math.min(after, demand))} of it at once instead of ${group(before)}, and all of them call what the function calls.`,
    action: 'Give the mappings a maximum_concurrency that the slowest thing which it calls can bear.',
  };
}

/** In a stream one record that always fails holds its shard up until something gives it up. */
function* retryDrafts(resource: Resource): Generator<Draft> {
  if (isSame(resource)) return;
  for (const setting of RETRIES) {
    if (setting.type !== resource.type || setting.defaults.attempts !== FOR_EVER || !survives(resource)) continue;
    const limits = (['attempts', 'age'] as const).map((kind) => ({
      kind,
      before: limitOn(resource, 'before', setting, kind),
      after: limitOn(resource, 'after', setting, kind),
    }));
    const bounded = (side: 'before' | 'after') =>
      limits.filter((limit) => limit[side] !== undefined && limit[side] !== FOR_EVER && limit[side] !== 0);
    if (bounded('before').length === 0 || !limits.every(({ after }) => after === FOR_EVER)) continue;
    const say = (side: 'before' | 'after') =>
      bounded('before')
        .map((limit) => `${nameOfLimit(setting, limit.kind)} ${shownLimit(limit[side] ?? FOR_EVER)}`)
        .join(', ');
    yield {
      resource,
      before: say('before'),
      after: say('after'),
      why: 'One record that can never succeed is tried for as long as the stream keeps it, and its shard waits behind it: nothing newer in that shard is processed, what is behind it expires unread, and the function is paid for each try.',
      action: 'Keep a limit on the attempts or on the age of a record, with an on-failure destination.',
    };
  }
}
