import type { MonthlyCost } from '../../review/cost/monthly';
import { isPerMillion, PRICES_AS_OF, PRICES_REGION, priceOf } from '../../review/cost/prices';
import { USAGE, type Use } from './usage';

const costOf = ({ price, count }: Use): number => priceOf(price) * (isPerMillion(price) ? count / 1_000_000 : count);
const dollars = (value: number): string => (value > 0 && value < 0.005 ? 'under $0.01' : `$${value.toFixed(2)}`);
const counted = (count: number): string =>
  Math.round(count * 10) / 10 >= 1000 ? Math.round(count).toLocaleString('en-US') : `${count}`;

/** Resources whose price's basis doesn't say what they are. */
const NAMED: Readonly<Record<string, string>> = {
  aws_kinesis_stream: 'stream',
  aws_mq_broker: 'broker',
  aws_vpc_endpoint: 'interface endpoint',
};

/** What resources cost by hour or month, as lines: ten alarms are one. */
function lines(items: readonly MonthlyCost[]): [string, number][] {
  const groups = new Map<string, number[]>();
  for (const { type, basis, after } of items) {
    const what = type in NAMED ? `${NAMED[type]}: ${basis}` : basis;
    groups.set(what, [...(groups.get(what) ?? []), after]);
  }
  return [...groups]
    .map(([basis, each]): [string, number] => [
      each.length > 1 ? `${each.length} × ${basis}` : basis,
      each.reduce((sum, one) => sum + one, 0),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const uses = (given: readonly Use[]): [string, number][] =>
  given.map((use) => [`${counted(use.count)} ${use.what}`, costOf(use)]);

function table(heading: string, rows: readonly [string, number][]): string {
  const total = rows.reduce((sum, [, each]) => sum + each, 0);
  if (rows.length === 0) return `**${heading}: nothing.**`;
  const body = rows.map(([what, each]) => `| ${what} | ${dollars(each)} |`);
  return [`**${heading}: ${dollars(total)}**`, '', '| what | |', '| --- | --: |', ...body].join('\n');
}

/**
 * The section of a module's page, as Markdown.
 *
 * @param idle what the resources of the README's example cost a month, functions left out
 */
export function costSection(module: string, idle: readonly MonthlyCost[]): string {
  const usage = USAGE[module];
  if (!usage)
    throw new Error(
      `tools/module-pages/usage.ts says nothing of ${module}: what does it use while nothing comes, and for a million messages?`,
    );
  return [
    table('Idle, a month', [...lines(idle), ...uses(usage.idle ?? [])]),
    table(`A million ${usage.of}`, uses(usage.perMillion)),
    `The example above, at the prices of ${PRICES_REGION} on ${PRICES_AS_OF} ([each with its source](../../review/cost/prices.ts)), without free tiers, logs and traffic. [What is counted](../../tools/module-pages/usage.ts).`,
  ].join('\n\n');
}
