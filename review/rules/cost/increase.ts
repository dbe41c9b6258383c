import { type MonthlyCost, monthlyCost } from '../../cost/monthly';
import { PRICES_AS_OF, PRICES_REGION } from '../../cost/prices';
import { dollars, plural } from '../../plan/format';
import type { Rule, Severity } from '../rule';

export const rule: Rule = {
  id: 'cost/increase',
  severity: 'low',
  title: 'It will cost more every month',
  *check({ plan, graph, settings }) {
    const byAddress = new Map(graph.changed.map((resource) => [resource.address, resource]));
    const rest: MonthlyCost[] = [];
    for (const item of monthlyCost(graph).items) {
      const resource = byAddress.get(item.address);
      if (!resource || item.after - item.before < settings.monthlyIncrease) {
        rest.push(item);
        continue;
      }
      yield {
        resource,
        severity: severityOf([item]),
        before: `${dollars(item.before)} a month`,
        after: `${dollars(item.after)} a month (${item.basis})`,
        why: `By the price table of ${PRICES_AS_OF} (${PRICES_REGION}), for every hour that it exists, used or not.`,
        action: 'Check that it is wanted in every environment.',
      };
    }
    const sum = (side: 'before' | 'after') => rest.reduce((total, item) => total + item[side], 0);
    if (sum('after') - sum('before') < settings.monthlyIncrease) return;
    const dearer = rest.filter((item) => item.after > item.before);
    yield {
      resource: { address: plan.stack },
      title: 'Many small things cost more together',
      severity: severityOf(dearer),
      before: `${dollars(sum('before'))} a month`,
      after: `${dollars(sum('after'))} a month (${plural(dearer.length, 'resource')}, none of which reaches ${dollars(settings.monthlyIncrease)} by itself)`,
      why: `By the price table of ${PRICES_AS_OF} (${PRICES_REGION}). Most of it: ${mostOf(dearer)}.`,
      action: 'Check that they are wanted in every environment.',
    };
  },
};

/** What is new was asked for; what grows may be a surprise. */
const severityOf = (items: readonly MonthlyCost[]): Severity =>
  items.some(({ before }) => before > 0) ? 'low' : 'info';

function mostOf(items: readonly MonthlyCost[]): string {
  const byType = new Map<string, number>();
  for (const { type, before, after } of items) byType.set(type, (byType.get(type) ?? 0) + after - before);
  return [...byType]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([type, more]) => `${type} ${dollars(more)}`)
    .join(', ');
}
