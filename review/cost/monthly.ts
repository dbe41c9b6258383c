import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { hasOpen, listOf, numberOf, SENSITIVE, textOf, UNKNOWN, type Value } from '../plan/values';
import type { AnyPath } from '../resources';
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
  /** Changed resources whose price only the apply will tell. */
  readonly unknown: readonly string[];
}

type Quote = { readonly dollars: number; readonly basis: string } | 'unpriced';
const hourly = (name: PriceName, count = 1) => priceOf(name) * count * HOURS_A_MONTH;

/** One side of a resource, as a price needs it. What only the apply will tell makes the whole price unknown. */
class Sight {
  unknown = false;

  constructor(
    private readonly graph: Messaging,
    readonly resource: Resource,
    readonly side: Side,
  ) {}

  /** What AWS takes when the configuration says nothing is shown as unknown too: what it was, or its default. */
  private read(path: AnyPath): Value | undefined {
    const value = read(this.resource, this.side, path);
    if (!hasOpen(value)) return value;
    if (value !== SENSITIVE && this.graph.isConfigured(this.resource, path) === false)
      return survives(this.resource) ? read(this.resource, 'before', path) : undefined;
    this.unknown = true;
    return undefined;
  }

  number = (path: AnyPath, otherwise: number): number => numberOf(this.read(path)) ?? otherwise;
  text = (path: AnyPath): string => textOf(this.read(path)) ?? '';
  list = (path: AnyPath): Value[] => listOf(this.read(path));

  function(): Sight | undefined {
    const fn = this.graph.functionOf(this.resource, this.side);
    return fn && new Sight(this.graph, fn, this.side);
  }

  /** How many a list has, by the configuration where the plan only says that there is one. */
  count(path: AnyPath, type: string): number {
    if (read(this.resource, this.side, path) !== UNKNOWN) return this.list(path).length;
    const referred = this.graph.referred(this.resource, path, [type]).length;
    return referred > 0 ? referred : this.list(path).length;
  }
}

const architectureIn = (architectures: readonly Value[]) => (architectures.includes('arm64') ? 'arm64' : 'x86_64');

const QUOTES: Readonly<Record<string, (sight: Sight) => Quote>> = {
  aws_mq_broker: ({ text }) => {
    const instance = text('host_instance_type');
    const nodes = { ACTIVE_STANDBY_MULTI_AZ: 2, CLUSTER_MULTI_AZ: 3 }[text('deployment_mode')] ?? 1;
    return isPriced(instance) ? { dollars: hourly(instance, nodes), basis: `${nodes} × ${instance}` } : 'unpriced';
  },
  aws_msk_cluster: ({ text, number }) => {
    const instance = text('broker_node_group_info.0.instance_type');
    const nodes = number('number_of_broker_nodes', 0);
    const volume = number('broker_node_group_info.0.storage_info.0.ebs_storage_info.0.volume_size', 0);
    if (!isPriced(instance)) return 'unpriced';
    return {
      dollars: hourly(instance, nodes) + nodes * volume * priceOf('kafka.storage.gb'),
      basis: `${nodes} × ${instance}, ${volume} GB each`,
    };
  },
  aws_kinesis_stream: ({ text, number }) => {
    if (text('stream_mode_details.0.stream_mode') === 'ON_DEMAND') {
      return { dollars: hourly('kinesis.on-demand'), basis: 'on demand, without traffic' };
    }
    const shards = number('shard_count', 0);
    const extended = number('retention_period', 24) > 24;
    return {
      dollars: hourly('kinesis.shard', shards) + (extended ? hourly('kinesis.shard.extended', shards) : 0),
      basis: `${shards} shards${extended ? ' with extended retention' : ''}`,
    };
  },
  aws_lambda_function: ({ number, list }) => {
    const memory = number('memory_size', 128);
    const architecture = architectureIn(list('architectures'));
    return {
      dollars: ASSUMED_BATCHES * (memory / 1024) * priceOf(`lambda.gb-second.${architecture}`),
      basis: `${memory} MB, 1 M messages`,
    };
  },
  aws_lambda_provisioned_concurrency_config: (sight) => {
    const count = sight.number('provisioned_concurrent_executions', 0);
    const fn = sight.function();
    if (!fn) return 'unpriced';
    const memory = fn.number('memory_size', 128);
    const price = priceOf(`lambda.provisioned.gb-second.${architectureIn(fn.list('architectures'))}`);
    sight.unknown ||= fn.unknown;
    return {
      dollars: count * (memory / 1024) * price * 3600 * HOURS_A_MONTH,
      basis: `${count} × ${memory} MB kept ready`,
    };
  },
  aws_dynamodb_table: ({ text, number }) => {
    if (text('billing_mode') === 'PAY_PER_REQUEST') return { dollars: 0, basis: 'by request' };
    const [reads, writes] = [number('read_capacity', 0), number('write_capacity', 0)];
    return {
      dollars: hourly('dynamodb.read-unit', reads) + hourly('dynamodb.write-unit', writes),
      basis: `${reads} read, ${writes} write units`,
    };
  },
  aws_kms_key: () => ({ dollars: priceOf('kms.key'), basis: 'key' }),
  aws_secretsmanager_secret: () => ({ dollars: priceOf('secret'), basis: 'secret' }),
  aws_cloudwatch_dashboard: () => ({ dollars: priceOf('dashboard'), basis: 'dashboard' }),
  aws_cloudwatch_metric_alarm: ({ number, list }) => {
    const period = number('period', 60);
    const metrics = Math.max(1, list('metric_query').length);
    return {
      dollars: metrics * priceOf(period > 0 && period < 60 ? 'alarm.high-resolution' : 'alarm'),
      basis: metrics > 1 ? `alarm on up to ${metrics} metrics` : 'alarm',
    };
  },
  aws_nat_gateway: () => ({ dollars: hourly('nat'), basis: 'without traffic' }),
  aws_vpc_endpoint: (sight) => {
    if (sight.text('vpc_endpoint_type') !== 'Interface') return { dollars: 0, basis: 'gateway endpoint' };
    const zones = Math.max(1, sight.count('subnet_ids', 'aws_subnet'));
    return { dollars: hourly('endpoint.zone', zones), basis: `${zones} zones, without traffic` };
  },
};

/** What the changed resources cost in a month, before and after. What stays as it is does not enter. */
export function monthlyCost(graph: Messaging): CostChange {
  const items: MonthlyCost[] = [];
  const unpriced: string[] = [];
  const unknown: string[] = [];
  for (const resource of graph.changed) {
    const quote = QUOTES[resource.type];
    if (!quote || resource.action === 'forget') continue;
    if (resource.type === 'aws_lambda_function' && resource.action === 'destroy') continue;
    const [before, after] = (['before', 'after'] as const).map((side) => {
      if (!existsOn(resource, side)) return undefined;
      const sight = new Sight(graph, resource, side);
      const price = quote(sight);
      return sight.unknown ? 'unknown' : price;
    });
    if (before === 'unknown' || after === 'unknown') unknown.push(resource.address);
    else if (before === 'unpriced' || after === 'unpriced') unpriced.push(resource.address);
    else {
      const [was, is] = [before?.dollars ?? 0, after?.dollars ?? 0];
      if (Math.abs(was - is) < 0.005) continue;
      const bases = [...new Set([before?.basis, after?.basis].filter((basis) => basis !== undefined))];
      items.push({ address: resource.address, type: resource.type, before: was, after: is, basis: bases.join(' → ') });
    }
  }
  const sum = (side: 'before' | 'after') => items.reduce((total, item) => total + item[side], 0);
  return { items, before: sum('before'), after: sum('after'), unpriced, unknown };
}
