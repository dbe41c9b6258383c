import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { isOpen, listOf, textOf } from '../plan/values';
import { numberOn } from '../rules/newly';
import { HOURS_A_MONTH, isPriced, type PriceName, priceOf } from './prices';

/** Usage that a plan can't know: a consumer is taken to handle a million messages a month, one second for each batch of ten. */
export const ASSUMED_BATCHES = 100_000;

export interface MonthlyCost {
  readonly address: string;
  readonly type: string;
  readonly before: number;
  readonly after: number;
  readonly basis: string;
}
export interface CostChange {
  readonly items: readonly MonthlyCost[];
  readonly before: number;
  readonly after: number;
  /** Changed resources of known types whose price isn't in the table. */
  readonly unpriced: readonly string[];
}

type Quote = { readonly dollars: number; readonly basis: string } | 'unpriced' | undefined;
const hourly = (name: PriceName, count = 1) => priceOf(name) * count * HOURS_A_MONTH;

const QUOTES: Readonly<Record<string, (resource: Resource, side: Side) => Quote>> = {
  aws_mq_broker: (broker, side) => {
    const instance = textOf(read(broker, side, 'host_instance_type')) ?? '';
    const nodes =
      { ACTIVE_STANDBY_MULTI_AZ: 2, CLUSTER_MULTI_AZ: 3 }[textOf(read(broker, side, 'deployment_mode')) ?? ''] ?? 1;
    return isPriced(instance) ? { dollars: hourly(instance, nodes), basis: `${nodes} × ${instance}` } : 'unpriced';
  },
  aws_msk_cluster: (cluster, side) => {
    const instance = textOf(read(cluster, side, 'broker_node_group_info.0.instance_type')) ?? '';
    const nodes = numberOn(cluster, side, 'number_of_broker_nodes') ?? 0;
    const volume =
      numberOn(cluster, side, 'broker_node_group_info.0.storage_info.0.ebs_storage_info.0.volume_size') ?? 0;
    if (!isPriced(instance)) return 'unpriced';
    return {
      dollars: hourly(instance, nodes) + nodes * volume * priceOf('kafka.storage.gb'),
      basis: `${nodes} × ${instance}, ${volume} GB each`,
    };
  },
  aws_kinesis_stream: (stream, side) => {
    if (textOf(read(stream, side, 'stream_mode_details.0.stream_mode')) === 'ON_DEMAND') {
      return { dollars: hourly('kinesis.on-demand'), basis: 'on demand, without traffic' };
    }
    const shards = numberOn(stream, side, 'shard_count') ?? 0;
    const extended = (numberOn(stream, side, 'retention_period') ?? 24) > 24;
    return {
      dollars: hourly('kinesis.shard', shards) + (extended ? hourly('kinesis.shard.extended', shards) : 0),
      basis: `${shards} shards${extended ? ' with extended retention' : ''}`,
    };
  },
  aws_lambda_function: (fn, side) => {
    const memory = numberOn(fn, side, 'memory_size') ?? 128;
    const architecture = listOf(read(fn, side, 'architectures')).includes('arm64') ? 'arm64' : 'x86_64';
    return {
      dollars: ASSUMED_BATCHES * (memory / 1024) * priceOf(`lambda.gb-second.${architecture}`),
      basis: `${memory} MB, 1 M messages`,
    };
  },
  aws_dynamodb_table: (table, side) => {
    if (textOf(read(table, side, 'billing_mode')) === 'PAY_PER_REQUEST') return { dollars: 0, basis: 'by request' };
    const [reads, writes] = [numberOn(table, side, 'read_capacity') ?? 0, numberOn(table, side, 'write_capacity') ?? 0];
    return {
      dollars: hourly('dynamodb.read-unit', reads) + hourly('dynamodb.write-unit', writes),
      basis: `${reads} read, ${writes} write units`,
    };
  },
  aws_kms_key: () => ({ dollars: priceOf('kms.key'), basis: 'key' }),
  aws_secretsmanager_secret: () => ({ dollars: priceOf('secret'), basis: 'secret' }),
  aws_cloudwatch_dashboard: () => ({ dollars: priceOf('dashboard'), basis: 'dashboard' }),
  aws_cloudwatch_metric_alarm: (alarm, side) => {
    const fast = (numberOn(alarm, side, 'period') ?? 60) < 60 && (numberOn(alarm, side, 'period') ?? 60) > 0;
    const metrics = Math.max(1, listOf(read(alarm, side, 'metric_query')).length);
    return {
      dollars: metrics * priceOf(fast ? 'alarm.high-resolution' : 'alarm'),
      basis: metrics > 1 ? `alarm on up to ${metrics} metrics` : 'alarm',
    };
  },
  aws_nat_gateway: () => ({ dollars: hourly('nat'), basis: 'without traffic' }),
  aws_vpc_endpoint: (endpoint, side) => {
    if (textOf(read(endpoint, side, 'vpc_endpoint_type')) !== 'Interface')
      return { dollars: 0, basis: 'gateway endpoint' };
    const subnets = read(endpoint, side, 'subnet_ids');
    const zones = Math.max(1, isOpen(subnets) ? 1 : listOf(subnets).length);
    return { dollars: hourly('endpoint.zone', zones), basis: `${zones} zones, without traffic` };
  },
};

/** What the changed resources cost in a month, before and after. What stays as it is does not enter. */
export function monthlyCost(graph: Messaging): CostChange {
  const items: MonthlyCost[] = [];
  const unpriced: string[] = [];
  for (const resource of graph.resources) {
    const quote = QUOTES[resource.type];
    if (!quote || resource.action === 'nothing' || resource.action === 'read' || resource.action === 'forget') continue;
    if (resource.type === 'aws_lambda_function' && resource.action === 'destroy') continue;
    const [before, after] = (['before', 'after'] as const).map((side) =>
      existsOn(resource, side) ? quote(resource, side) : undefined,
    );
    if (before === 'unpriced' || after === 'unpriced') {
      unpriced.push(resource.address);
      continue;
    }
    const [was, is] = [before?.dollars ?? 0, after?.dollars ?? 0];
    if (Math.abs(was - is) < 0.005) continue;
    const bases = [...new Set([before?.basis, after?.basis].filter((basis) => basis !== undefined))];
    items.push({ address: resource.address, type: resource.type, before: was, after: is, basis: bases.join(' → ') });
  }
  const sum = (side: 'before' | 'after') => items.reduce((total, item) => total + item[side], 0);
  return { items, before: sum('before'), after: sum('after'), unpriced };
}
