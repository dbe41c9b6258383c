import { resourceOfTarget } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { booleanOf, certainlyDiffers, isAbsent, isOpen, textOf } from '../plan/values';
import { booleanOn } from './newly';
import type { Rule } from './rule';
import { list, shown } from './words';

/**
 * Amazon MQ changes that take effect by a restart of the broker (Amazon MQ developer guide, "Applying changes to
 * broker" and "Editing broker preferences").
 */
const RESTARTING: readonly { path: string; say: string }[] = [
  { path: 'host_instance_type', say: 'instance' },
  { path: 'engine_version', say: 'engine' },
  { path: 'configuration.0.id', say: 'configuration' },
  { path: 'configuration.0.revision', say: 'configuration revision' },
  { path: 'security_groups', say: 'security groups' },
  { path: 'authentication_strategy', say: 'authentication' },
  { path: 'auto_minor_version_upgrade', say: 'minor version upgrades' },
  { path: 'user', say: 'users' },
];

interface Restart {
  readonly broker: Resource;
  readonly reasons: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly immediately: boolean;
  readonly standby: boolean;
}

/** Brokers that this plan makes restart, replace or leave. */
function restarts(graph: Messaging): Restart[] {
  return graph.ofType('aws_mq_broker').flatMap((broker) => {
    if (broker.action !== 'update') return [];
    const changed = RESTARTING.filter(({ path }) => changes(graph, broker, path));
    if (changed.length === 0) return [];
    // Users hold passwords: only that they change is said.
    const say = (side: Side) =>
      changed
        .map(({ path, say: what }) =>
          ['user', 'security_groups'].includes(path)
            ? `${what} ${side === 'before' ? 'as they are' : 'changed'}`
            : `${what} ${shown(read(broker, side, path))}`,
        )
        .join(', ');
    return [
      {
        broker,
        reasons: changed.map(({ say: what }) => what),
        before: say('before'),
        after: say('after'),
        immediately: booleanOn(broker, 'after', 'apply_immediately') === true,
        standby: textOf(read(broker, 'after', 'deployment_mode')) !== 'SINGLE_INSTANCE',
      },
    ];
  });
}

function changes(graph: Messaging, broker: Resource, path: string): boolean {
  if (path === 'user' && broker.changedSecrets.includes('user')) return true;
  const [attribute] = path.split('.');
  if (broker.changedSecrets.includes(attribute ?? '')) return true;
  if (path === 'configuration.0.revision' && isOpen(read(broker, 'after', path))) {
    // Not known yet, because the configuration it counts is itself being changed.
    const configuration = resourceOfTarget(
      graph.follow(broker, 'before', 'configuration.0.id', ['aws_mq_configuration']),
    );
    return configuration === undefined || configuration.action !== 'nothing';
  }
  return certainlyDiffers(read(broker, 'before', path), read(broker, 'after', path));
}

const restart: Rule = {
  id: 'stop/broker-restart',
  severity: 'high',
  title: 'A broker restarts',
  *check({ graph }) {
    for (const { broker, before, after, immediately, standby } of restarts(graph)) {
      yield {
        resource: broker,
        severity: immediately ? 'high' : 'medium',
        before,
        after: `${after}, ${immediately ? 'at once (apply_immediately)' : 'in the next maintenance window'}`,
        why: standby
          ? 'Its instances restart; every connection breaks, and producers and consumers stand still until they have reconnected to the other one. Clients without a failover transport stay away.'
          : 'It has one instance: while that restarts, for minutes, nothing is sent or received.',
        action: `${immediately ? 'Leave it to the maintenance window (`apply_immediately = false`) or apply at a quiet time' : 'Check that the maintenance window is a quiet time'}; check that every client reconnects by itself (failover:, retries).`,
      };
    }
  },
};

/** Which brokers count on each other: one configuration, one security group, one network connector. */
function linked(graph: Messaging, a: Resource, b: Resource): boolean {
  const configuration = (broker: Resource) =>
    resourceOfTarget(graph.follow(broker, 'before', 'configuration.0.id', ['aws_mq_configuration'])) ??
    resourceOfTarget(graph.follow(broker, 'after', 'configuration.0.id', ['aws_mq_configuration']));
  const [one, other] = [configuration(a), configuration(b)];
  if (one !== undefined && one === other) return true;
  if (textOf(read(a, 'before', 'data_replication_mode')) === 'CRDR') return true;
  const names = (configured: Resource | undefined, broker: Resource) => {
    const data =
      textOf(read(configured ?? broker, 'before', 'data')) ?? textOf(read(configured ?? broker, 'after', 'data')) ?? '';
    return data.includes('networkConnector');
  };
  const groups = (broker: Resource) => JSON.stringify(read(broker, 'before', 'security_groups'));
  return names(one, a) || names(other, b) || groups(a) === groups(b);
}

const together: Rule = {
  id: 'stop/brokers-together',
  severity: 'critical',
  title: 'Brokers that stand in for each other restart in one apply',
  *check({ graph }) {
    const restarting = restarts(graph);
    const gone = graph.ofType('aws_mq_broker').filter(({ action }) => action === 'replace');
    const all = [...restarting.map(({ broker }) => broker), ...gone];
    const [first] = all;
    if (!first || all.length < 2) return;
    const now = restarting.filter(({ immediately }) => immediately).map(({ broker }) => broker);
    const pair = all.some((a, index) => all.slice(index + 1).some((b) => linked(graph, a, b)));
    const windows = new Set(
      restarting.map(({ broker }) => JSON.stringify(read(broker, 'after', 'maintenance_window_start_time'))),
    );
    if (now.length < 2 && gone.length < 2 && windows.size === all.length) return;
    yield {
      resource: first,
      severity: pair && (now.length >= 2 || gone.length >= 1) ? 'critical' : 'high',
      before: `${all.length} brokers up`,
      after: `${list(all.map(({ address }) => address))} ${now.length >= 2 ? 'restart at once' : 'change in one apply'}`,
      why: `Redundancy only helps while one is up. Terraform changes them side by side${now.length >= 2 ? ', and apply_immediately restarts both' : ''}: nobody is left to take over, and a network of brokers has nowhere to forward to.`,
      action:
        'One broker per apply (`-target`, or two pull requests), the second only when the first is back and its queues are drained.',
    };
  },
};

const upgrades: readonly { type: string; path: string }[] = [
  { type: 'aws_mq_broker', path: 'engine_version' },
  { type: 'aws_msk_cluster', path: 'kafka_version' },
];

const upgrade: Rule = {
  id: 'stop/engine-upgrade',
  severity: 'high',
  title: 'A broker engine is upgraded',
  *check({ graph }) {
    for (const { type, path } of upgrades) {
      for (const resource of graph.ofType(type)) {
        const [before, after] = [textOf(read(resource, 'before', path)), textOf(read(resource, 'after', path))];
        if (!survives(resource) || !before || !after || before === after) continue;
        const major = (version: string) =>
          version
            .split('.')
            .slice(0, type === 'aws_mq_broker' ? 2 : 1)
            .join('.');
        yield {
          resource,
          severity: major(before) === major(after) ? 'medium' : 'high',
          before,
          after,
          why: 'Every instance restarts, the store may be converted, and there is no way back to the older engine: a downgrade is a new broker.',
          action:
            'Read the engine’s upgrade notes, try it on a copy with the same clients, and do one broker or cluster at a time.',
        };
      }
    }
  },
};

const kafka: Rule = {
  id: 'stop/cluster-rolling',
  severity: 'medium',
  title: 'A Kafka cluster restarts broker by broker',
  *check({ graph }) {
    const paths = [
      'broker_node_group_info.0.instance_type',
      'configuration_info.0.arn',
      'configuration_info.0.revision',
      'encryption_info',
      'client_authentication',
      'broker_node_group_info.0.security_groups',
    ];
    for (const cluster of graph.ofType('aws_msk_cluster')) {
      if (cluster.action !== 'update') continue;
      const changed = paths.filter((path) =>
        certainlyDiffers(read(cluster, 'before', path), read(cluster, 'after', path)),
      );
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

const standbyLost: Rule = {
  id: 'stop/redundancy-removed',
  severity: 'high',
  title: 'Redundancy is taken away',
  *check({ graph }) {
    for (const table of graph.ofType('aws_dynamodb_table')) {
      const regions = (side: Side) => {
        const value = read(table, side, 'replica');
        return Array.isArray(value)
          ? value.map((_, index) => textOf(read(table, side, `replica.${index}.region_name`)))
          : [];
      };
      if (table.action !== 'update' || isOpen(read(table, 'after', 'replica'))) continue;
      const lost = regions('before').filter((region) => region && !regions('after').includes(region)) as string[];
      if (lost.length > 0) {
        yield {
          resource: table,
          before: `replica in ${list(lost)}`,
          after: 'none there',
          why: 'The replica with its items in that region is deleted; nobody can fail over to it.',
          action: 'Show that nothing reads or writes there.',
        };
      }
    }
    for (const target of graph.ofType('aws_efs_mount_target')) {
      const system = resourceOfTarget(graph.follow(target, 'before', 'file_system_id', ['aws_efs_file_system']));
      if (target.action !== 'destroy' || system?.action === 'destroy') continue;
      yield {
        resource: target,
        before: 'mounted in its zone',
        after: 'not reachable from that zone',
        why: 'Functions and brokers in that zone lose the file system, in the middle of what they do.',
        action: 'Keep one mount target in each zone that is used.',
      };
    }
  },
};

const logsOff: Rule = {
  id: 'blind/broker-logs',
  severity: 'medium',
  title: 'A broker stops to log',
  *check({ graph }) {
    for (const broker of graph.ofType('aws_mq_broker')) {
      if (!survives(broker) || isOpen(read(broker, 'after', 'logs'))) continue;
      const on = (side: Side) =>
        ['general', 'audit'].filter((kind) => booleanOf(read(broker, side, `logs.0.${kind}`)) === true);
      const lost = on('before').filter((kind) => !on('after').includes(kind));
      if (lost.length > 0) {
        yield {
          resource: broker,
          before: `${list(lost)} logs`,
          after: 'off',
          why: 'After the next failover nobody can tell why it happened or who did it.',
          action: 'Keep general and audit logs on.',
        };
      }
    }
    for (const cluster of graph.ofType('aws_msk_cluster')) {
      const before = read(cluster, 'before', 'logging_info');
      if (
        survives(cluster) &&
        cluster.action === 'update' &&
        !isAbsent(before) &&
        isAbsent(read(cluster, 'after', 'logging_info'))
      ) {
        yield {
          resource: cluster,
          before: 'broker logs',
          after: 'off',
          why: 'After the next failover nobody can tell why it happened.',
          action: 'Keep the broker logs on.',
        };
      }
    }
  },
};

export const brokerRules: readonly Rule[] = [restart, together, upgrade, kafka, standbyLost, logsOff];
