import type { Resource } from '../plan/model';
import { DESTINATIONS, knownPolicy } from './dead-letters';
import { resourceOfTarget, type Target } from './graph';
import { memoizePerSide } from './memoize';
import type { Messaging } from './messaging';
import { readers } from './readers';
import { functionBehind, links } from './routes';
import { existsOn, type Side } from './side';

export interface Edge {
  readonly from: Resource;
  readonly to: Resource;
  readonly kind: 'dead letters' | 'delivers' | 'invokes' | 'configures';
  /** The mapping, subscription or target that makes it. */
  readonly via?: Resource;
}

/** Who hands messages to whom, for the picture: the ways that the rules know, and no others. */
export const edges = memoizePerSide<readonly Edge[]>((graph, side) => [
  ...deadLetters(graph, side),
  ...reading(graph, side),
  ...delivering(graph, side),
  ...configuring(graph, side),
]);

/** A mapping is on the way from its source to its function; a pipe or a delivery stream is a place of its own. */
function* reading(graph: Messaging, side: Side): Generator<Edge> {
  for (const { source, resource, to } of readers(graph, side)) {
    const from = resourceOfTarget(source);
    if (resource.type !== 'aws_lambda_event_source_mapping') {
      if (from) yield { from, to: resource, kind: 'delivers' };
    } else if (from && to) yield { from, to, kind: 'invokes', via: resource };
  }
}

function* delivering(graph: Messaging, side: Side): Generator<Edge> {
  for (const link of links(graph, side)) {
    const [from, to] = [resourceOfTarget(link.from), endOf(graph, link.to, side)];
    if (!from || !to) continue;
    if (from !== link.route) yield { from, to, kind: 'delivers', via: link.route };
    else yield { from, to, kind: to.type === 'aws_lambda_function' ? 'invokes' : 'delivers' };
  }
}

const endOf = (graph: Messaging, to: Target | undefined, side: Side): Resource | undefined =>
  to && resourceOfTarget(functionBehind(graph, to, side));

function* deadLetters(graph: Messaging, side: Side): Generator<Edge> {
  for (const queue of graph.ofType('aws_sqs_queue')) {
    const to = existsOn(queue, side) ? resourceOfTarget(knownPolicy(graph.deadLetter(queue, side))?.target) : undefined;
    if (to) yield { from: queue, to, kind: 'dead letters' };
  }
  for (const { type, path, document } of DESTINATIONS) {
    for (const sender of graph.ofType(type)) {
      if (!existsOn(sender, side)) continue;
      const to = resourceOfTarget(
        document
          ? graph.followDocument(sender, side, path, 'deadLetterTargetArn', ['aws_sqs_queue'])
          : graph.follow(sender, side, path, ['aws_sqs_queue', 'aws_sns_topic']),
      );
      const from = failing(graph, sender, side);
      if (from && to) yield { from, to, kind: 'dead letters', ...(from === sender ? {} : { via: sender }) };
    }
  }
}

/** What hands over its failures by a resource that is no place for messages itself. */
function failing(graph: Messaging, sender: Resource, side: Side): Resource | undefined {
  switch (sender.type) {
    case 'aws_sns_topic_subscription':
      return graph.topicOf(sender, side);
    case 'aws_cloudwatch_event_target':
      return resourceOfTarget(graph.follow(sender, side, 'rule', ['aws_cloudwatch_event_rule']));
    case 'aws_lambda_event_source_mapping':
    case 'aws_lambda_function_event_invoke_config':
      return graph.functionOf(sender, side);
    default:
      return sender;
  }
}

function* configuring(graph: Messaging, side: Side): Generator<Edge> {
  for (const broker of graph.ofType('aws_mq_broker')) {
    if (!existsOn(broker, side)) continue;
    const from = resourceOfTarget(graph.follow(broker, side, 'configuration.0.id', ['aws_mq_configuration']));
    if (from) yield { from, to: broker, kind: 'configures' };
  }
}
