import { ENDPOINTS } from '../graph/endpoints';
import { resourceOfTarget } from '../graph/graph';
import { integratedAt } from '../graph/integration';
import { memoizePerSide } from '../graph/memoize';
import type { Messaging } from '../graph/messaging';
import { readers } from '../graph/readers';
import { existsOn, read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { isAbsent, textOf } from '../plan/values';
import type { AnyPath } from '../resources';
import { typeOf } from '../resources';
import type { Facts, Named } from './decision';
import { named } from './holders';
import { roleOf } from './roles';

/** What somebody must be allowed for messages to go on their way. */
export interface Need {
  /** The mapping, pipe, target or setting that makes it necessary. */
  readonly because: Resource;
  /** Whose role it is done with. */
  readonly worker: Resource;
  readonly role: Resource;
  readonly on: Resource;
  readonly named: Named;
  readonly actions: readonly string[];
  readonly kind: 'reads' | 'sends' | 'keeps failures';
  readonly facts: Facts;
}

/** Lambda and Pipes read from their own network, not from the function's: a policy that wants an endpoint refuses them. */
const FROM_OUTSIDE: Facts = { 'aws:SourceVpce': null, 'aws:SourceVpc': null };

export const needs = memoizePerSide<readonly Need[]>((graph, side) => [
  ...reading(graph, side),
  ...sending(graph, side),
  ...keepingFailures(graph, side),
]);

function reading(graph: Messaging, side: Side): Need[] {
  return readers(graph, side).flatMap(({ resource, source, worker }) => {
    const on = resourceOfTarget(source);
    const role = worker ? roleOf(graph, worker, side) : undefined;
    const actions = on ? typeOf(on.type)?.reading : undefined;
    if (!on || !worker || !role || !actions) return [];
    const path = on.type === 'aws_dynamodb_table' ? 'stream_arn' : 'arn';
    const name = on.type === 'aws_dynamodb_table' ? { arn: textOf(read(on, side, path)) } : named(on, side);
    return [{ because: resource, worker, role, on, named: name, actions, kind: 'reads' as const, facts: FROM_OUTSIDE }];
  });
}

/** Where each type says what it hands messages to in the name of its role. */
const TARGETS: readonly { type: string; path: (resource: Resource, side: Side) => AnyPath | undefined }[] = [
  { type: 'aws_pipes_pipe', path: () => 'target' },
  { type: 'aws_scheduler_schedule', path: () => 'target.0.arn' },
  { type: 'aws_cloudwatch_event_target', path: () => 'arn' },
  { type: 'aws_apigatewayv2_integration', path: integratedAt },
  { type: 'aws_api_gateway_integration', path: () => 'uri' },
];

function sending(graph: Messaging, side: Side): Need[] {
  return TARGETS.flatMap(({ type, path }) =>
    graph
      .ofType(type)
      .filter((resource) => existsOn(resource, side))
      .flatMap((resource) => need(graph, side, resource, resource, path(resource, side), 'sends')),
  );
}

function keepingFailures(graph: Messaging, side: Side): Need[] {
  const on = (type: string) => graph.ofType(type).filter((resource) => existsOn(resource, side));
  return [
    ...on('aws_lambda_function').flatMap((fn) =>
      need(graph, side, fn, fn, 'dead_letter_config.0.target_arn', 'keeps failures'),
    ),
    ...on('aws_lambda_event_source_mapping').flatMap((mapping) => {
      const path = 'destination_config.0.on_failure.0.destination_arn';
      return need(graph, side, mapping, graph.functionOf(mapping, side), path, 'keeps failures');
    }),
    ...on('aws_lambda_function_event_invoke_config').flatMap((config) => {
      const path = 'destination_config.0.on_failure.0.destination';
      return need(graph, side, config, graph.functionOf(config, side), path, 'keeps failures');
    }),
  ];
}

function need(
  graph: Messaging,
  side: Side,
  because: Resource,
  worker: Resource | undefined,
  path: AnyPath | undefined,
  kind: Need['kind'],
): Need[] {
  if (!worker || path === undefined || isAbsent(read(because, side, path))) return [];
  const target = resourceOfTarget(graph.follow(because, side, path, ENDPOINTS));
  const role = roleOf(graph, worker, side);
  const action = target ? typeOf(target.type)?.sending : undefined;
  if (!target || !role || !action) return [];
  return [{ because, worker, role, on: target, named: named(target, side), actions: [action], kind, facts: {} }];
}
