import { resourceOfTarget } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, isOpen, listOf, textOf } from '../plan/values';
import type { Rule } from './rule';
import { list, plural, shown } from './words';

const ROLLING = [
  'broker_node_group_info.0.instance_type',
  'configuration_info.0.arn',
  'configuration_info.0.revision',
  'encryption_info',
  'client_authentication',
  'broker_node_group_info.0.security_groups',
];

const rolling: Rule = {
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
function changes(graph: Messaging, cluster: Resource, path: string): boolean {
  if (path.endsWith('.revision') && isOpen(read(cluster, 'after', path))) {
    const target = graph.follow(cluster, 'after', 'configuration_info.0.arn', ['aws_msk_configuration']);
    const configuration = resourceOfTarget(target);
    return configuration === undefined || configuration.action !== 'nothing';
  }
  return certainlyDiffers(read(cluster, 'before', path), read(cluster, 'after', path));
}

const credentials: Rule = {
  id: 'stop/broker-login-removed',
  severity: 'high',
  title: 'Clients of a broker can no longer log in',
  *check({ graph }) {
    for (const association of graph.ofType(
      'aws_msk_scram_secret_association',
      'aws_msk_single_scram_secret_association',
    )) {
      const cluster = resourceOfTarget(graph.follow(association, 'before', 'cluster_arn', ['aws_msk_cluster']));
      if (cluster?.action === 'destroy' || association.action === 'create') continue;
      const secrets = (side: Side) => [
        ...listOf(read(association, side, 'secret_arn_list')).map((arn) => textOf(arn)),
        ...listOf(
          textOf(read(association, side, 'secret_arn')) ? [read(association, side, 'secret_arn') as string] : [],
        ),
      ];
      const after = association.action === 'destroy' ? [] : secrets('after');
      const open = ['secret_arn_list', 'secret_arn'].some((path) => isOpen(read(association, 'after', path)));
      const lost = secrets('before').filter((secret) => !after.includes(secret));
      if (lost.length === 0 || open || after.includes(undefined)) continue;
      yield {
        resource: association,
        before: `${plural(secrets('before').length, 'user')} of ${cluster?.address ?? 'the cluster'}`,
        after: after.length === 0 ? 'none' : `${plural(after.length, 'user')}`,
        why: 'Producers and consumers that log in with what goes are refused at their next connection, which a restart of a broker is enough for.',
        action: 'Move them to another user first, and show that nobody logs in with this one.',
      };
    }
    for (const cluster of graph.ofType('aws_msk_cluster')) {
      if (cluster.action !== 'update' || isOpen(read(cluster, 'after', 'client_authentication'))) continue;
      const ways = (side: Side) =>
        ['sasl.0.iam', 'sasl.0.scram', 'unauthenticated']
          .filter((way) => read(cluster, side, `client_authentication.0.${way}`) === true)
          .map((way) => way.split('.').at(-1) as string);
      const lost = ways('before').filter(
        (way) =>
          !ways('after').includes(way) &&
          !isOpen(
            read(cluster, 'after', `client_authentication.0.${way === 'unauthenticated' ? way : `sasl.0.${way}`}`),
          ),
      );
      if (lost.length === 0) continue;
      yield {
        resource: cluster,
        before: `clients log in by ${list(ways('before'))}`,
        after: ways('after').length === 0 ? 'by none of these' : `by ${list(ways('after'))}`,
        why: 'Clients that log in the old way are refused as soon as the brokers have restarted, one after the other.',
        action: 'Let both ways stand until every client has changed over.',
      };
    }
    for (const user of graph.ofType('aws_mq_user')) {
      const broker = resourceOfTarget(graph.follow(user, 'before', 'broker_id', ['aws_mq_broker']));
      if (user.action !== 'destroy' || broker?.action === 'destroy') continue;
      yield {
        resource: user,
        before: `a user of ${broker?.address ?? 'the broker'}`,
        after: 'gone',
        why: 'Producers and consumers that log in with it are refused at their next connection.',
        action: 'Move them to another user first.',
      };
    }
  },
};

/** Settings of a configuration that decide whether a record survives the loss of a broker (Kafka documentation, "Broker configs"). */
const DURABILITY: readonly { name: string; weaker: (before: string, after: string) => boolean; what: string }[] = [
  {
    name: 'min.insync.replicas',
    weaker: (before, after) => Number(after) < Number(before) && Number(after) < 2,
    what: 'a write counts as done when one broker has it, and is gone with that broker',
  },
  {
    name: 'default.replication.factor',
    weaker: (before, after) => Number(after) < Number(before) && Number(after) < 3,
    what: 'new topics have fewer copies, and with one copy every restart of a broker stops them',
  },
  {
    name: 'unclean.leader.election.enable',
    weaker: (before, after) => before !== 'true' && after === 'true',
    what: 'a replica that lags may become leader, and what it had not copied yet is deleted',
  },
  {
    name: 'offsets.topic.replication.factor',
    weaker: (before, after) => Number(after) < Number(before) && Number(after) < 3,
    what: 'the places of consumer groups are lost with fewer brokers',
  },
  {
    name: 'transaction.state.log.min.isr',
    weaker: (before, after) => Number(after) < Number(before) && Number(after) < 2,
    what: 'a transaction can be forgotten with one broker',
  },
];
/** What a configuration says less of than before, with what follows from it. */
export function weakerSettings(configuration: Resource): { before: string; after: string; what: string }[] {
  const [before, after] = [properties(configuration, 'before'), properties(configuration, 'after')];
  if (!survives(configuration) || !before || !after) return [];
  return DURABILITY.flatMap(({ name, weaker, what }) => {
    // What a configuration leaves out depends on the cluster and its version.
    const [was, is] = [before.get(name), after.get(name)];
    return was !== undefined && is !== undefined && weaker(was, is)
      ? [{ before: `${name} ${was}`, after: `${name} ${is}`, what }]
      : [];
  });
}

export function properties(configuration: Resource, side: Side): Map<string, string> | undefined {
  const text = textOf(read(configuration, side, 'server_properties'));
  if (text === undefined) return undefined;
  return new Map(
    text
      .split('\n')
      .map((line) => /^\s*([\w.]+)\s*=\s*(\S+)/.exec(line))
      .flatMap((match) => (match?.[1] && match[2] ? [[match[1], match[2]] as const] : [])),
  );
}

export const kafkaRules: readonly Rule[] = [rolling, credentials];
