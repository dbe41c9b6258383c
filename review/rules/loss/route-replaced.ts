import { resourceOfTarget } from '../../graph/graph';
import { carriesOn, describeRoute, gone, links, linksBy } from '../../graph/routes';
import { list } from '../../plan/format';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/route-replaced',
  severity: 'medium',
  title: 'Messages published while a route is replaced are not delivered',
  *check({ graph }) {
    for (const link of links(graph, 'after')) {
      const { route, what } = link;
      if (route.action !== 'replace' || route.createFirst) continue;
      const was = linksBy(graph, route, 'before').find(
        (other) => carriesOn(graph, other, link) || gone(resourceOfTarget(other.to)),
      );
      // A queue keeps what comes while its pipe is away, and a schedule that was away for a minute is late, not lost.
      if (!was || resourceOfTarget(link.from) === route) continue;
      yield {
        resource: route,
        before: describeRoute(was, false),
        after: describeRoute(link, false),
        why: `The ${what} is destroyed and then made again${route.replacePaths.length > 0 ? ` because of ${list(route.replacePaths)}` : ''}. What is published in between is delivered to nobody and kept by nobody.`,
        action:
          'Stop the publisher for the apply, or make the new one first (`create_before_destroy`) and accept duplicates.',
      };
    }
  },
};
