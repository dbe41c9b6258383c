import type { Construct } from 'constructs';
import type { BrokerProps } from './props';
import { deadLetterQueueOf } from './queue-policy';
import { type Metric, watch } from './watch';

/** What each instance must not run out of. Source of names and meanings: Amazon MQ guide, "Available CloudWatch metrics … for ActiveMQ". */
const LIMITS = [
  {
    id: 'store',
    metric: 'StorePercentUsage',
    limit: 70,
    what: 'store: producers are held at 90 %, dead letters at the end',
  },
  {
    ...{ id: 'scheduler', metric: 'JobSchedulerStorePercentUsage', limit: 70 },
    what: 'scheduler: that is where messages wait for their redelivery',
  },
  { id: 'temp', metric: 'TempPercentUsage', limit: 70, what: 'room for messages that are not persistent' },
  { id: 'heap', metric: 'HeapUsage', limit: 85, what: 'heap: too many queues, connections or messages in memory' },
  { id: 'cpu', metric: 'CpuUtilization', limit: 85, minutes: 10, what: 'CPU: it works at its limit' },
] as const;

/**
 * Amazon MQ reports each instance as `<broker>-1` and `<broker>-2`, and of bridges and queues only the active one: what the standby leaves out counts as 0.
 * Source: Amazon MQ guide, "Dimension for ActiveMQ broker metrics".
 */
export function activeMqAlarms(scope: Construct, props: BrokerProps, instanceCount: number): void {
  const { brokerName, configuration } = props;
  const instances = Array.from({ length: instanceCount }, (_, index) => `${brokerName}-${index + 1}`);

  for (const [index, Broker] of instances.entries()) {
    for (const { id, metric, limit, what, ...more } of LIMITS) {
      watch(scope, props, {
        id: `${id}-${index + 1}`,
        description: `${Broker} uses over ${limit} % of its ${what}. Runbook: broker-full.`,
        metrics: { used: { metric, dimensions: { Broker } } },
        comparison: 'GreaterThanThreshold',
        threshold: limit,
        ...more,
      });
    }
  }

  /** The same metric of every instance, and their sum. */
  const both = (name: string, metric: string, queue?: string) => {
    const metrics = Object.fromEntries(
      instances.map((Broker, index): [string, Metric] => [
        `${name}${index}`,
        { metric, dimensions: { Broker, ...(queue !== undefined && { Queue: queue }) } },
      ]),
    );
    return {
      metrics,
      sum: `(${Object.keys(metrics)
        .map((id) => `FILL(${id}, 0)`)
        .join(' + ')})`,
    };
  };

  const bridges = configuration?.networkConnectors?.length ?? 0;
  if (bridges > 0) {
    const { metrics, sum } = both('bridges', 'NetworkConnectorConnectionCount');
    watch(scope, props, {
      id: 'bridges',
      description: `${brokerName} has fewer than its ${bridges} bridges: what is sent here does not reach the other region's consumers. Runbook: broker-down.`,
      metrics,
      expression: sum,
      comparison: 'LessThanThreshold',
      threshold: bridges,
      missing: 'breaching',
    });
  }

  for (const queue of props.watchedQueues ?? []) {
    const size = both('size', 'QueueSize', queue);
    const consumers = both('consumers', 'ConsumerCount', queue);
    const dequeued = both('dequeued', 'DequeueCount', queue);
    const memory = both('memory', 'MemoryUsage', queue);
    const deadLetterQueue = deadLetterQueueOf(queue, configuration?.queues);
    const dead = both('dead', 'QueueSize', deadLetterQueue);
    const above = { comparison: 'GreaterThanThreshold', threshold: 0 } as const;
    watch(scope, props, {
      id: `${queue}-consumers-gone`,
      description: `${queue} holds messages and nobody consumes it on ${brokerName}. Runbook: broker-queue.`,
      metrics: { ...size.metrics, ...consumers.metrics },
      expression: `IF(${size.sum} > 0 AND ${consumers.sum} < 1, 1, 0)`,
      ...above,
    });
    watch(scope, props, {
      id: `${queue}-enqueued-not-dequeued`,
      description: `${queue} holds messages and none has left it for 10 minutes on ${brokerName}: consumers are stuck. Runbook: broker-queue.`,
      metrics: { ...size.metrics, ...dequeued.metrics },
      expression: `IF(${size.sum} > 0 AND ${dequeued.sum} < 1, 1, 0)`,
      minutes: 10,
      ...above,
    });
    watch(scope, props, {
      id: `${queue}-memory`,
      description: `${queue} uses over 80 % of the memory that it may on ${brokerName}: its producers are about to be held. Runbook: broker-queue.`,
      metrics: memory.metrics,
      expression: memory.sum,
      comparison: 'GreaterThanThreshold',
      threshold: 80,
    });
    watch(scope, props, {
      id: `${queue}-dead-letters`,
      description: `${deadLetterQueue} on ${brokerName} holds messages that were given up. Runbook: broker-dead-letters.`,
      metrics: dead.metrics,
      expression: dead.sum,
      minutes: 1,
      ...above,
    });
  }
}
