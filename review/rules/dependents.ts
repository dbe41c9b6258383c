import { encryptedWith, stillUses } from '../access/keys';
import { resourceOfTarget } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { links, linksBy } from '../graph/routes';
import { existsOn, read, survives } from '../graph/side';
import { list } from '../plan/format';
import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';

/** Whoever counts on a thing that goes, and stays, is worth a sentence. */
export function dependents(graph: Messaging, resource: Resource): string {
  switch (resource.type) {
    case 'aws_sqs_queue': {
      const sources = graph.sourcesOf(resource, 'before').filter((queue) => queue.action !== 'destroy');
      const letters = sources.length > 0 ? ` It is the dead-letter queue of ${addresses(sources)}.` : '';
      return `${letters}${delivering(graph, resource)}`;
    }
    case 'aws_kinesis_stream':
    case 'aws_sfn_state_machine':
    case 'aws_cloudwatch_event_bus':
      return delivering(graph, resource);
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

/** Routes that stay as they are and still end there. */
function delivering(graph: Messaging, resource: Resource): string {
  const routes = links(graph, 'before')
    .filter(
      ({ to, route }) =>
        resourceOfTarget(to) === resource && survives(route) && !leadsElsewhere(graph, route, resource),
    )
    .map(({ route }) => route);
  if (routes.length === 0) return '';
  const several = new Set(routes).size > 1;
  return ` ${addresses([...new Set(routes)])} ${several ? 'stay and still deliver' : 'stays and still delivers'} to it: what comes that way fails from then on.`;
}

/** It ends at something else afterwards, or only the apply will tell where. */
const leadsElsewhere = (graph: Messaging, route: Resource, resource: Resource): boolean => {
  const arn = textOf(read(resource, 'before', 'arn'));
  return linksBy(graph, route, 'after').some(({ to }) => to?.kind !== 'elsewhere' || to.name !== arn);
};

const addresses = (resources: readonly Resource[]): string => list(resources.map(({ address }) => address));
