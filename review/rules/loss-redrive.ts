import type { Target } from '../graph/graph';
import type { DeadLetter, Messaging } from '../graph/messaging';
import { existsOn, read, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { isAbsent, isOpen } from '../plan/values';
import { brokerDeadLetters } from './broker-settings';
import { changes } from './newly';
import type { Rule } from './rule';

export const known = (policy: DeadLetter | undefined | 'unknown'): DeadLetter | undefined =>
  policy === 'unknown' ? undefined : policy;
export const nameOfTarget = (target: Target | undefined): string =>
  target?.kind === 'resource'
    ? target.resource.address
    : target?.kind === 'elsewhere'
      ? target.name
      : '(known after apply)';

/** Where each type says who gets what it could not deliver. */
export const DESTINATIONS: readonly { type: string; path: string; document: boolean }[] = [
  { type: 'aws_sns_topic_subscription', path: 'redrive_policy', document: true },
  { type: 'aws_cloudwatch_event_target', path: 'dead_letter_config.0.arn', document: false },
  { type: 'aws_lambda_function', path: 'dead_letter_config.0.target_arn', document: false },
  { type: 'aws_scheduler_schedule', path: 'target.0.dead_letter_config.0.arn', document: false },
  {
    type: 'aws_lambda_event_source_mapping',
    path: 'destination_config.0.on_failure.0.destination_arn',
    document: false,
  },
  {
    type: 'aws_lambda_function_event_invoke_config',
    path: 'destination_config.0.on_failure.0.destination',
    document: false,
  },
  {
    type: 'aws_pipes_pipe',
    path: 'source_parameters.0.kinesis_stream_parameters.0.dead_letter_config.0.arn',
    document: false,
  },
  {
    type: 'aws_pipes_pipe',
    path: 'source_parameters.0.dynamodb_stream_parameters.0.dead_letter_config.0.arn',
    document: false,
  },
];

/** A function has two ways to keep what it failed on: while one is left, nothing is lost without a trace. */
function otherWay(graph: Messaging, resource: Resource): boolean {
  const kept = (other: Resource, path: string) => existsOn(other, 'after') && !isAbsent(read(other, 'after', path));
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

const removed: Rule = {
  id: 'loss/redrive-removed',
  severity: 'high',
  title: 'Failing messages no longer go to a dead-letter queue',
  *check({ graph }) {
    const something = graph.resources.some(changes);
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (!existsOn(queue, 'before') || !existsOn(queue, 'after')) continue;
      const before = known(graph.deadLetter(queue, 'before'));
      if (!before) continue;
      const target = `dead letters to ${nameOfTarget(before.target)} after ${before.maxReceiveCount ?? '?'} receives`;
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
function stopsKeeping(graph: Messaging, resource: Resource, path: string): boolean {
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
  // A block that is unknown on the way reads as absent below.
  const open = path
    .split('.')
    .some((_, depth, steps) => isOpen(read(resource, 'after', steps.slice(0, depth + 1).join('.'))));
  return !open && isAbsent(read(resource, 'after', path));
}

/** The policy is the queue's own, and the configuration says nothing of it. */
const unwritten = (graph: Messaging, queue: Resource): boolean =>
  survives(queue) &&
  graph.isConfigured(queue, 'redrive_policy') === false &&
  graph.tellerOf(queue, 'after', 'redrive_policy') === queue;

export const redriveRules: readonly Rule[] = [removed];
