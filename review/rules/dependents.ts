import { encryptedWith, stillUses } from '../access/keys';
import type { Messaging } from '../graph/messaging';
import { existsOn, read } from '../graph/side';
import { list } from '../plan/format';
import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';

/** Whoever counts on a thing that goes, and stays, is worth a sentence. */
export function dependents(graph: Messaging, resource: Resource): string {
  switch (resource.type) {
    case 'aws_sqs_queue': {
      const sources = graph.sourcesOf(resource, 'before').filter((queue) => queue.action !== 'destroy');
      return sources.length > 0 ? ` It is the dead-letter queue of ${addresses(sources)}.` : '';
    }
    case 'aws_kms_key':
    case 'aws_kms_replica_key':
    case 'aws_kms_external_key': {
      const users = encryptedWith(graph, resource, 'before').filter((user) => stillUses(graph, user, resource));
      return users.length > 0
        ? ` It encrypts ${addresses(users)}: sending to, reading from and starting these fails at once.`
        : '';
    }
    case 'aws_scheduler_schedule_group': {
      const name = textOf(read(resource, 'before', 'name'));
      const members = graph
        .ofType('aws_scheduler_schedule')
        .filter((schedule) => existsOn(schedule, 'before') && textOf(read(schedule, 'before', 'group_name')) === name);
      return members.length > 0 ? ` Of this plan: ${addresses(members)}.` : '';
    }
    default:
      return '';
  }
}

const addresses = (resources: readonly Resource[]): string => list(resources.map(({ address }) => address));
