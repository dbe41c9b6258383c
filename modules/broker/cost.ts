import table from './prices.json';

export type Price = keyof typeof table.prices;

/** One line of a bill. */
export interface Item {
  readonly what: string;
  readonly price: Price;
  /** How many of the unit run all month, or how many units a month are used. */
  readonly count: number;
}

export interface Setup {
  readonly name: string;
  readonly items: readonly Item[];
}

/** US dollars a month. */
export function monthly({ price, count }: Item): number {
  const { price: each, unit } = table.prices[price];
  return each * count * (unit.startsWith('hour') ? table.hoursAMonth : 1);
}

const pair = (pairs: number): Item[] => [
  { what: 'active/standby pair, mq.m5.large', price: 'activemq-pair-mq.m5.large', count: pairs },
  { what: 'store, 20 GB each on EFS', price: 'storage-efs', count: 20 * pairs },
  {
    what: 'interface endpoints lambda, sts, secretsmanager in 2 zones each',
    price: 'interface-endpoint',
    count: 3 * 2 * pairs,
  },
  { what: 'keys: broker, network', price: 'key', count: 2 * pairs },
  { what: 'secrets: application, bridges', price: 'secret', count: 2 * pairs },
  { what: 'alarms, by metric, with one watched queue', price: 'alarm-metric', count: 22 * pairs },
];

/** The setups that the README prints. */
export const SETUPS: readonly Setup[] = [
  { name: 'One pair', items: pair(1) },
  {
    name: 'Two regions, a pair each, in a network (prod)',
    items: [
      ...pair(2),
      { what: '100 GB over the bridge', price: 'traffic-between-regions', count: 100 },
      { what: 'alarm on the bridge, by metric', price: 'alarm-metric', count: 2 },
      { what: 'key of the operations', price: 'key', count: 1 },
    ],
  },
  {
    name: 'RabbitMQ, three nodes',
    items: [
      { what: 'cluster, mq.m5.xlarge', price: 'rabbitmq-cluster-mq.m5.xlarge', count: 1 },
      { what: 'store, 3 × 20 GB on EBS', price: 'storage-ebs', count: 60 },
      { what: 'interface endpoints lambda, secretsmanager in 2 zones', price: 'interface-endpoint', count: 4 },
      { what: 'keys: broker, network', price: 'key', count: 2 },
      { what: 'secret: administrator', price: 'secret', count: 1 },
      { what: 'alarms, by metric, with one queue', price: 'alarm-metric', count: 6 },
    ],
  },
];

const dollars = (value: number) => `$${value.toFixed(2)}`;

/** The README's section, as Markdown. */
export function costs(setups: readonly Setup[] = SETUPS): string {
  const sections = setups.map(({ name, items }) => {
    const rows = items.map((item) => `| ${item.what} | ${dollars(monthly(item))} |`);
    const total = items.reduce((sum, item) => sum + monthly(item), 0);
    return [`**${name}: ${dollars(total)} a month**`, '', '| what | a month |', '| --- | --- |', ...rows].join('\n');
  });
  const unsure = Object.entries(table.prices)
    .filter(([, { source }]) => source.startsWith('from memory'))
    .map(([price]) => price);
  return [
    `Prices of ${table.region}, put together on ${table.date} from infracost's reference outputs, not read from AWS's own price pages: check them before you rely on them; from memory are ${unsure.join(', ')}. ${table.hoursAMonth} hours a month, without traffic inside a region and without logs.`,
    ...sections,
  ].join('\n\n');
}
