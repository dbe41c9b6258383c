import { booleanOn } from '../../graph/change';
import { read, survives } from '../../graph/side';
import { list } from '../../plan/format';
import { booleanOf, isAbsent, isOpen } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'blind/broker-logs',
  severity: 'medium',
  title: 'A broker stops to log',
  *check({ graph }) {
    for (const broker of graph.ofType('aws_mq_broker')) {
      if (!survives(broker)) continue;
      const lost = ['general', 'audit'].filter((kind) => {
        const after = read(broker, 'after', `logs.0.${kind}`);
        return booleanOn(broker, 'before', `logs.0.${kind}`) === true && !isOpen(after) && booleanOf(after) !== true;
      });
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
      if (!survives(cluster) || isOpen(read(cluster, 'after', 'logging_info'))) continue;
      const lost = MSK_LOGS.filter((kind) => {
        const path = `logging_info.0.broker_logs.0.${kind}.0.enabled` as const;
        return (
          booleanOn(cluster, 'before', path) === true &&
          !isOpen(read(cluster, 'after', path)) &&
          booleanOn(cluster, 'after', path) !== true
        );
      });
      const left = MSK_LOGS.filter(
        (kind) => booleanOn(cluster, 'after', `logging_info.0.broker_logs.0.${kind}.0.enabled`) === true,
      );
      const blockGone =
        !isAbsent(read(cluster, 'before', 'logging_info')) && isAbsent(read(cluster, 'after', 'logging_info'));
      if (lost.length > 0 ? left.length > 0 : !blockGone || cluster.action !== 'update') continue;
      yield {
        resource: cluster,
        before: lost.length > 0 ? `broker logs to ${list(lost)}` : 'broker logs',
        after: 'off',
        why: 'After the next failover nobody can tell why it happened.',
        action: 'Keep the broker logs on.',
      };
    }
  },
};

const MSK_LOGS = ['cloudwatch_logs', 'firehose', 's3'];
