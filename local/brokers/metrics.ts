import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ClientSettings } from '../deploy/resource-type';
import type { Broker } from './broker';
import type { BrokerMetrics } from './broker-process';

/** Amazon MQ says them once a minute; nobody waits for that here. */
const EVERY_MS = 5000;

const data = (instance: string, { storePercent, queues }: BrokerMetrics): MetricDatum[] => {
  const Broker = { Name: 'Broker', Value: instance };
  return [
    { MetricName: 'StorePercentUsage', Value: storePercent, Unit: 'Percent', Dimensions: [Broker] },
    ...Object.entries(queues).flatMap(([queue, { size, consumers }]): MetricDatum[] => {
      const Dimensions = [Broker, { Name: 'Queue', Value: queue }];
      return [
        { MetricName: 'QueueSize', Value: size, Unit: 'Count', Dimensions },
        { MetricName: 'ConsumerCount', Value: consumers, Unit: 'Count', Dimensions },
      ];
    }),
  ];
};

/** Tells CloudWatch how full brokers are, under Amazon MQ's names. Source: Amazon MQ guide, "Available CloudWatch metrics for Amazon MQ for ActiveMQ brokers". */
export function startMetrics(settings: ClientSettings, brokers: () => readonly Broker[]): { stop(): void } {
  const cloudwatch = new CloudWatchClient(settings);
  const publish = async (broker: Broker) => {
    const name = broker.active?.name;
    const metrics = await broker.metrics();
    if (!name || !metrics) return;
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'AWS/AmazonMQ', MetricData: data(name, metrics) }));
  };
  const timer = setInterval(() => {
    // One that is lost is followed by the next.
    for (const broker of brokers()) publish(broker).catch(() => {});
  }, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      cloudwatch.destroy();
    },
  };
}
