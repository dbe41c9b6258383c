import type { Resource } from '../plan/model';
import { resourceOfTarget } from './graph';
import { integratedAt } from './integration';
import { memoizePerSide } from './memoize';
import { ENDPOINTS, type Messaging, QUEUE, SOURCES } from './messaging';
import { existsOn, type Side } from './side';

export interface Edge {
  readonly from: Resource;
  readonly to: Resource;
  readonly kind: 'dead letters' | 'delivers' | 'invokes' | 'configures';
  /** The mapping, subscription or target that makes it. */
  readonly via?: Resource;
}

/** Who hands messages to whom, for the picture. */
export const edges = memoizePerSide<readonly Edge[]>((graph, side) => [...findEdges(graph, side)]);

function* findEdges(graph: Messaging, side: Side): Generator<Edge> {
  const on = (type: string) => graph.ofType(type).filter((resource) => existsOn(resource, side));
  for (const queue of on('aws_sqs_queue')) {
    const policy = graph.deadLetter(queue, side);
    const to = policy && policy !== 'unknown' ? resourceOfTarget(policy.target) : undefined;
    if (to) yield { from: queue, to, kind: 'dead letters' };
  }
  for (const { source, function: to, mapping: via } of graph.consumers(side)) {
    const from = resourceOfTarget(source);
    if (from && to) yield { from, to, kind: 'invokes', via };
  }
  for (const subscription of on('aws_sns_topic_subscription')) {
    const [from, to] = [graph.topicOf(subscription, side), graph.endpointOf(subscription, side)];
    if (from && to) yield { from, to, kind: 'delivers', via: subscription };
  }
  for (const target of on('aws_cloudwatch_event_target')) {
    const [from, to] = [graph.ruleOf(target, side), graph.targetOf(target, side)];
    if (from && to) yield { from, to, kind: 'delivers', via: target };
    const dead = resourceOfTarget(graph.follow(target, side, 'dead_letter_config.0.arn', QUEUE));
    if (from && dead) yield { from, to: dead, kind: 'dead letters' };
  }
  for (const pipe of on('aws_pipes_pipe')) {
    const from = resourceOfTarget(graph.follow(pipe, side, 'source', SOURCES));
    const to = resourceOfTarget(graph.follow(pipe, side, 'target', ENDPOINTS));
    if (from) yield { from, to: pipe, kind: 'delivers' };
    if (to) yield { from: pipe, to, kind: 'delivers' };
  }
  for (const integration of on('aws_apigatewayv2_integration')) {
    const path = integratedAt(integration, side);
    const to = path === undefined ? undefined : resourceOfTarget(graph.follow(integration, side, path, ENDPOINTS));
    if (to) yield { from: integration, to, kind: to.type === 'aws_lambda_function' ? 'invokes' : 'delivers' };
  }
  for (const broker of on('aws_mq_broker')) {
    const from = resourceOfTarget(graph.follow(broker, side, 'configuration.0.id', ['aws_mq_configuration']));
    if (from) yield { from, to: broker, kind: 'configures' };
  }
}
