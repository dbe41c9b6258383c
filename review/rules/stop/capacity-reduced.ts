import { numberChange, numberOn } from '../../graph/change';
import { demandOn } from '../../graph/concurrency';
import { read, type Side, survives } from '../../graph/side';
import { group, plural } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isOpen, textOf } from '../../plan/values';
import type { AnyPath, TypeName, TypePath } from '../../resources';
import type { Rule } from '../rule';

interface Capacity {
  readonly type: TypeName;
  readonly path: AnyPath;
  readonly say: (value: number) => string;
  readonly what: string;
  /** Below this share of what it was it is worth a finding; by default any less is. */
  readonly below?: number;
  readonly severity?: 'low';
}

const CAPACITIES: readonly Capacity[] = [
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
    type: 'aws_lambda_event_source_mapping',
    path: 'parallelization_factor',
    say: (n) => `parallelization_factor ${n}`,
    what: 'Fewer batches of a shard are processed at a time: the stream is read that much slower, and lag grows',
  },
  {
    type: 'aws_lambda_function',
    path: 'reserved_concurrent_executions',
    say: (n) => `reserved ${n}`,
    what: 'More at a time is throttled: a queue drains slower, and what calls the function itself is refused',
  },
  {
    type: 'aws_lambda_function',
    path: 'memory_size',
    say: (n) => `${group(n)} MB`,
    what: 'A function gets processor time in proportion to its memory, so each message takes longer, up to the time-out',
    below: 0.5,
    severity: 'low',
  },
  {
    type: 'aws_lambda_provisioned_concurrency_config',
    path: 'provisioned_concurrent_executions',
    say: (n) => `${plural(n, 'warm environment')}`,
    what: 'The rest starts cold, which takes the time that made somebody keep them warm',
  },
  {
    type: 'aws_sqs_queue',
    path: 'max_message_size',
    say: (n) => `${group(n)} bytes`,
    what: 'Larger messages are refused when they are sent',
  },
  {
    type: 'aws_efs_file_system',
    path: 'provisioned_throughput_in_mibps',
    say: (n) => `${group(n)} MiB/s`,
    what: 'Whoever reads and writes there waits when more is asked of it',
  },
  {
    type: 'aws_apigatewayv2_stage',
    path: 'default_route_settings.0.throttling_rate_limit',
    say: (n) => `${plural(n, 'call')} a second`,
    what: 'Whoever calls the API more often is refused with 429',
  },
];

/** Words for a kind of capacity, best first. */
const KINDS: readonly (TypePath & { order: readonly string[]; what: string })[] = [
  {
    type: 'aws_sqs_queue',
    path: 'fifo_throughput_limit',
    order: ['perMessageGroupId', 'perQueue'],
    what: 'The queue takes 300 calls a second in all (3,000 messages in batches), not that many in each group; senders beyond it are throttled',
  },
  {
    type: 'aws_sns_topic',
    path: 'fifo_throughput_scope',
    order: ['MessageGroup', 'Topic'],
    what: 'The topic takes 3,000 messages a second in all, however many groups they are in; publishers beyond it are throttled',
  },
  {
    type: 'aws_efs_file_system',
    path: 'throughput_mode',
    order: ['elastic', 'provisioned', 'bursting'],
    what: 'Throughput then follows the amount of data that is stored: when the burst credits are used up, 50 KiB/s for each GiB are left, and whoever reads and writes there waits',
  },
];

/** Where each type names the size of its instances. */
const INSTANCES: readonly TypePath[] = [
  { type: 'aws_mq_broker', path: 'host_instance_type' },
  { type: 'aws_msk_cluster', path: 'broker_node_group_info.0.instance_type' },
];
const SIZES = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge'];

/** Each size is twice the one before, and `4xlarge` four times `xlarge`; the families that brokers run on agree in that. */
function sizeOf(instance: string | undefined): number | undefined {
  const [, times = '1', size = ''] = /\.(\d*)([a-z]+)$/.exec(instance ?? '') ?? [];
  const step = SIZES.indexOf(size);
  return step === -1 ? undefined : 2 ** step * Number(times || 1);
}

export const rule: Rule = {
  id: 'stop/capacity-reduced',
  severity: 'medium',
  title: 'Less can get through',
  *check({ graph }) {
    const draft = (resource: Resource, before: string, after: string, what: string, severity?: 'low') => ({
      resource,
      ...(severity ? { severity } : {}),
      before,
      after,
      why: `${what}.`,
      action: 'Compare with the peak of the last weeks, not with the mean.',
    });
    for (const { type, path, say, what, below = 1, severity } of CAPACITIES) {
      for (const resource of graph.ofType(type)) {
        const change = resource.action === 'update' ? numberChange(resource, path) : undefined;
        // 0 and -1 are how tables, streams and functions show that the number does not apply.
        if (!change || change.after >= change.before || change.after <= 0) continue;
        if (below < 1 && change.after > change.before * below) continue;
        // More than that is asked of it: a storm, which says more.
        if (path.startsWith('reserved') && (demandOn(graph, resource, 'after') ?? 0) > change.after) continue;
        yield draft(resource, say(change.before), say(change.after), what, severity);
      }
    }
    for (const { type, path, order, what } of KINDS) {
      for (const resource of graph.ofType(type)) {
        const [before, after] = [textOf(read(resource, 'before', path)), textOf(read(resource, 'after', path))];
        if (!survives(resource) || !before || !after || !order.includes(before)) continue;
        if (order.indexOf(after) > order.indexOf(before)) yield draft(resource, before, after, what);
      }
    }
    for (const { type, path } of INSTANCES) {
      for (const broker of graph.ofType(type)) {
        const [before, after] = [textOf(read(broker, 'before', path)), textOf(read(broker, 'after', path))];
        const [was, is] = [sizeOf(before), sizeOf(after)];
        if (!survives(broker) || !before || !after || was === undefined || is === undefined || is >= was) continue;
        const what = 'It takes fewer connections and less in memory, and pages or blocks its producers sooner';
        yield draft(broker, before, after, what);
      }
    }
    for (const table of graph.ofType('aws_dynamodb_table', 'aws_kinesis_stream')) {
      const after = fixed(table, 'after');
      if (survives(table) && after && onDemand(table, 'before')) {
        const what = 'AWS no longer follows the load: what is beyond the fixed number is throttled';
        yield draft(table, 'on demand', after, what);
      }
    }
    for (const fn of graph.ofType('aws_lambda_function')) {
      const [before, after] = [
        numberOn(fn, 'before', 'reserved_concurrent_executions'),
        numberOn(fn, 'after', 'reserved_concurrent_executions'),
      ];
      if (fn.action !== 'update' || before === undefined || before <= 0 || after !== -1) continue;
      const what =
        'The reservation kept that much of the account’s concurrency for this function, and held it to no more: now others can take it all, and it can take theirs and the capacity of what it calls';
      yield draft(fn, `reserved ${before}`, 'no reservation', what, 'low');
    }
    for (const warm of graph.ofType('aws_lambda_provisioned_concurrency_config')) {
      const fn = graph.functionOf(warm, 'before');
      if (warm.action !== 'destroy' || (fn && fn.action !== 'nothing' && fn.action !== 'update')) continue;
      const count = numberOn(warm, 'before', 'provisioned_concurrent_executions') ?? 0;
      const what = 'Every environment starts cold again, which takes the time that made somebody keep them warm';
      yield draft(warm, plural(count, 'warm environment'), 'none', what);
    }
  },
};

const onDemand = (resource: Resource, side: Side): boolean =>
  resource.type === 'aws_dynamodb_table'
    ? textOf(read(resource, side, 'billing_mode')) === 'PAY_PER_REQUEST'
    : textOf(read(resource, side, 'stream_mode_details.0.stream_mode')) === 'ON_DEMAND';

/** What a table or stream has when it does not follow the load by itself. */
function fixed(resource: Resource, side: Side): string | undefined {
  const mode = resource.type === 'aws_dynamodb_table' ? 'billing_mode' : 'stream_mode_details.0.stream_mode';
  if (isOpen(read(resource, side, mode)) || onDemand(resource, side)) return undefined;
  if (resource.type === 'aws_kinesis_stream') {
    const shards = numberOn(resource, side, 'shard_count');
    return shards === undefined ? 'provisioned' : plural(shards, 'shard');
  }
  const units = (['read', 'write'] as const).map(
    (kind) => [kind, numberOn(resource, side, `${kind}_capacity`)] as const,
  );
  return units.map(([kind, count]) => `${count ?? '?'} ${kind} units`).join(', ');
}
