import { holds } from '../../graph/stateful';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/forgotten',
  severity: 'low',
  title: 'Terraform lets go of something that holds messages or data',
  *check({ graph }) {
    for (const resource of graph.changed) {
      if (resource.action !== 'forget' || !holds(resource)) continue;
      yield {
        resource,
        before: 'managed here',
        after: 'left in AWS, managed by nobody',
        why: 'Nothing is lost, but its settings are guarded by no plan any more, and nobody will be told when it changes.',
        action: 'Import it where it is to be managed from now on, in the same change.',
      };
    }
  },
};
