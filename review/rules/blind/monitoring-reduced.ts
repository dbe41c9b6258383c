import { resourceOfTarget } from '../../graph/graph';
import { read, survives } from '../../graph/side';
import { list } from '../../plan/format';
import { isAbsent, isOpen, textOf } from '../../plan/values';
import type { AnyPath, TypeName } from '../../resources';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'blind/monitoring-reduced',
  severity: 'low',
  title: 'Less is measured or recorded',
  *check({ graph }) {
    const levels = ['DEFAULT', 'PER_BROKER', 'PER_TOPIC_PER_BROKER', 'PER_TOPIC_PER_PARTITION'];
    for (const cluster of graph.ofType('aws_msk_cluster')) {
      const [before, after] = [
        textOf(read(cluster, 'before', 'enhanced_monitoring')),
        textOf(read(cluster, 'after', 'enhanced_monitoring')),
      ];
      if (!survives(cluster) || !before || !after || levels.indexOf(after) >= levels.indexOf(before)) continue;
      yield {
        resource: cluster,
        before,
        after,
        why: 'Consumer lag per topic or partition is no longer to be seen.',
        action: 'Keep the level that your alarms use.',
      };
    }
    for (const filter of graph.ofType('aws_cloudwatch_log_metric_filter', 'aws_cloudwatch_log_subscription_filter')) {
      if (filter.action !== 'destroy') continue;
      const group = resourceOfTarget(graph.follow(filter, 'before', 'log_group_name', ['aws_cloudwatch_log_group']));
      if (group?.action === 'destroy') continue;
      yield {
        resource: filter,
        before: 'reads the log group',
        after: 'gone',
        why: 'The metric, or whoever reads along, gets nothing any more; alarms on it stay silent.',
        action: 'Show what takes its place.',
      };
    }
    for (const [type, { what, why }] of Object.entries(RECORDERS)) {
      for (const resource of graph.ofType(type)) {
        if (resource.action !== 'destroy') continue;
        yield { resource, before: what, after: 'gone', why, action: 'Show what takes its place.' };
      }
    }
    for (const { type, paths, what } of WRITTEN) {
      for (const resource of graph.ofType(type)) {
        if (!survives(resource)) continue;
        const lost = paths.filter(
          (path) =>
            !isAbsent(read(resource, 'before', path)) &&
            isAbsent(read(resource, 'after', path)) &&
            !isOpen(read(resource, 'after', path)),
        );
        if (lost.length === 0) continue;
        yield {
          resource,
          before: what,
          after: `no ${list(lost.map((path) => path.split('.')[0] ?? path))}`,
          why: 'What was refused or could not be delivered there leaves no trace any more.',
          action: 'Keep it in the configuration.',
        };
      }
    }
  },
};

/** What lets somebody see afterwards what happened, when it goes as a whole. */
const RECORDERS: Readonly<Record<string, { readonly what: string; readonly why: string }>> = {
  aws_flow_log: {
    what: 'records of the network',
    why: 'Who was let through and who was refused can no longer be told.',
  },
  aws_cloudwatch_log_resource_policy: {
    what: 'services may write logs by it',
    why: 'Brokers, rules and whoever else writes by it in a service’s name drop their logs, without an error.',
  },
};

const WRITTEN: readonly { type: TypeName; paths: readonly AnyPath[]; what: string }[] = [
  { type: 'aws_apigatewayv2_stage', paths: ['access_log_settings.0.destination_arn'], what: 'calls are logged' },
  {
    type: 'aws_sns_topic',
    paths: (['sqs', 'lambda', 'http', 'firehose', 'application'] as const).map(
      (kind) => `${kind}_failure_feedback_role_arn` as const,
    ),
    what: 'failed deliveries are logged',
  },
];
