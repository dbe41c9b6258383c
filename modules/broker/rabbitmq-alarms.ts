import type { Construct } from 'constructs';
import type { BrokerPlaceProps } from './props';
import { watch } from './watch';

/**
 * Limits depend on the instance, so the alarms measure by Amazon MQ's own. The metrics of a cluster are the sums of its nodes. Source: Amazon MQ guide,
 * "Available CloudWatch metrics … for RabbitMQ".
 *
 * @param queues whose dead letters ring: those that Amazon MQ reports
 */
export function rabbitMqAlarms(
  scope: Construct,
  props: BrokerPlaceProps,
  queues: readonly { readonly name: string }[],
): void {
  const { brokerName } = props;
  const of = (metric: string) => ({ metric, dimensions: { Broker: brokerName } });
  watch(scope, props, {
    id: 'memory',
    description: `${brokerName} uses over 80 % of the memory that it may; at its limit it blocks every producer. Runbook: broker-full.`,
    metrics: { used: of('RabbitMQMemUsed'), most: of('RabbitMQMemLimit') },
    expression: '100 * used / most',
    comparison: 'GreaterThanThreshold',
    threshold: 80,
  });
  watch(scope, props, {
    id: 'disk',
    description: `${brokerName} has less than twice the disk left at which it blocks every producer. Runbook: broker-full.`,
    metrics: { free: of('RabbitMQDiskFree'), least: of('RabbitMQDiskFreeLimit') },
    expression: 'free / least',
    comparison: 'LessThanThreshold',
    threshold: 2,
  });
  watch(scope, props, {
    id: 'consumers',
    description: `Nobody consumes from ${brokerName}. Runbook: broker-full.`,
    metrics: { consumers: of('ConsumerCount') },
    comparison: 'LessThanThreshold',
    threshold: 1,
    missing: 'breaching',
  });
  for (const { name } of queues) {
    watch(scope, props, {
      id: `${name}-dead-letters`,
      description: `${name}.dead on ${brokerName} holds messages that were given up. Runbook: broker-rabbitmq.`,
      metrics: {
        dead: { metric: 'MessageCount', dimensions: { Broker: brokerName, VirtualHost: '/', Queue: `${name}.dead` } },
      },
      comparison: 'GreaterThanThreshold',
      threshold: 0,
      minutes: 1,
    });
  }
}
