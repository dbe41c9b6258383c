import { resourceOfTarget } from '../../graph/graph';
import { existsOn, read, type Side } from '../../graph/side';
import { isOpen, isRecord, textOf, type Value, valueAt } from '../../plan/values';
import type { Rule } from '../rule';

const WATCHED_NAMES: Readonly<Record<string, readonly string[]>> = {
  QueueName: ['aws_sqs_queue', 'name'],
  FunctionName: ['aws_lambda_function', 'function_name'],
  TopicName: ['aws_sns_topic', 'name'],
  StreamName: ['aws_kinesis_stream', 'name'],
  TableName: ['aws_dynamodb_table', 'name'],
  Broker: ['aws_mq_broker', 'broker_name'],
};

export const rule: Rule = {
  id: 'blind/alarm-orphaned',
  severity: 'high',
  title: 'An alarm watches a name that nothing has any more',
  *check({ graph }) {
    for (const alarm of graph.ofType('aws_cloudwatch_metric_alarm')) {
      const dimensions = read(alarm, 'after', 'dimensions');
      if (!existsOn(alarm, 'after') || !isRecord(dimensions)) continue;
      for (const [dimension, [type, path]] of Object.entries(WATCHED_NAMES) as [string, [string, string]][]) {
        const name = textOf((dimensions as Record<string, Value>)[dimension]);
        if (!name) continue;
        const bearer = (side: Side) => graph.find(name, side, [type], alarm, 'dimensions');
        const gone = resourceOfTarget(bearer('before'));
        if (!gone || (gone.action !== 'destroy' && gone.action !== 'replace') || bearer('after').kind !== 'elsewhere')
          continue;
        const unsure = graph
          .ofType(type)
          .some(({ action, after }) => (action === 'create' || action === 'replace') && isOpen(valueAt(after, path)));
        if (unsure) continue;
        yield {
          resource: alarm,
          before: `watches ${dimension} ${name} (${gone.address})`,
          after: `no ${type} has that name`,
          why: 'The metric has no more data, so the alarm never rings; it looks healthy.',
          action: `Take the dimension from the resource (\`${type}.….${path}\`) instead of writing the name.`,
        };
      }
    }
  },
};
