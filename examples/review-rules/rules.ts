import type { OwnRule } from 'spillway/review';

export default [
  {
    id: 'team/queue-unread',
    severity: 'medium',
    title: 'A new queue has no reader',
    *check({ graph, readersOf, shown, read }) {
      for (const queue of graph.ofType('aws_sqs_queue')) {
        const parks = graph.sourcesOf(queue, 'after').length > 0;
        if (queue.action !== 'create' || parks || readersOf(queue, 'after').length > 0) continue;
        yield {
          resource: queue,
          after: shown(read(queue, 'after', 'name')),
          why: 'Nothing in this plan reads it, and it is no dead-letter queue: what is sent there waits until it expires.',
          action: 'Add its consumer in the same change, or say who reads it from elsewhere.',
        };
      }
    },
  },
] satisfies OwnRule[];
