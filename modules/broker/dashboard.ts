import type { BrokerEnd } from './broker';

/** Widgets that show a failover as it happens: the lines of two instances cross. For `aws_cloudwatch_dashboard`. */
export function brokerWidgets(brokers: readonly BrokerEnd[], queues: readonly string[]): object[] {
  const instances = brokers.flatMap(({ brokerName, region, endpoints }) =>
    endpoints.map((_, index) => ({ region, Broker: `${brokerName}-${index + 1}` })),
  );
  const widget = (title: string, metricName: string, more: readonly string[] = []) => ({
    type: 'metric',
    width: 12,
    height: 6,
    properties: {
      title,
      view: 'timeSeries',
      period: 60,
      stat: 'Maximum',
      region: brokers[0]?.region,
      metrics: instances.map(({ region, Broker }) => [
        ...['AWS/AmazonMQ', metricName, 'Broker', Broker, ...more],
        { region, label: Broker },
      ]),
    },
  });
  return [
    widget('Which instance is active: clients of each', 'EstablishedConnectionsCount'),
    widget('Bridges', 'NetworkConnectorConnectionCount'),
    widget('Store, percent', 'StorePercentUsage'),
    widget('Heap, percent', 'HeapUsage'),
    ...queues.flatMap((queue) => [
      widget(`${queue}: waiting`, 'QueueSize', ['Queue', queue]),
      widget(`${queue}: consumers`, 'ConsumerCount', ['Queue', queue]),
    ]),
  ];
}
