import { nameOfSource, waiting } from '../../graph/backlog';
import { booleanOn, touched } from '../../graph/change';
import { resourceOfTarget } from '../../graph/graph';
import { existsOn } from '../../graph/side';
import type { Rule } from '../rule';

export const rule: Rule = {
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
        // One that is made switched off was never counted on.
        severity: existsOn(mapping, 'before') ? 'high' : 'info',
        before: existsOn(mapping, 'before') ? 'enabled' : undefined,
        after: 'disabled',
        why: `${consumer.function?.address ?? 'The function'} gets nothing from ${nameOfSource(consumer.source)} any more. ${waiting(source)}`,
        action: 'Say who switches it on again and when; watch the age of the oldest message until then.',
      };
    }
  },
};
