import { monthlyCost } from '../cost/monthly';
import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices';
import { existsOn } from '../graph/side';
import type { Rule } from './rule';
import { dollars } from './words';

const increase: Rule = {
  id: 'cost/increase',
  severity: 'low',
  title: 'It will cost more every month',
  *check({ graph, settings }) {
    const byAddress = new Map(graph.resources.map((resource) => [resource.address, resource]));
    for (const item of monthlyCost(graph).items) {
      const resource = byAddress.get(item.address);
      if (!resource || item.after - item.before < settings.monthlyIncrease) continue;
      yield {
        resource,
        // What is new was asked for; what grows may be a surprise.
        severity: existsOn(resource, 'before') ? 'low' : 'info',
        before: `${dollars(item.before)} a month`,
        after: `${dollars(item.after)} a month (${item.basis})`,
        why: `By the price table of ${PRICES_AS_OF} (${PRICES_REGION}), for every hour that it exists, used or not.`,
        action: 'Check that it is wanted in every environment.',
      };
    }
  },
};

export const costRules: readonly Rule[] = [increase];
