import { changedSettings, TAKEN_UP } from '../../brokers/activemq';
import { DESTINATIONS, knownPolicy, nameOfTarget } from '../../graph/dead-letters';
import type { Messaging } from '../../graph/messaging';
import { existsOn, read, survives } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { isAbsent, isOpen } from '../../plan/values';
import type { AnyPath } from '../../resources';
import type { Draft, Rule } from '../rule';

const count = (text: string, element: RegExp): number => text.match(element)?.length ?? 0;
const STRATEGY = /<(?:individual|shared)DeadLetterStrategy\b/g;
const DISCARD = /<discardingDLQBrokerPlugin\b/g;

/** Dead letters that a broker no longer keeps apart, or no longer keeps. */
export function* brokerDeadLetters(graph: Messaging): Generator<Draft> {
  for (const { resource, before, after } of changedSettings(graph)) {
    if (count(after, DISCARD) > count(before, DISCARD)) {
      yield {
        resource,
        before: 'dead letters are kept',
        after: 'dead letters are discarded (discardingDLQBrokerPlugin)',
        why: `The broker drops what failed too often or has expired, without a trace. ${TAKEN_UP}`,
        action: 'Keep dead letters, with an alarm on their queue.',
      };
    }
    const [was, is] = [count(before, STRATEGY), count(after, STRATEGY)];
    if (is >= was) continue;
    yield {
      resource,
      severity: 'medium',
      before: `dead-letter strategies: ${was}`,
      after: `dead-letter strategies: ${is}`,
      why: `What fails there goes to ActiveMQ.DLQ with everybody else’s, where no consumer and no alarm of that queue looks; what was not persistent, or has expired, may not be kept at all. ${TAKEN_UP}`,
      action: 'Keep a dead-letter queue for each queue, with its alarm.',
    };
  }
}

/** A function has two ways to keep what it failed on: while one is left, nothing is lost without a trace. */
function otherWay(graph: Messaging, resource: Resource): boolean {
  const kept = (other: Resource, path: AnyPath) => existsOn(other, 'after') && !isAbsent(read(other, 'after', path));
  if (resource.type === 'aws_lambda_function') {
    return graph
      .ofType('aws_lambda_function_event_invoke_config')
      .some(
        (config) =>
          existsOn(config, 'after') &&
          graph.functionOf(config, 'after') === resource &&
          kept(config, 'destination_config.0.on_failure.0.destination'),
      );
  }
  if (resource.type !== 'aws_lambda_function_event_invoke_config') return false;
  const fn = graph.functionOf(resource, 'before');
  return fn !== undefined && kept(fn, 'dead_letter_config.0.target_arn');
}

export const rule: Rule = {
  id: 'loss/redrive-removed',
  severity: 'high',
  title: 'Failing messages no longer go to a dead-letter queue',
  *check({ graph }) {
    const something = graph.changed.length > 0;
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (!existsOn(queue, 'before') || !existsOn(queue, 'after')) continue;
      const before = knownPolicy(graph.deadLetter(queue, 'before'));
      if (!before) continue;
      const target = `dead letters to ${nameOfTarget(before.target)} after ${before.maxReceiveCount ?? '?'} receives`;
      // Cleared while the queue itself still says it: another finding.
      const cleared =
        graph.clearedBy(queue, 'after', 'redrive_policy') && graph.isConfigured(queue, 'redrive_policy') === true;
      if (cleared && !isAbsent(read(queue, 'after', 'redrive_policy'))) continue;
      if (graph.deadLetter(queue, 'after') === undefined) {
        yield {
          resource: queue,
          before: target,
          after: 'no dead-letter queue',
          why: 'A message that fails goes round until its retention ends, is paid for each time, and then is deleted without a trace.',
          action: 'Put the redrive policy back, or say in the pull request where failing messages go instead.',
        };
      } else if (something && unwritten(graph, queue)) {
        yield {
          resource: queue,
          severity: 'info',
          title: 'A redrive policy that the configuration does not have',
          before: target,
          after: 'not in the configuration (AWS keeps the present policy)',
          why: 'Optional and computed: whether redrive_policy left the configuration or is written elsewhere (another state, a person), the plan looks the same. This apply leaves it as it is; a queue made anew from this configuration has none.',
          action:
            'If this change takes it out, put it back; to remove it on purpose, set redrive_policy to "". Else nothing.',
        };
      }
    }
    yield* brokerDeadLetters(graph);
    for (const { type, path, document } of DESTINATIONS) {
      for (const resource of graph.ofType(type)) {
        if (!stopsKeeping(graph, resource, path)) continue;
        const target = document
          ? graph.followDocument(resource, 'before', path, 'deadLetterTargetArn', ['aws_sqs_queue'])
          : graph.follow(resource, 'before', path, ['aws_sqs_queue', 'aws_sns_topic']);
        const other = otherWay(graph, resource);
        yield {
          resource,
          severity: other ? 'low' : 'high',
          before: `failures to ${nameOfTarget(target)}`,
          after: other ? 'failures by the other way of the function only' : 'failures are dropped',
          why: other
            ? 'A function has two ways to keep what it failed on, an on-failure destination and a dead-letter queue. One is left; whoever looks at the other, or needs the error and the answer that only a destination carries, sees nothing more.'
            : 'What can not be delivered after the last retry is dropped, and nobody is told.',
          action: other
            ? 'Check who reads the one that goes.'
            : 'Keep a dead-letter queue or an on-failure destination.',
        };
      }
    }
  },
};

/** The place for failures goes while what fails stays. */
function stopsKeeping(graph: Messaging, resource: Resource, path: AnyPath): boolean {
  const before = read(resource, 'before', path);
  if (isAbsent(before) || isOpen(before)) return false;
  if (resource.action === 'destroy') {
    // Settings of a function, not something that sends by itself.
    if (resource.type !== 'aws_lambda_function_event_invoke_config') return false;
    const fn = graph.functionOf(resource, 'before');
    const again = graph
      .ofType(resource.type)
      .some((other) => other.action === 'create' && (fn === undefined || graph.functionOf(other, 'after') === fn));
    return !again && (fn === undefined || existsOn(fn, 'after'));
  }
  if (resource.action !== 'update' && resource.action !== 'replace') return false;
  const after = read(resource, 'after', path);
  return !isOpen(after) && isAbsent(after);
}

/** The policy is the queue's own, and the configuration says nothing of it. */
const unwritten = (graph: Messaging, queue: Resource): boolean =>
  survives(queue) &&
  graph.isConfigured(queue, 'redrive_policy') === false &&
  graph.definingResource(queue, 'after', 'redrive_policy') === queue;
