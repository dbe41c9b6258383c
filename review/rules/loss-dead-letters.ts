import { resourceOfTarget, type Target } from '../graph/graph';
import type { DeadLetter, Messaging } from '../graph/messaging';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { isAbsent, isOpen, isRecord, textOf } from '../plan/values';
import { changes, isFifo, numberOn, touched } from './newly';
import type { Rule } from './rule';
import { list, seconds } from './words';

/** SQS keeps messages for at most 14 days. */
const LONGEST_RETENTION = 1_209_600;

const known = (policy: DeadLetter | undefined | 'unknown'): DeadLetter | undefined =>
  policy === 'unknown' ? undefined : policy;
const nameOfTarget = (target: Target | undefined): string =>
  target?.kind === 'resource'
    ? target.resource.address
    : target?.kind === 'elsewhere'
      ? target.name
      : '(known after apply)';

const retention: Rule = {
  id: 'loss/dead-letter-retention',
  severity: 'high',
  title: 'Dead letters are not kept longer than the messages of their source',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (!existsOn(queue, 'after')) continue;
      const target = resourceOfTarget(known(graph.deadLetter(queue, 'after'))?.target);
      if (!target || isFifo(queue, 'after') || !(touched(queue) || touched(target))) continue;
      const margin = (side: Side) => {
        const [own, dead] = [
          numberOn(queue, side, 'message_retention_seconds'),
          numberOn(target, side, 'message_retention_seconds'),
        ];
        return own === undefined || dead === undefined ? undefined : dead - own;
      };
      const [before, after] = [margin('before'), margin('after')];
      if (after === undefined || after > 0 || (before !== undefined && before <= after)) continue;
      const dead = numberOn(target, 'after', 'message_retention_seconds') as number;
      const own = numberOn(queue, 'after', 'message_retention_seconds') as number;
      const previous = numberOn(target, 'before', 'message_retention_seconds');
      yield {
        resource: target,
        severity: dead === LONGEST_RETENTION ? 'low' : 'high',
        before: previous === undefined ? undefined : seconds(previous),
        after: `${seconds(dead)}, its source ${queue.address} ${seconds(own)}`,
        why: 'A standard queue counts retention from when the message was first sent, not from when it became a dead letter: one that waited long in the source can expire on arrival, before anybody sees it.',
        action: `Keep dead letters longer than the source: 14 days (1209600) here${dead === LONGEST_RETENTION ? ', which is the maximum, so keep the source shorter' : ''}.`,
      };
    }
  },
};

/** Where each type says who gets what it could not deliver. */
const DESTINATIONS: readonly { type: string; path: string; document: boolean }[] = [
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
];

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
    for (const { type, path, document } of DESTINATIONS) {
      for (const resource of graph.ofType(type)) {
        if (resource.action !== 'update' && resource.action !== 'replace') continue;
        const before = read(resource, 'before', path);
        const after = read(resource, 'after', path);
        if (isAbsent(before) || isOpen(before) || !isAbsent(after)) continue;
        // A block that is unknown as a whole reads as absent one level down.
        if (isOpen(read(resource, 'after', path.split('.')[0] ?? path))) continue;
        const target = document
          ? graph.followDocument(resource, 'before', path, 'deadLetterTargetArn', ['aws_sqs_queue'])
          : graph.follow(resource, 'before', path, ['aws_sqs_queue', 'aws_sns_topic']);
        yield {
          resource,
          before: `failures to ${nameOfTarget(target)}`,
          after: 'failures are dropped',
          why: 'What can not be delivered after the last retry is dropped, and nobody is told.',
          action: 'Keep a dead-letter queue or an on-failure destination.',
        };
      }
    }
  },
};

/** The policy is the queue's own, and the configuration says nothing of it. */
const unwritten = (graph: Messaging, queue: Resource): boolean =>
  survives(queue) &&
  graph.isConfigured(queue, 'redrive_policy') === false &&
  graph.tellerOf(queue, 'after', 'redrive_policy') === queue;

const missing: Rule = {
  id: 'loss/dead-letter-missing',
  severity: 'high',
  title: 'A dead-letter queue that is still pointed at is destroyed',
  *check({ graph }) {
    const made = graph.ofType('aws_sqs_queue').filter((queue) => queue.action === 'create');
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (queue.action !== 'destroy') continue;
      const again = made.some((other) => other.after?.name === queue.before?.name && !graph.apart(other, queue));
      if (again) continue;
      const sources = graph.sourcesOf(queue, 'before').filter((source) => {
        if (!survives(source)) return false;
        const after = known(graph.deadLetter(source, 'after'));
        return after?.target.kind === 'elsewhere' && after.target.name === textOf(queue.before?.arn);
      });
      if (sources.length === 0) continue;
      yield {
        resource: queue,
        before: `takes the dead letters of ${list(sources.map((source) => source.address))}`,
        after: 'gone, and still named in their redrive policy',
        why: 'SQS keeps a redrive policy that names a queue which is not there: messages past the receive count then stay in the source and go round until they expire.',
        action: 'Point the redrive policy at another queue in the same change.',
      };
    }
  },
};

const wrongType: Rule = {
  id: 'loss/dead-letter-type',
  severity: 'high',
  title: 'A dead-letter target of a kind that can not take the messages',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const problem = (side: Side): string | undefined => {
        const policy = existsOn(queue, side) ? known(graph.deadLetter(queue, side)) : undefined;
        if (!policy) return undefined;
        if (resourceOfTarget(policy.target) === queue) return 'the queue is its own dead-letter queue';
        return misfit(isFifo(queue, side), policy.target, side) ?? elsewhere(queue, policy.target, side);
      };
      const [before, after] = [problem('before'), problem('after')];
      if (!after || before === after) continue;
      yield {
        resource: queue,
        before: nameOfTarget(known(graph.deadLetter(queue, 'before'))?.target ?? { kind: 'unknown' }),
        after: `${nameOfTarget(known(graph.deadLetter(queue, 'after'))?.target)}: ${after}`,
        why: 'SQS takes as a dead-letter queue only another queue of the same kind (FIFO or standard), account and region. It refuses the policy, or the messages that fail have nowhere to go.',
        action: 'Give it a dead-letter queue of its own kind beside it.',
      };
    }
    for (const { type, path, document } of DESTINATIONS) {
      for (const resource of graph.ofType(type)) {
        if (type === 'aws_lambda_event_source_mapping') continue;
        const problem = (side: Side): string | undefined => {
          if (!existsOn(resource, side)) return undefined;
          const target = document
            ? graph.followDocument(resource, side, path, 'deadLetterTargetArn', ['aws_sqs_queue'])
            : graph.follow(resource, side, path, ['aws_sqs_queue']);
          const topic = type === 'aws_sns_topic_subscription' ? graph.topicOf(resource, side) : undefined;
          if (type === 'aws_sns_topic_subscription' && !topic) return undefined;
          return target ? misfit(topic ? isFifo(topic, side) : false, target, side) : undefined;
        };
        const after = problem('after');
        if (!after || problem('before') === after) continue;
        yield {
          resource,
          after,
          why: 'What sends the failures is not FIFO in the way its dead-letter queue is, so AWS refuses the change or drops what could not be delivered.',
          action: document
            ? 'A standard topic needs a standard dead-letter queue, a FIFO topic a FIFO one: keep a standard queue for this subscription.'
            : 'Use a standard queue here: Lambda, EventBridge and Scheduler send failures to standard queues only.',
        };
      }
    }
  },
};

function misfit(fifo: boolean | undefined, target: Target, side: Side): string | undefined {
  const queue = resourceOfTarget(target);
  const dead = queue ? isFifo(queue, side) : target.kind === 'elsewhere' ? target.name.endsWith('.fifo') : undefined;
  if (target.kind === 'elsewhere' && !target.name.includes(':sqs:')) return undefined;
  if (fifo === undefined || dead === undefined || fifo === dead) return undefined;
  return fifo ? 'a standard dead-letter queue for a FIFO source' : 'a FIFO dead-letter queue for a standard source';
}

function elsewhere(queue: Resource, target: Target, side: Side): string | undefined {
  const [own, other] = [textOf(read(queue, side, 'arn')), target.kind === 'elsewhere' ? target.name : undefined];
  if (!own || !other?.startsWith('arn:')) return undefined;
  const place = (arn: string) => arn.split(':').slice(3, 5).join(' ');
  if (other.split(':')[2] !== 'sqs') return 'not an SQS queue';
  return place(own) === place(other) ? undefined : 'in another account or region';
}

const redriveAllowed: Rule = {
  id: 'loss/redrive-denied',
  severity: 'high',
  title: 'A dead-letter queue no longer admits its source',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (!survives(queue)) continue;
      const permission = (side: Side) => {
        const teller = graph.tellerOf(queue, side, 'redrive_allow_policy');
        if (teller === undefined) return 'allowAll';
        const document = teller === 'unknown' ? undefined : graph.document(teller, side, 'redrive_allow_policy');
        return isRecord(document) ? String(document.redrivePermission) : undefined;
      };
      const sources = graph.sourcesOf(queue, 'after');
      if (permission('after') !== 'denyAll' || permission('before') === 'denyAll' || sources.length === 0) continue;
      yield {
        resource: queue,
        before: permission('before'),
        after: 'denyAll',
        why: `${list(sources.map((source) => source.address))} sends its dead letters here and may not any more.`,
        action: 'Allow the source queues by name (`byQueue`).',
      };
    }
  },
};

export const deadLetterRules: readonly Rule[] = [retention, removed, missing, wrongType, redriveAllowed];
