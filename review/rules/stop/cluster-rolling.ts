import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { read, type Side } from '../../graph/side';
import { shown } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { certainlyDiffers, isOpen } from '../../plan/values';
import type { AnyPath, PathOf } from '../../resources';
import type { Rule } from '../rule';

const ROLLING: readonly PathOf<'aws_msk_cluster'>[] = [
  'broker_node_group_info.0.instance_type',
  'configuration_info.0.arn',
  'configuration_info.0.revision',
  'encryption_info',
  'client_authentication',
  'broker_node_group_info.0.security_groups',
];

export const rule: Rule = {
  id: 'stop/cluster-rolling',
  severity: 'medium',
  title: 'A Kafka cluster restarts broker by broker',
  *check({ graph }) {
    for (const cluster of graph.ofType('aws_msk_cluster')) {
      if (cluster.action !== 'update') continue;
      const changed = ROLLING.filter((path) => changes(graph, cluster, path));
      if (changed.length === 0) continue;
      const say = (side: Side) =>
        changed.map((path) => `${path.replace(/\.0/g, '')} ${shown(read(cluster, side, path))}`).join(', ');
      yield {
        resource: cluster,
        before: say('before'),
        after: say('after'),
        why: 'MSK restarts one broker after the other. Topics with a replication factor of 1, or with min.insync.replicas equal to it, refuse writes meanwhile.',
        action:
          'Check replication factor 3 and min.insync.replicas 2 for every topic, and that clients name several brokers.',
      };
    }
  },
};

/** A revision that is not known yet is a new one when the configuration that it counts changes. */
function changes(graph: Messaging, cluster: Resource, path: AnyPath): boolean {
  if (path.endsWith('.revision') && isOpen(read(cluster, 'after', path))) {
    const target = graph.follow(cluster, 'after', 'configuration_info.0.arn', ['aws_msk_configuration']);
    const configuration = resourceOfTarget(target);
    return configuration === undefined || configuration.action !== 'nothing';
  }
  return certainlyDiffers(read(cluster, 'before', path), read(cluster, 'after', path));
}
