import type { Messaging } from '../graph/messaging';
import { read, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';
import type { Draft } from './rule';
import { list } from './words';

/** Configurations of ActiveMQ brokers that stay, with what they say before and after. One that is not known yet says nothing. */
function changedSettings(graph: Messaging): { resource: Resource; before: string; after: string }[] {
  return graph.ofType('aws_mq_configuration').flatMap((resource) => {
    const [before, after] = [textOf(read(resource, 'before', 'data')), textOf(read(resource, 'after', 'data'))];
    return survives(resource) && before?.includes('<broker') && after?.includes('<broker') && before !== after
      ? [{ resource, before, after }]
      : [];
  });
}

const count = (text: string, element: RegExp): number => text.match(element)?.length ?? 0;
const STRATEGY = /<(?:individual|shared)DeadLetterStrategy\b/g;
const DISCARD = /<discardingDLQBrokerPlugin\b/g;
const TAKEN_UP = 'A broker takes it up when it is given the new revision and has restarted.';

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

const CONNECTOR = /<networkConnector\b[^>]*>/g;
const nameOf = (connector: string): string =>
  /\bname="([^"]*)"/.exec(connector)?.[1] ?? /\buri="[a-z:]*\(?(?:[a-z+]+:\/\/)?([^:)"]*)/.exec(connector)?.[1] ?? '?';

/** Bridges to other brokers that a configuration no longer has. */
export function* brokerBridges(graph: Messaging): Generator<Draft> {
  for (const { resource, before, after } of changedSettings(graph)) {
    const names = (text: string) => [...text.matchAll(CONNECTOR)].map(([connector]) => nameOf(connector));
    const lost = names(before).filter((name) => !names(after).includes(name));
    if (lost.length === 0) continue;
    yield {
      resource,
      before: `network connectors ${list(names(before))}`,
      after: names(after).length === 0 ? 'none' : list(names(after)),
      why: `What is sent to this broker no longer reaches consumers at the other end, and waits here for one that may never come. ${TAKEN_UP}`,
      action: 'Show that every queue has consumers on the broker that its senders use.',
    };
  }
}
