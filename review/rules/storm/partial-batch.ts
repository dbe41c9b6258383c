import { numberOn, touched } from '../../graph/change';
import { resourceOfTarget } from '../../graph/graph';
import { existsOn, read, type Side } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { hasOpen, isOpen, listOf } from '../../plan/values';
import type { Rule } from '../rule';

const DEFAULT_BATCH = 10;

const responseTypes = (mapping: Resource, side: Side) => {
  const value = read(mapping, side, 'function_response_types');
  return hasOpen(value) ? undefined : listOf(value).includes('ReportBatchItemFailures');
};

export const rule: Rule = {
  id: 'storm/partial-batch',
  severity: 'high',
  title: 'One failing message makes its whole batch run again',
  *check({ graph }) {
    for (const consumer of graph.consumers('after')) {
      const { mapping } = consumer;
      const batch = numberOn(mapping, 'after', 'batch_size') ?? DEFAULT_BATCH;
      if (
        batch <= 1 ||
        isOpen(read(mapping, 'after', 'batch_size')) ||
        !touched(mapping) ||
        responseTypes(mapping, 'after') !== false
      )
        continue;
      const queue = resourceOfTarget(consumer.source);
      const dropped = existsOn(mapping, 'before') && responseTypes(mapping, 'before') === true;
      if (!dropped && !(mapping.action === 'create' && queue?.type === 'aws_sqs_queue')) continue;
      yield {
        resource: mapping,
        severity: dropped ? 'high' : 'medium',
        before: dropped ? 'single failures are reported (ReportBatchItemFailures)' : undefined,
        after: `no partial-batch reporting, ${batch} messages a batch`,
        why: `One bad message fails all ${batch}: those that succeeded run again, with their effects, and all of them use up receives until they are dead letters together. If the function still answers with batchItemFailures, that answer counts as success and the failed messages are deleted.`,
        action: 'Set function_response_types to ["ReportBatchItemFailures"] and keep the handler that reports them.',
      };
    }
  },
};
