import { isFifo } from '../../graph/change';
import { DESTINATIONS, knownPolicy, nameOfTarget } from '../../graph/dead-letters';
import { resourceOfTarget, type Target } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { readersOf } from '../../graph/readers';
import { sendersTo } from '../../graph/routes';
import { existsOn, read, type Side } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/dead-letter-type',
  severity: 'high',
  title: 'A dead-letter target that can not hold the messages',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const problem = (side: Side): string | undefined => {
        const policy = existsOn(queue, side) ? knownPolicy(graph.deadLetter(queue, side)) : undefined;
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
        before: nameOfTarget(knownPolicy(graph.deadLetter(queue, 'before'))?.target ?? { kind: 'unknown' }),
        after: `${nameOfTarget(knownPolicy(graph.deadLetter(queue, 'after'))?.target)}: ${after}`,
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
