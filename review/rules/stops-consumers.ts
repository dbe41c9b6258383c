import { resourceOfTarget, type Target } from '../graph/graph';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';
import { booleanOn, isFifo, numberChange, numberOn, touched } from './newly';
import type { Context, Draft, Rule } from './rule';
import { group, plural, seconds } from './words';

const nameOf = (target: Target) =>
  resourceOfTarget(target)?.address ?? (target.kind === 'elsewhere' ? target.name : 'its source');

/** How long people have before what waits is deleted. */
function patience(source: Resource | undefined): string {
  const retention = source ? numberOn(source, 'after', 'message_retention_seconds') : undefined;
  return retention === undefined ? '' : ` Messages older than ${seconds(retention)} are then deleted.`;
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
        severity: existsOn(mapping, 'before') ? 'high' : 'low',
        before: existsOn(mapping, 'before') ? 'enabled' : undefined,
        after: 'disabled',
        why: `${consumer.function?.address ?? 'The function'} gets nothing from ${nameOf(consumer.source)} any more, and messages pile up.${patience(source)}`,
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

const removed: Rule = {
  id: 'stop/mapping-removed',
  severity: 'high',
  title: 'A consumer is taken away from a source that stays',
  *check({ graph }) {
    for (const consumer of graph.consumers('before')) {
      const { mapping } = consumer;
      const source = resourceOfTarget(consumer.source);
      if (mapping.action !== 'destroy' || source?.action === 'destroy') continue;
      if (source && graph.consumersOf(source, 'after').some((other) => other.enabled !== false)) continue;
      if (consumer.enabled === false) continue;
      yield {
        resource: mapping,
        before: `${nameOf(consumer.source)} read by ${consumer.function?.address ?? 'a function'}`,
        after: 'read by nobody',
        why: `Messages pile up with nobody to read them.${patience(source)}`,
        action: 'Put the next consumer in the same change, or stop the senders first.',
      };
    }
  },
};

const replaced: Rule = {
  id: 'stop/mapping-replaced',
  severity: 'low',
  title: 'Consumption pauses while a mapping is replaced',
  *check({ graph }) {
    for (const { mapping, source } of graph.consumers('after')) {
      if (mapping.action !== 'replace' || textOf(read(mapping, 'after', 'starting_position'))) continue;
      yield {
        resource: mapping,
        before: `reads ${nameOf(graph.consumerOf(mapping, 'before')?.source ?? source)}`,
        after: `reads ${nameOf(source)}`,
        why: 'Deleting and making a mapping takes a minute or more each; batches in work when it goes come back after the visibility timeout.',
        action: 'Apply at a quiet time; nothing is lost as long as the queue stays.',
      };
    }
  },
};

const reservedZero: Rule = {
  id: 'stop/concurrency-zero',
  severity: 'critical',
  title: 'The function may not run at all',
  *check({ graph }) {
    for (const fn of graph.ofType('aws_lambda_function')) {
      const path = 'reserved_concurrent_executions';
      const before = numberOn(fn, 'before', path);
      if (!touched(fn) || numberOn(fn, 'after', path) !== 0 || before === 0) continue;
      yield {
        resource: fn,
        before: before === undefined ? undefined : before < 0 ? 'no reservation' : `reserved ${before}`,
        after: 'reserved 0',
        why: 'A reservation of 0 throttles every invocation. A queue’s mapping still tries, and each try uses up a receive, so messages wander into the dead-letter queue unprocessed.',
        action: 'To stop a consumer switch its mapping off; to lift the limit set -1.',
      };
    }
  },
};

const CAPACITIES: readonly { type: string; path: string; say: (value: number) => string; what: string }[] = [
  {
    type: 'aws_kinesis_stream',
    path: 'shard_count',
    say: (n) => plural(n, 'shard'),
    what: 'Writes beyond 1 MB/s or 1,000 records/s a shard are refused',
  },
  {
    type: 'aws_dynamodb_table',
    path: 'write_capacity',
    say: (n) => `${group(n)} write units`,
    what: 'Writes beyond it are throttled, and consumers fail on them',
  },
  {
    type: 'aws_dynamodb_table',
    path: 'read_capacity',
    say: (n) => `${group(n)} read units`,
    what: 'Reads beyond it are throttled, and consumers fail on them',
  },
  {
    type: 'aws_msk_cluster',
    path: 'number_of_broker_nodes',
    say: (n) => plural(n, 'broker'),
    what: 'The rest carries the load and the replicas',
  },
  {
    type: 'aws_lambda_event_source_mapping',
    path: 'scaling_config.0.maximum_concurrency',
    say: (n) => `maximum_concurrency ${n}`,
    what: 'A backlog drains that much slower',
  },
  {
    type: 'aws_sqs_queue',
    path: 'max_message_size',
    say: (n) => `${group(n)} bytes`,
    what: 'Larger messages are refused when they are sent',
  },
];

const capacity: Rule = {
  id: 'stop/capacity-reduced',
  severity: 'medium',
  title: 'Less can get through',
  *check({ graph }) {
    for (const { type, path, say, what } of CAPACITIES) {
      for (const resource of graph.ofType(type)) {
        const change = resource.action === 'update' ? numberChange(resource, path) : undefined;
        // 0 is how on-demand tables and streams show that the number does not apply.
        if (!change || change.after >= change.before || change.after === 0) continue;
        yield {
          resource,
          before: say(change.before),
          after: say(change.after),
          why: `${what}.`,
          action: 'Compare with the peak of the last weeks, not with the mean.',
        };
      }
    }
  },
};

const fifoMismatch: Rule = {
  id: 'stop/subscription-type',
  severity: 'high',
  title: 'A topic and its queue are not of the same kind',
  *check({ graph }) {
    for (const subscription of graph.ofType('aws_sns_topic_subscription')) {
      const wrong = (side: Side): { topic: Resource; queue: Resource } | undefined => {
        if (!existsOn(subscription, side)) return undefined;
        const [topic, queue] = [graph.topicOf(subscription, side), graph.endpointOf(subscription, side)];
        if (!topic || queue?.type !== 'aws_sqs_queue') return undefined;
        return isFifo(topic, side) === false && isFifo(queue, side) === true ? { topic, queue } : undefined;
      };
      const after = wrong('after');
      if (!after || wrong('before')) continue;
      yield {
        resource: subscription,
        before: existsOn(subscription, 'before') ? `standard topic → standard queue` : undefined,
        after: `standard topic ${after.topic.address} → FIFO queue ${after.queue.address}`,
        why: 'SNS does not deliver from a standard topic to a FIFO queue: the apply fails at this subscription, with the old one already gone.',
        action: 'Make the topic FIFO too (a replacement as well), or keep the queue standard.',
      };
    }
  },
};

const fifoSenders: Rule = {
  id: 'stop/deduplication',
  severity: 'high',
  title: 'Senders that were right before are refused',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue', 'aws_sns_topic')) {
      const [was, is] = [isFifo(queue, 'before'), isFifo(queue, 'after')];
      if (was === false && is === true) {
        yield {
          resource: queue,
          before: 'standard',
          after: 'FIFO',
          why: 'Every sender must now give a message group id (and a deduplication id unless deduplication is by content); one that doesn’t is refused. Throughput falls to 300 sends a second without batching or high-throughput mode, and one stuck message holds up its group.',
          action: 'Change the senders first, to a new queue beside the old one.',
        };
      }
      const path = 'content_based_deduplication';
      if (
        survives(queue) &&
        is &&
        booleanOn(queue, 'before', path) === true &&
        booleanOn(queue, 'after', path) === false
      ) {
        yield {
          resource: queue,
          before: 'deduplication by content',
          after: 'deduplication id needed',
          why: 'Senders that give no MessageDeduplicationId are refused from then on.',
          action: 'Make every sender give one first.',
        };
      }
    }
  },
};

const ROUTE_STATES: readonly { type: string; path: string; off: string }[] = [
  { type: 'aws_cloudwatch_event_rule', path: 'state', off: 'DISABLED' },
  { type: 'aws_scheduler_schedule', path: 'state', off: 'DISABLED' },
  { type: 'aws_pipes_pipe', path: 'desired_state', off: 'STOPPED' },
];

const routeDisabled: Rule = {
  id: 'stop/route-disabled',
  severity: 'high',
  title: 'A rule, schedule or pipe is switched off',
  *check({ graph }) {
    const draft = (resource: Resource, before: string, after: string): Draft => ({
      resource,
      before,
      after,
      why:
        resource.type === 'aws_pipes_pipe'
          ? 'Nothing is carried any more; what waits at the source expires there.'
          : 'What it would have matched or started meanwhile is not made up for later.',
      action: 'Say who switches it on again and when.',
    });
    for (const { type, path, off } of ROUTE_STATES) {
      for (const resource of graph.ofType(type)) {
        const [before, after] = [textOf(read(resource, 'before', path)), textOf(read(resource, 'after', path))];
        if (survives(resource) && after === off && before !== undefined && before !== off)
          yield draft(resource, before, after);
      }
    }
    for (const rule of graph.ofType('aws_cloudwatch_event_rule')) {
      if (!survives(rule) || textOf(read(rule, 'after', 'state')) === 'DISABLED') continue;
      if (booleanOn(rule, 'before', 'is_enabled') === true && booleanOn(rule, 'after', 'is_enabled') === false) {
        yield draft(rule, 'enabled', 'disabled');
      }
    }
  },
};

export const consumerStopRules: readonly Rule[] = [
  disabled,
  enabled,
  removed,
  replaced,
  reservedZero,
  capacity,
  fifoMismatch,
  fifoSenders,
  routeDisabled,
];
