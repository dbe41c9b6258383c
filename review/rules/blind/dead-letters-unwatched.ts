import { ALARMS } from '../../graph/alarms';
import { DESTINATIONS, knownPolicy } from '../../graph/dead-letters';
import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { readersOf } from '../../graph/readers';
import { existsOn, read, type Side } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { hasOpen } from '../../plan/values';
import type { AnyPath } from '../../resources';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'blind/dead-letters-unwatched',
  severity: 'high',
  title: 'Dead letters go to a queue that nobody watches any more',
  *check({ graph }) {
    const senders = [
      ...graph.ofType('aws_sqs_queue').map((queue) => ({ sender: queue, to: deadLetterQueueOf(graph, queue) })),
      ...DESTINATIONS.flatMap(({ type, path, document }) =>
        graph.ofType(type).map((sender) => ({ sender, to: destinationOf(graph, sender, path, document) })),
      ),
    ];
    for (const { sender, to } of senders) {
      // Asked first: where dead letters go is worked out for each, and most stay as they are.
      if (sender.action === 'nothing') continue;
      const [was, is] = [to('before'), to('after')];
      if (!was || !is || was === is) continue;
      const alarms = watchers(graph, was, 'before');
      if (alarms.length === 0 || watchers(graph, is, 'after').length > 0 || mayBeWatched(graph)) continue;
      if (readersOf(graph, is, 'after').some(({ enabled }) => enabled !== false)) continue;
      yield {
        resource: sender,
        before: `dead letters to ${was.address}, which ${list(alarms.map(({ address }) => address))} watches`,
        after: `dead letters to ${is.address}, which no alarm watches and nothing reads`,
        why: 'What fails from then on is kept, but nobody is told: it is found when somebody misses the messages, or not before its retention ends.',
        action: `Give ${is.address} an alarm on its visible messages in the same change.`,
      };
    }
  },
};

const deadLetterQueueOf = (graph: Messaging, queue: Resource) => (side: Side) =>
  existsOn(queue, side) ? resourceOfTarget(knownPolicy(graph.deadLetter(queue, side))?.target) : undefined;

const destinationOf = (graph: Messaging, sender: Resource, path: AnyPath, document: boolean) => (side: Side) =>
  existsOn(sender, side)
    ? resourceOfTarget(
        document
          ? graph.followDocument(sender, side, path, 'deadLetterTargetArn', ['aws_sqs_queue'])
          : graph.follow(sender, side, path, ['aws_sqs_queue']),
      )
    : undefined;

const watchers = (graph: Messaging, queue: Resource, side: Side): Resource[] =>
  graph.ofType(...ALARMS).filter((alarm) => existsOn(alarm, side) && graph.watchedBy(alarm, side).includes(queue));

/** An alarm whose subject only the apply will tell, or an expression over several, may be on any queue. */
const mayBeWatched = (graph: Messaging): boolean =>
  graph
    .ofType('aws_cloudwatch_metric_alarm')
    .some(
      (alarm) =>
        existsOn(alarm, 'after') &&
        alarm.action !== 'nothing' &&
        (['dimensions', 'metric_query'] as const).some((path) => hasOpen(read(alarm, 'after', path))) &&
        graph.watchedBy(alarm, 'after').length === 0,
    );
