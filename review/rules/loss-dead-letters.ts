import { type Named, names } from '../access/decision';
import { any } from '../access/verdict';
import { resourceOfTarget, type Target } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { isRecord, textOf } from '../plan/values';
import { sendersTo } from './links';
import { DESTINATIONS, known, nameOfTarget } from './loss-redrive';
import { isFifo, numberOn, touched } from './newly';
import { readersOf } from './readers';
import type { Rule } from './rule';
import { list, seconds } from './words';

/** SQS keeps messages for at most 14 days. */
const LONGEST_RETENTION = 1_209_600;

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
  title: 'A dead-letter target that can not hold the messages',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const problem = (side: Side): string | undefined => {
        const policy = existsOn(queue, side) ? known(graph.deadLetter(queue, side)) : undefined;
        if (!policy) return undefined;
        if (resourceOfTarget(policy.target) === queue) return 'the queue is its own dead-letter queue';
        return (
          misfit(isFifo(queue, side), policy.target, side) ??
          elsewhere(queue, policy.target, side) ??
          working(graph, policy.target, side)
        );
      };
      const [before, after] = [problem('before'), problem('after')];
      if (!after || before === after) continue;
      yield {
        resource: queue,
        before: nameOfTarget(known(graph.deadLetter(queue, 'before'))?.target ?? { kind: 'unknown' }),
        after: `${nameOfTarget(known(graph.deadLetter(queue, 'after'))?.target)}: ${after}`,
        why:
          after === WORKING
            ? WORKING_WHY
            : 'SQS takes as a dead-letter queue only another queue of the same kind (FIFO or standard), account and region. It refuses the policy, or the messages that fail have nowhere to go.',
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
          if (!target) return undefined;
          return misfit(topic ? isFifo(topic, side) : false, target, side) ?? working(graph, target, side);
        };
        const after = problem('after');
        if (!after || problem('before') === after) continue;
        yield {
          resource,
          after,
          why:
            after === WORKING
              ? WORKING_WHY
              : 'What sends the failures is not FIFO in the way its dead-letter queue is, so AWS refuses the change or drops what could not be delivered.',
          action:
            after === WORKING
              ? 'Give it a dead-letter queue that nothing works on by itself.'
              : document
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

const WORKING = 'a queue that has senders and a consumer of its own';
const WORKING_WHY =
  'What failed is mixed with messages of another kind and handed to a consumer that does not know it: it fails there again, uses up the time of what works, and nobody can tell a dead letter from an order.';

/** Tiers of one way hand dead letters on to a consumer too; what others send to as well is not a tier. */
function working(graph: Messaging, target: Target, side: Side): string | undefined {
  const queue = resourceOfTarget(target);
  if (!queue || sendersTo(graph, queue, side).length === 0) return undefined;
  const read = readersOf(graph, queue, side).some(({ enabled }) => enabled !== false);
  return read ? WORKING : undefined;
}

function elsewhere(queue: Resource, target: Target, side: Side): string | undefined {
  const own = textOf(read(queue, side, 'arn'));
  const other = target.kind === 'resource' ? textOf(read(target.resource, side, 'arn')) : nameOf(target);
  if (!own || !other?.startsWith('arn:')) return undefined;
  const place = (arn: string) => arn.split(':').slice(3, 5).join(' ');
  if (other.split(':')[2] !== 'sqs') return 'not an SQS queue';
  return place(own) === place(other) ? undefined : 'in another account or region';
}

const nameOf = (target: Target): string | undefined => (target.kind === 'elsewhere' ? target.name : undefined);

const redriveAllowed: Rule = {
  id: 'loss/redrive-denied',
  severity: 'high',
  title: 'A dead-letter queue does not admit its source',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      if (!existsOn(queue, 'after')) continue;
      const was = existsOn(queue, 'before') ? graph.sourcesOf(queue, 'before') : [];
      const refused = graph
        .sourcesOf(queue, 'after')
        .filter((source) => mayRedrive(graph, source, queue, 'after') === false)
        .filter((source) => !was.includes(source) || mayRedrive(graph, source, queue, 'before') !== false);
      if (refused.length === 0) continue;
      const teller = graph.tellerOf(queue, 'after', 'redrive_allow_policy');
      yield {
        resource: teller === undefined || teller === 'unknown' ? queue : teller,
        before: refused.some((source) => was.includes(source))
          ? permissionOf(allowPolicy(graph, queue, 'before'))
          : undefined,
        after: permissionOf(allowPolicy(graph, queue, 'after')),
        why: `${list(refused.map((source) => source.address))} ${refused.length === 1 ? 'sends its' : 'send their'} dead letters to ${queue.address} and may not${refused.every((source) => was.includes(source)) ? ' any more' : ''}: messages past the receive count then stay in the source and go round until they expire.`,
        action: 'Allow the source queues by name (`byQueue` takes up to ten, beyond that use `allowAll`).',
      };
    }
  },
};

/** Who may use a queue for dead letters; 'unknown' until the apply. */
function allowPolicy(graph: Messaging, queue: Resource, side: Side): Record<string, unknown> | 'unknown' | undefined {
  const teller = graph.tellerOf(queue, side, 'redrive_allow_policy');
  if (teller === undefined || teller === 'unknown') return teller;
  const document = graph.document(teller, side, 'redrive_allow_policy');
  return isRecord(document) ? document : 'unknown';
}

function mayRedrive(graph: Messaging, source: Resource, queue: Resource, side: Side): boolean | undefined {
  if (!existsOn(source, side) || !existsOn(queue, side)) return undefined;
  const policy = allowPolicy(graph, queue, side);
  if (policy === 'unknown') return undefined;
  const permission = policy?.redrivePermission ?? 'allowAll';
  if (permission !== 'byQueue') return permission !== 'denyAll';
  const arns = Array.isArray(policy?.sourceQueueArns) ? policy.sourceQueueArns.map(String) : [];
  const own: Named = { arn: textOf(read(source, side, 'arn')), name: textOf(read(source, side, 'name')) };
  return any(arns.map((arn) => names(arn, own)));
}

const permissionOf = (policy: Record<string, unknown> | 'unknown' | undefined): string => {
  if (policy === 'unknown') return '(known after apply)';
  const permission = String(policy?.redrivePermission ?? 'allowAll');
  const arns = Array.isArray(policy?.sourceQueueArns) ? policy.sourceQueueArns.map(String) : [];
  return permission === 'byQueue' ? `only ${list(arns.map((arn) => arn.split(':').at(-1) ?? arn))}` : permission;
};

export const deadLetterRules: readonly Rule[] = [retention, missing, wrongType, redriveAllowed];
