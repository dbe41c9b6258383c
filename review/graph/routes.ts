import type { Resource } from '../plan/model';
import { isOpen, listOf, textOf } from '../plan/values';
import type { AnyPath, TypePath } from '../resources';
import { ENDPOINTS } from './endpoints';
import { resourceOfTarget, type Target } from './graph';
import { grouped } from './grouped';
import { integratedAt } from './integration';
import { memoizePerSide } from './memoize';
import type { Messaging } from './messaging';
import { existsOn, read, type Side } from './side';

/** One way that messages take from one place to another, and the resource that makes it. */
export interface Link {
  readonly route: Resource;
  readonly what: string;
  readonly from: Target | undefined;
  readonly to: Target | undefined;
  /** What else must be the same for it to be the same way: the bus of a rule, the expression of a schedule. */
  readonly by: string | undefined;
}

type Reading = (graph: Messaging, route: Resource, side: Side) => Omit<Link, 'route'>[];

/** What carries messages from one place to another without holding any. */
const ROUTES: Readonly<Record<string, Reading>> = {
  aws_sns_topic_subscription: (graph, route, side) => [
    {
      what: 'subscription',
      from: graph.follow(route, side, 'topic_arn', ['aws_sns_topic']),
      to: graph.follow(route, side, 'endpoint', ENDPOINTS),
      by: undefined,
    },
  ],
  aws_cloudwatch_event_target: (graph, route, side) => {
    const bus = read(route, side, 'event_bus_name');
    return [
      {
        what: 'target of an event rule',
        from: graph.follow(route, side, 'rule', ['aws_cloudwatch_event_rule']),
        to: graph.follow(route, side, 'arn', ENDPOINTS),
        by: isOpen(bus) ? undefined : (textOf(bus) ?? 'default'),
      },
    ];
  },
  aws_scheduler_schedule: (graph, route, side) => [
    {
      what: 'schedule',
      from: { kind: 'resource', resource: route },
      to: graph.follow(route, side, 'target.0.arn', ENDPOINTS),
      by: undefined,
    },
  ],
  aws_pipes_pipe: (graph, route, side) => [
    {
      what: 'pipe',
      from: { kind: 'resource', resource: route },
      to: graph.follow(route, side, 'target', ENDPOINTS),
      by: undefined,
    },
  ],
  aws_apigatewayv2_route: (graph, route, side) => [
    {
      what: 'route of an API',
      from: graph.follow(route, side, 'api_id', ['aws_apigatewayv2_api']),
      to: graph.follow(route, side, 'target', ['aws_apigatewayv2_integration']),
      by: textOf(read(route, side, 'route_key')),
    },
  ],
  aws_apigatewayv2_integration: (graph, route, side) => [integration(graph, route, side, integratedAt(route, side))],
  aws_api_gateway_integration: (graph, route, side) => [integration(graph, route, side, 'uri')],
  aws_s3_bucket_notification: (graph, route, side) =>
    [
      ['queue', 'queue_arn'] as const,
      ['topic', 'topic_arn'] as const,
      ['lambda_function', 'lambda_function_arn'] as const,
    ].flatMap(([block, arn]) => {
      const entries = read(route, side, block);
      const from = graph.follow(route, side, 'bucket', ['aws_s3_bucket']);
      if (isOpen(entries)) return [{ what: 'notification', from, to: { kind: 'unknown' } as const, by: undefined }];
      return listOf(entries).map((_, index) => ({
        what: 'notification',
        from,
        to: graph.follow(route, side, `${block}.${index}.${arn}`, ENDPOINTS),
        by: undefined,
      }));
    }),
};

const integration = (graph: Messaging, route: Resource, side: Side, path: AnyPath | undefined) => ({
  what: 'integration of an API',
  from: { kind: 'resource' as const, resource: route },
  to: path === undefined ? undefined : graph.follow(route, side, path, ENDPOINTS),
  by: undefined,
});

export const links = memoizePerSide<readonly Link[]>((graph, side) =>
  Object.entries(ROUTES).flatMap(([type, reading]) =>
    graph
      .ofType(type)
      .filter((route) => existsOn(route, side))
      .flatMap((route) => reading(graph, route, side).map((link) => ({ ...link, route }))),
  ),
);

const UNKNOWN_END = '(unknown)';
const byEnd = memoizePerSide((graph, side) => grouped(links(graph, side), ({ to }) => endKey(graph, to, side)));

/** An end as a key: an alias is a way to its function. */
function endKey(graph: Messaging, to: Target | undefined, side: Side): Resource | string | undefined {
  if (to === undefined) return undefined;
  const end = functionBehind(graph, to, side);
  return end.kind === 'resource' ? end.resource : end.kind === 'elsewhere' ? end.name : UNKNOWN_END;
}

/** Ways that may lead to the same end as another: those to it, and those that nobody can tell yet. */
export function linksLike(graph: Messaging, { to }: Link, side: Side, on: Side): readonly Link[] {
  const [key, ends] = [endKey(graph, to, side), byEnd(graph, on)];
  if (key === UNKNOWN_END) return links(graph, on);
  return key === undefined ? [] : [...(ends.get(key) ?? []), ...(ends.get(UNKNOWN_END) ?? [])];
}

const byRoute = memoizePerSide((graph, side) => grouped(links(graph, side), ({ route }) => route));
export const linksBy = (graph: Messaging, route: Resource, side: Side): readonly Link[] =>
  byRoute(graph, side).get(route) ?? [];

/** The same end, as far as anyone can tell: one that only the apply will tell may be. */
export function sameEnd(graph: Messaging, before: Target | undefined, after: Target | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  if (before.kind === 'unknown' || after.kind === 'unknown') return true;
  const [one, other] = [functionBehind(graph, before, 'before'), functionBehind(graph, after, 'after')];
  if (one.kind === 'resource' || other.kind === 'resource')
    return resourceOfTarget(one) !== undefined && resourceOfTarget(one) === resourceOfTarget(other);
  return one.kind === 'elsewhere' && other.kind === 'elsewhere' && one.name === other.name;
}

/** An alias is a way to its function. */
export function functionBehind(graph: Messaging, target: Target, side: Side): Target {
  const found = resourceOfTarget(target);
  if (found?.type !== 'aws_lambda_alias') return target;
  const fn = graph.functionOf(found, side);
  return fn ? { kind: 'resource', resource: fn } : target;
}

/** Who sends to a queue, topic or function in an AWS service's own name. */
export interface Sender {
  readonly route: Resource;
  readonly service: string;
  /** Where it sends from: what `aws:SourceArn` says. */
  readonly from: Target | undefined;
}

const SERVICES: Readonly<Record<string, string>> = {
  aws_sns_topic_subscription: 'sns.amazonaws.com',
  aws_cloudwatch_event_target: 'events.amazonaws.com',
  aws_s3_bucket_notification: 's3.amazonaws.com',
};

export function sendersTo(graph: Messaging, holder: Resource, side: Side): Sender[] {
  return (byEnd(graph, side).get(holder) ?? []).flatMap(({ route, from }) => {
    const service = SERVICES[route.type];
    return service === undefined ? [] : [{ route, service, from }];
  });
}

/** What each service hands to a dead-letter queue in its own name; schedules and functions do that with a role. */
const FAILURES: readonly (TypePath & { document: boolean; from: AnyPath; types: readonly string[] })[] = [
  {
    type: 'aws_sns_topic_subscription',
    path: 'redrive_policy',
    document: true,
    from: 'topic_arn',
    types: ['aws_sns_topic'],
  },
  {
    type: 'aws_cloudwatch_event_target',
    path: 'dead_letter_config.0.arn',
    document: false,
    from: 'rule',
    types: ['aws_cloudwatch_event_rule'],
  },
];

const failures = memoizePerSide((graph, side) =>
  FAILURES.flatMap(({ type, path, document, from, types }) =>
    graph
      .ofType(type)
      .filter((route) => existsOn(route, side))
      .map((route) => ({
        route,
        service: SERVICES[type] ?? '',
        from: graph.follow(route, side, from, types),
        to: resourceOfTarget(
          document
            ? graph.followDocument(route, side, path, 'deadLetterTargetArn', ['aws_sqs_queue'])
            : graph.follow(route, side, path, ['aws_sqs_queue']),
        ),
      })),
  ),
);
const failuresByEnd = memoizePerSide((graph, side) => grouped(failures(graph, side), ({ to }) => to));
const failuresByRoute = memoizePerSide((graph, side) => grouped(failures(graph, side), ({ route }): Resource => route));

/** Who keeps in a queue what could not be delivered, in an AWS service's own name. */
export const failuresTo = (graph: Messaging, queue: Resource, side: Side): readonly Sender[] =>
  failuresByEnd(graph, side).get(queue) ?? [];

/** Where a route delivers, or keeps what it could not deliver. */
export const endsOf = (graph: Messaging, route: Resource, side: Side): Resource[] =>
  linksBy(graph, route, side).flatMap(({ to }) => resourceOfTarget(to) ?? []);
export const failureEndsOf = (graph: Messaging, route: Resource, side: Side): Resource[] =>
  (failuresByRoute(graph, side).get(route) ?? []).flatMap(({ to }) => to ?? []);

/** Addresses outside AWS (mail, a webhook) are somebody's, or hold a token: they are not shown. */
export const nameOfEnd = (target: Target | undefined, otherwise: string): string =>
  resourceOfTarget(target)?.address ??
  (target?.kind === 'elsewhere' && target.name.startsWith('arn:') ? target.name : otherwise);
export const describeRoute = ({ from, to, by }: Link, withBus: boolean): string =>
  `${nameOfEnd(from, 'its source')}${withBus ? ` on the bus ${by}` : ''} → ${nameOfEnd(to, 'its endpoint')}`;
export const gone = (resource: Resource | undefined): boolean =>
  resource !== undefined && !existsOn(resource, 'after') && resource.action !== 'forget';

/** Whether a way that is there afterwards carries the same messages to the same place. */
export function carriesOn(graph: Messaging, link: Link, other: Link): boolean {
  const sameBus = link.by === undefined || other.by === undefined || link.by === other.by;
  if (other.what !== link.what || !sameBus || !sameEnd(graph, link.to, other.to)) return false;
  const renamed = gone(resourceOfTarget(link.from)) && resourceOfTarget(other.from)?.action === 'create';
  return renamed || sameEnd(graph, link.from, other.from);
}
