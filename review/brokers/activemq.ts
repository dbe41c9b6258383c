import type { Messaging } from '../graph/messaging';
import { read, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';

/** Configurations of ActiveMQ brokers that stay, with what they say before and after. One that is not known yet says nothing. */
export function changedSettings(graph: Messaging): { resource: Resource; before: string; after: string }[] {
  return graph.ofType('aws_mq_configuration').flatMap((resource) => {
    const [before, after] = [textOf(read(resource, 'before', 'data')), textOf(read(resource, 'after', 'data'))];
    return survives(resource) && before?.includes('<broker') && after?.includes('<broker') && before !== after
      ? [{ resource, before, after }]
      : [];
  });
}
export const TAKEN_UP = 'A broker takes it up when it is given the new revision and has restarted.';
