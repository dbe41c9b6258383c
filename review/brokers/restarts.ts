import { booleanOn } from '../graph/change';
import { resourceOfTarget } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { read, type Side } from '../graph/side';
import { shown } from '../plan/format';
import type { Resource } from '../plan/model';
import { certainlyDiffers, isOpen, textOf, UNKNOWN } from '../plan/values';
import type { AnyPath, PathOf } from '../resources';

/**
 * Amazon MQ changes that wait for a restart of the broker (Amazon MQ developer guide, "Editing broker preferences"),
 * and those for which only the Terraform provider restarts it, when it applies immediately: until version 5 it rebooted
 * for every one of them (`resourceBrokerUpdate`). Security groups take effect without a restart.
 */
const RESTARTING: readonly { path: PathOf<'aws_mq_broker'>; say: string; onlyNow?: true }[] = [
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
export function restarts(graph: Messaging): Restart[] {
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

function changes(graph: Messaging, broker: Resource, path: AnyPath): boolean {
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
