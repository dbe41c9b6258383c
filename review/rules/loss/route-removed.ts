import { ENDPOINTS } from '../../graph/endpoints';
import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { carriesOn, describeRoute, gone, links, linksBy, linksLike, nameOfEnd } from '../../graph/routes';
import { read, type Side } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { isRecord, textOf, type Value } from '../../plan/values';
import type { Draft, Rule } from '../rule';

/** These pick or start something: when they go, what they picked still comes, and what they started is still due. */
const PICKERS = [
  'aws_cloudwatch_event_rule',
  'aws_scheduler_schedule',
  'aws_apigatewayv2_integration',
  'aws_api_gateway_integration',
];

export const rule: Rule = {
  id: 'loss/route-removed',
  severity: 'high',
  title: 'Messages no longer reach somebody who stays',
  *check({ graph }) {
    for (const link of links(graph, 'before')) {
      const { route, to, what } = link;
      const from = resourceOfTarget(link.from);
      if (route.action === 'nothing' || route.action === 'forget' || to === undefined) continue;
      if (gone(resourceOfTarget(to)) || (from && gone(from) && !PICKERS.includes(from.type))) continue;
      if (
        busGoes(graph, from) ||
        linksLike(graph, link, 'before', 'after').some((other) => carriesOn(graph, link, other))
      )
        continue;
      const own = linksBy(graph, route, 'after').find((other) => other.what === what);
      const otherBus = own !== undefined && own.by !== link.by;
      yield {
        resource: route,
        before: describeRoute(link, otherBus),
        after: own && what !== 'notification' ? describeRoute(own, otherBus) : 'no delivery',
        why: `The ${what} ${own ? 'changes' : 'goes'} while ${nameOfEnd(to, 'its endpoint')} stays: ${lossOf(what)}.`,
        action: 'Show that nobody needs these messages there any more, or keep it.',
      };
    }
    yield* environmentDrafts(graph);
  },
};

/** What a function finds by a name in its environment is another thing afterwards: by code that stays as it is, it sends there. */
function* environmentDrafts(graph: Messaging): Generator<Draft> {
  for (const fn of graph.ofType('aws_lambda_function')) {
    const on = (side: Side) => read(fn, side, 'environment.0.variables');
    const [before, after] = [on('before'), on('after')];
    if (fn.action !== 'update' || !isRecord(before) || !isRecord(after)) continue;
    for (const [name, value] of Object.entries(before as Record<string, Value>)) {
      const [was, is] = [textOf(value), textOf((after as Record<string, Value>)[name])];
      if (was === undefined || is === undefined || was === is || !NAMED_PLACE.test(was)) continue;
      const place = (text: string, side: Side) =>
        resourceOfTarget(graph.find(text, side, ENDPOINTS, fn, 'environment'));
      const [from, to] = [place(was, 'before'), place(is, 'after')];
      if (!from || from === to || gone(from) || from.action === 'replace') continue;
      yield {
        resource: fn,
        severity: 'medium',
        title: 'A function is led elsewhere',
        before: `${name}: ${from.address}`,
        after: to?.address ?? 'something that this plan does not have',
        why: `What it sends or starts by that name no longer reaches ${from.address}, which stays.`,
        action: 'Show that the other place is worked on, and that nothing waits for it at the old one.',
      };
    }
  }
}
/** One in the world: a short name may mean something else. */
const NAMED_PLACE = /^(arn:|https?:)/;

/** What becomes of what comes while nothing leads to where it went. */
function lossOf(what: string): string {
  if (what === 'schedule') return 'what is due from then on is not delivered there';
  return what.endsWith('of an API')
    ? 'whoever calls the API is no longer answered by that, or refused'
    : 'what is published from then on is not delivered there, and nothing keeps it';
}

/** A bus goes with all its rules: that is a finding of its own. */
function busGoes(graph: Messaging, rule: Resource | undefined): boolean {
  if (rule?.type !== 'aws_cloudwatch_event_rule') return false;
  return gone(resourceOfTarget(graph.follow(rule, 'before', 'event_bus_name', ['aws_cloudwatch_event_bus'])));
}
