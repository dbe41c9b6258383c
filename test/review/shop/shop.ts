import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../changed-plans';
import { headlines, reviewOf } from '../plan-files';
import { arn, plan, policy, resource } from '../small-plan';

interface Everything {
  readonly resources: Record<string, Json>;
  readonly expressions: Record<string, Json>;
}
const text = readFileSync(join(__dirname, 'shop.json'), 'utf8');

/** A shop that has one of everything that carries messages, and nothing that changes, until a test changes it. */
export class Shop {
  private readonly all = JSON.parse(text) as Everything;
  private readonly changes = new Map<string, Parameters<typeof resource>[2]>();
  private readonly marks = new Map<string, Json>();

  get addresses(): string[] {
    return Object.keys(this.all.resources);
  }

  /** What a resource is before the plan. */
  of(address: string): Json {
    const found = this.all.resources[address];
    if (!found) throw new Error(`the shop has no ${address}`);
    return found;
  }

  /** Makes what is there before another thing than `shop.json` says. */
  was(address: string, attributes: Json): this {
    Object.assign(this.of(address), attributes);
    return this;
  }

  update(address: string, attributes: Json, unknown: Json = {}): this {
    return this.change(address, attributes, unknown, ['update']);
  }

  replace(address: string, attributes: Json, unknown: Json = { id: true, arn: true }): this {
    return this.change(address, attributes, unknown, ['delete', 'create']);
  }

  remove(...addresses: string[]): this {
    for (const address of addresses) {
      this.of(address);
      this.changes.set(address, { after: null });
    }
    return this;
  }

  add(address: string, attributes: Json, unknown: Json = { id: true, arn: true }, expressions?: Json): this {
    this.all.resources[address] = attributes;
    if (expressions) this.all.expressions[address] = expressions;
    this.changes.set(address, { after: attributes, unknown, actions: ['create'] });
    return this;
  }

  /** One more of what is there already. */
  also(address: string, attributes: Json): this {
    this.all.resources[address] = attributes;
    return this;
  }

  /** What the configuration says of some attributes of a resource. */
  configure(address: string, expressions: Json): this {
    this.all.expressions[address] = { ...this.all.expressions[address], ...expressions };
    return this;
  }

  /** What Terraform marks as sensitive in what is there afterwards. */
  sensitive(address: string, marks: Json): this {
    this.marks.set(address, marks);
    return this;
  }

  plan(): Json {
    const resources = Object.entries(this.all.resources).map(([address, before]) => {
      const change = this.changes.get(address);
      const expressions = this.all.expressions[address];
      const entry = resource(address, change?.actions?.[0] === 'create' ? null : before, {
        ...change,
        ...(expressions && change?.after !== null ? { expressions } : {}),
      });
      return { ...entry, change: { ...(entry.change as Json), after_sensitive: this.marks.get(address) ?? {} } };
    });
    return plan(...resources);
  }

  private change(address: string, attributes: Json, unknown: Json, actions: string[]): this {
    const earlier = this.changes.get(address)?.after ?? this.of(address);
    const after = { ...earlier, ...attributes };
    for (const [name, mark] of Object.entries(unknown)) if (mark === true) delete after[name];
    this.changes.set(address, { after, unknown, actions });
    return this;
  }
}

type Case = [what: string, change: (shop: Shop) => Shop, expected: string[]];

/** What somebody does to the shop, and what a careful reviewer says. */
export function whatItSays(topic: string, cases: Case[]): void {
  describe(topic, () => {
    test.each(cases)('%s', async (_, change, expected) => {
      expect(headlines(await reviewOf(change(new Shop()).plan()))).toEqual(expected);
    });
  });
}

export const ACCOUNT = '111122223333';
export const QUEUE = 'aws_sqs_queue.orders';
export const FUNCTION = 'aws_lambda_function.consumer';
export const MAPPING = 'aws_lambda_event_source_mapping.orders';
export const STREAM_MAPPING = 'aws_lambda_event_source_mapping.clicks';
export const POLICY = 'aws_sqs_queue_policy.orders';
export const GRANTS = 'aws_iam_role_policy.consumer';
export const ALARM = 'aws_cloudwatch_metric_alarm.orders_age';
export const BROKER = 'aws_mq_broker.shop';
export const CLUSTER = 'aws_msk_cluster.shop';

/** A statement that admits a service to a queue, from one source. */
export const allow = (service: string, source: string, queue = arn('sqs', 'orders')): Json => ({
  Effect: 'Allow',
  Principal: { Service: service },
  Action: 'sqs:SendMessage',
  Resource: queue,
  Condition: { ArnEquals: { 'aws:SourceArn': source } },
});
export const EVENTS = allow('events.amazonaws.com', arn('events', 'rule/shop/placed'));
export const TOPIC = allow('sns.amazonaws.com', arn('sns', 'events'));

/** The statements of the consumer's role: its queue, its key, the next queue, its table, the streams. */
export const grants = (): Json[] => JSON.parse(String(new Shop().of(GRANTS).policy)).Statement;
export const without = (statements: Json[], ...positions: number[]): string =>
  policy(...statements.filter((_, position) => !positions.includes(position)));

export function nodes(shop: Shop, attributes: Json): Json {
  const [info] = shop.of(CLUSTER).broker_node_group_info as Json[];
  return { broker_node_group_info: [{ ...info, ...attributes }] };
}
