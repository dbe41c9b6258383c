import { resourceOfTarget } from '../../graph/graph';
import { read, type Side } from '../../graph/side';
import { list, plural } from '../../plan/format';
import { isOpen, listOf, textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
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
      const open = (['secret_arn_list', 'secret_arn'] as const).some((path) =>
        isOpen(read(association, 'after', path)),
      );
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
