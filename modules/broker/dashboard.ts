import type { Broker } from './broker';

/** Widgets that show a failover as it happens: the lines of two instances cross. For `aws_cloudwatch_dashboard`. */
export function brokerWidgets(brokers: readonly Broker[], queues: readonly string[]): object[] {
  const instances = brokers.flatMap((broker) =>
    broker.end.endpoints.map((_, index) => ({
      broker,
      region: broker.end.region,
      instance: `${broker.end.brokerName}-${index + 1}`,
    })),
  );
  const widget = (title: string, metricName: string, queueOf?: (broker: Broker) => string) => ({
    type: 'metric',
    width: 12,
    height: 6,
    properties: {
      title,
      view: 'timeSeries',
      period: 60,
      stat: 'Maximum',
      region: brokers[0]?.end.region,
      metrics: instances.map(({ broker, region, instance }) => [
        ...['AWS/AmazonMQ', metricName, 'Broker', instance, ...(queueOf ? ['Queue', queueOf(broker)] : [])],
        { region, label: instance },
      ]),
    },
  });
  return [
    widget('Which instance is active: clients of each now', 'CurrentConnectionsCount'),
    widget('Bridges', 'NetworkConnectorConnectionCount'),
    widget('Store, percent', 'StorePercentUsage'),
    widget('Heap, percent', 'HeapUsage'),
    widget('Waiting for redelivery: scheduler store, percent', 'JobSchedulerStorePercentUsage'),
    ...queues.flatMap((queue) => [
      widget(`${queue}: waiting`, 'QueueSize', () => queue),
      widget(`${queue}: consumers`, 'ConsumerCount', () => queue),
      widget(`${queue}: dead letters`, 'QueueSize', (broker) => broker.deadLetterQueue(queue)),
    ]),
  ];
}
