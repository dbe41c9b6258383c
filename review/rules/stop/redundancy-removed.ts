import { changedSettings, TAKEN_UP } from '../../brokers/activemq';
import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { read, type Side } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isOpen, listOf, textOf } from '../../plan/values';
import type { Draft, Rule } from '../rule';

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

export const rule: Rule = {
  id: 'stop/redundancy-removed',
  severity: 'high',
  title: 'Redundancy is taken away',
  *check({ graph }) {
    yield* brokerBridges(graph);
    for (const table of graph.ofType('aws_dynamodb_table')) {
      const regions = (side: Side) =>
        listOf(read(table, side, 'replica')).map((_, index) =>
          textOf(read(table, side, `replica.${index}.region_name`)),
        );
      if (table.action !== 'update' || isOpen(read(table, 'after', 'replica'))) continue;
      if (
        listOf(read(table, 'after', 'replica')).some((_, index) =>
          isOpen(read(table, 'after', `replica.${index}.region_name`)),
        )
      )
        continue;
      const lost = regions('before').filter((region) => region && !regions('after').includes(region)) as string[];
      if (lost.length > 0) yield replicaLost(table, lost);
    }
    for (const replica of graph.ofType('aws_dynamodb_table_replica')) {
      const table = graph.follow(replica, 'before', 'global_table_arn', ['aws_dynamodb_table']);
      const gone =
        table?.kind === 'resource' && (table.resource.action === 'destroy' || table.resource.action === 'replace');
      if (replica.action !== 'destroy' || gone) continue;
      yield replicaLost(replica, [textOf(read(replica, 'before', 'arn'))?.split(':')[3] ?? 'its region']);
    }
    for (const target of graph.ofType('aws_efs_mount_target')) {
      const system = resourceOfTarget(graph.follow(target, 'before', 'file_system_id', ['aws_efs_file_system']));
      const goes = target.action === 'destroy' || target.action === 'replace';
      if (!goes || system?.action === 'destroy' || system?.action === 'replace') continue;
      yield {
        resource: target,
        severity: target.action === 'replace' ? 'medium' : 'high',
        before: 'mounted in its zone',
        after: target.action === 'replace' ? 'made anew, maybe elsewhere' : 'not reachable from that zone',
        why: 'Functions and brokers in that zone lose the file system, in the middle of what they do.',
        action: 'Keep one mount target in each zone that is used.',
      };
    }
  },
};

const replicaLost = (resource: Resource, regions: readonly string[]) => ({
  resource,
  before: `replica in ${list(regions)}`,
  after: 'none there',
  why: 'The replica with its items in that region is deleted; nobody can fail over to it.',
  action: 'Show that nothing reads or writes there.',
});
