import { resourceOfTarget } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, hasOpen, isOpen, listOf, textOf, UNKNOWN } from '../plan/values';
import { brokerBridges } from './broker-settings';
import { booleanOn } from './newly';
import type { Rule } from './rule';
import { list, shown } from './words';

/**
 * Amazon MQ changes that wait for a restart of the broker (Amazon MQ developer guide, "Editing broker preferences"),
 * and those for which only the Terraform provider restarts it, when it applies immediately: until version 5 it rebooted
 * for every one of them (`resourceBrokerUpdate`). Security groups take effect without a restart.
 */
const RESTARTING: readonly { path: string; say: string; onlyNow?: true }[] = [
  { path: 'host_instance_type', say: 'instance' },
  { path: 'engine_version', say: 'engine' },
  { path: 'configuration.0.id', say: 'configuration' },
  { path: 'configuration.0.revision', say: 'configuration revision' },
  { path: 'authentication_strategy', say: 'authentication' },
  { path: 'logs', say: 'logs' },
  { path: 'user', say: 'users' },
  { path: 'data_replication_mode', say: 'replication' },
  { path: 'maintenance_window_start_time', say: 'maintenance window', onlyNow: true },
  { path: 'auto_minor_version_upgrade', say: 'minor version upgrades', onlyNow: true },
];
/** Users hold passwords and the rest are blocks: only that they change is said. */
const NOT_SHOWN = new Set(['user', 'logs', 'maintenance_window_start_time']);

interface Restart {
  readonly broker: Resource;
  readonly before: string;
  readonly after: string;
  readonly immediately: boolean;
  readonly users: boolean;
  readonly standby: boolean;
  /** False when only a value that is not known yet may make it restart. */
  readonly certain: boolean;
}

/** Brokers that this plan makes restart. */
function restarts(graph: Messaging): Restart[] {
  return graph.ofType('aws_mq_broker').flatMap((broker) => {
    if (broker.action !== 'update') return [];
    const immediately = booleanOn(broker, 'after', 'apply_immediately') === true;
    const unknown = (path: string) => broker.unknownSecrets.includes(path);
    const changed = RESTARTING.filter(
      ({ path, onlyNow }) => (immediately || !onlyNow) && (unknown(path) || changes(graph, broker, path)),
    );
    if (changed.length === 0) return [];
    const say = (side: Side) =>
      changed
        .map(({ path, say: what }) =>
          NOT_SHOWN.has(path)
            ? `${what} ${side === 'before' ? 'as now' : unknown(path) ? shown(UNKNOWN) : 'changed'}`
            : `${what} ${shown(read(broker, side, path))}`,
        )
        .join(', ');
    return [
      {
        broker,
        before: say('before'),
        after: say('after'),
        immediately,
        users: changed.some(({ path }) => path === 'user'),
        standby: textOf(read(broker, 'after', 'deployment_mode')) !== 'SINGLE_INSTANCE',
        certain: changed.some(({ path }) => !unknown(path)),
      },
    ];
  });
}

function changes(graph: Messaging, broker: Resource, path: string): boolean {
  const [attribute = path] = path.split('.');
  if (broker.changedSecrets.includes(attribute)) return true;
  if (path === 'configuration.0.revision' && isOpen(read(broker, 'after', path))) {
    // Not known yet, because the configuration that it counts is itself being changed; else it is merely computed anew.
    const id = ['after', 'before'] as const;
    const configuration = id
      .map((side) => resourceOfTarget(graph.follow(broker, side, 'configuration.0.id', ['aws_mq_configuration'])))
      .find((found) => found !== undefined);
    return configuration === undefined
      ? graph.isConfigured(broker, 'configuration') === true
      : configuration.action !== 'nothing';
  }
  return certainlyDiffers(read(broker, 'before', path), read(broker, 'after', path));
}

const restart: Rule = {
  id: 'stop/broker-restart',
  severity: 'high',
  title: 'A broker restarts',
  *check({ graph }) {
    for (const { broker, before, after, immediately, users, standby } of restarts(graph)) {
      yield {
        resource: broker,
        severity: immediately ? 'high' : 'medium',
        before,
        after: `${after}, ${immediately ? 'at once (apply_immediately)' : 'in the next maintenance window'}`,
        why: `${
          standby
            ? 'Its instances restart; every connection breaks, and producers and consumers stand still until they have reconnected to the other one. Clients without a failover transport stay away.'
            : 'It has one instance: while that restarts, for minutes, nothing is sent or received.'
        }${users ? ' Who logs in with a user or a password that goes is refused from then on; the plan does not show which.' : ''}`,
        action: `${immediately ? 'Leave it to the maintenance window (`apply_immediately = false`) or apply at a quiet time' : 'Check that the maintenance window is a quiet time'}; check that every client reconnects by itself (failover:, retries).`,
      };
    }
  },
};

/**
 * Which brokers stand in for each other: instances of one block, one configuration, a replica of another region, a
 * network connector from one to the other, or names that differ by nothing but a place or a number.
 */
function linked(graph: Messaging, a: Resource, b: Resource): boolean {
  if (textOf(read(a, 'before', 'engine_type')) !== textOf(read(b, 'before', 'engine_type'))) return false;
  const replicated = [a, b].every((broker) => textOf(read(broker, 'before', 'data_replication_mode')) === 'CRDR');
  const block = graph.block(a);
  if (replicated || (block !== undefined && block === graph.block(b))) return true;
  const ids = [a, b].map((broker) => textOf(read(broker, 'before', 'configuration.0.id')));
  if (ids[0] !== undefined && ids[0] === ids[1]) return true;
  const [one, other] = [configurationOf(graph, a), configurationOf(graph, b)];
  return connects(graph, one, b) || connects(graph, other, a) || twins(a, b);
}

const configurationOf = (graph: Messaging, broker: Resource): Resource | undefined =>
  (['before', 'after'] as const)
    .map((side) => resourceOfTarget(graph.follow(broker, side, 'configuration.0.id', ['aws_mq_configuration'])))
    .find((found) => found !== undefined);

/** A network connector in a configuration leads to a broker: by its id, which its host name starts with, or by its name. */
function connects(graph: Messaging, configuration: Resource | undefined, to: Resource): boolean {
  if (!configuration) return false;
  const data = (['before', 'after'] as const).map((side) => textOf(read(configuration, side, 'data')) ?? '').join('\n');
  const names = ['id', 'broker_name']
    .map((path) => textOf(read(to, 'before', path)))
    .filter((name) => name !== undefined);
  if (data.includes('networkConnector') && names.some((name) => data.includes(name))) return true;
  return graph.referred(configuration, 'data', ['aws_mq_broker']).includes(to);
}

const PLACE =
  '(?:\\d+|[a-d]|(?:[a-z]{2}-)?(?:north|south|east|west|central)+-?\\d*[a-d]?|primary|secondary|standby|active|passive|replica|blue|green|left|right|eu|us|ap)';
const AT_THE_END = new RegExp(`(?:[-_.]${PLACE}|(?<=[a-z])\\d+)$`, 'i');
const NOTHING_ELSE = new RegExp(`^${PLACE}$`, 'i');

function twins(a: Resource, b: Resource): boolean {
  const [one, other] = [a, b].map((broker) => textOf(read(broker, 'before', 'broker_name')));
  if (one === undefined || other === undefined) return false;
  return (
    (NOTHING_ELSE.test(one) && NOTHING_ELSE.test(other)) ||
    one.replace(AT_THE_END, '') === other.replace(AT_THE_END, '')
  );
}

const together: Rule = {
  id: 'stop/brokers-together',
  severity: 'critical',
  title: 'Brokers that stand in for each other restart in one apply',
  *check({ graph }) {
    const restarting = restarts(graph);
    const unsure = new Set(restarting.filter(({ certain }) => !certain).map(({ broker }) => broker.address));
    const gone = graph.ofType('aws_mq_broker').filter(({ action }) => action === 'replace' || action === 'destroy');
    for (const group of groupsOf(graph, [...restarting.map(({ broker }) => broker), ...gone])) {
      const [first] = group;
      if (!first || group.length < 2 || group.every(({ action }) => action === 'destroy')) continue;
      const now = restarting.filter(({ broker, immediately }) => immediately && group.includes(broker));
      const leaving = gone.filter((broker) => group.includes(broker));
      const windows = new Set(
        group.map((broker) => {
          const window = read(broker, 'after', 'maintenance_window_start_time');
          return hasOpen(window) ? broker.address : JSON.stringify(window);
        }),
      );
      // Each in a window of its own: one after the other.
      if (now.length < 2 && leaving.length === 0 && windows.size === group.length) continue;
      const atOnce = now.length + leaving.length >= 2;
      yield {
        resource: first,
        severity: atOnce ? 'critical' : 'high',
        before: `${group.length} brokers up`,
        after: list([
          ...group.map(({ address, action }) =>
            action === 'destroy'
              ? `${address} goes`
              : action === 'replace'
                ? `${address} is made anew`
                : unsure.has(address)
                  ? `${address} may restart (known after apply)`
                  : `${address} restarts`,
          ),
        ]),
        why: `Redundancy only helps while one is up. Terraform changes them side by side${now.length >= 2 ? ', and apply_immediately restarts them at once' : ''}: nobody is left to take over, and a network of brokers has nowhere to forward to.`,
        action:
          'One broker per apply (`-target`, or two pull requests), the second only when the first is back and its queues are drained.',
      };
    }
  },
};

/** Those that are linked, directly or by another, together. */
function groupsOf(graph: Messaging, brokers: readonly Resource[]): Resource[][] {
  const groups: Resource[][] = [];
  for (const broker of [...brokers].sort((a, b) => (a.address < b.address ? -1 : 1))) {
    const joined = groups.filter((group) => group.some((other) => linked(graph, other, broker)));
    const rest = groups.filter((group) => !joined.includes(group));
    groups.splice(0, groups.length, ...rest, [...joined.flat(), broker]);
  }
  return groups;
}

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

const standbyLost: Rule = {
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

export const brokerRules: readonly Rule[] = [restart, together, upgrade, standbyLost];
