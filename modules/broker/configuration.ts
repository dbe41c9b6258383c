import { type AuthorizationEntry, authorization } from './authorization';
import { policyEntry, type QueuePolicy, redeliveryPolicy, withDeadLetters } from './queue-policy';
import { type Element, render } from './xml';

/** A bridge that this broker dials, to both instances of another pair. It carries messages both ways. */
export interface NetworkConnector {
  /** Unique on the broker. */
  readonly name: string;
  /** `ssl://…:61617` of both instances; whichever is active answers. */
  readonly endpoints: readonly string[];
  /** A user with the same name and password on both brokers; Amazon MQ fills in the password itself. */
  readonly userName: string;
  /** Bridges that a message may cross; -1: any number, which replay needs. Default -1. */
  readonly messageTimeToLive?: number;
  /** Bridges over which a consumer is known: 1 between two brokers, 2 among more (`linksOf`). Default 1. It is what stops loops. */
  readonly consumerTimeToLive?: number;
  /** Milliseconds of silence after which a bridge is given up. Default 5,000. */
  readonly maximumInactivity?: number;
}

export interface ActiveMqConfiguration {
  /** Policies beside the one for all queues, which has every default above. */
  readonly queues?: readonly QueuePolicy[];
  /** Percent of the heap for messages in memory: 10 to 70. Default 70, Amazon MQ's own. */
  readonly memoryPercentOfHeap?: number;
  /** Bridges that this broker dials: at most 20. Default: none. Source: Amazon MQ guide, "Quotas". */
  readonly networkConnectors?: readonly NetworkConnector[];
  /** Part of a network, even if others dial: a message goes back where consumers are when none is left here. Default: if it dials. */
  readonly networked?: boolean;
  /** Who may use which queues and topics, by groups of the users: `grantQueues` makes what is least. Default: whoever has a user may do everything. */
  readonly authorization?: readonly AuthorizationEntry[];
}

/** Milliseconds between attempts of a bridge. Fixed: the default doubles, and took 27 s to notice that a region had returned after 34 s. */
const RECONNECT_DELAY = 1000;

function networkConnector(connector: NetworkConnector): Element {
  const { name, endpoints, userName, maximumInactivity = 5000 } = connector;
  const addresses = endpoints.map((endpoint) => `${endpoint}?wireFormat.maxInactivityDuration=${maximumInactivity}`);
  return {
    name: 'networkConnector',
    attributes: {
      name,
      uri: `masterslave:(${addresses.join(',')})?useExponentialBackOff=false&initialReconnectDelay=${RECONNECT_DELAY}`,
      userName,
      duplex: true,
      messageTTL: connector.messageTimeToLive ?? -1,
      consumerTTL: connector.consumerTimeToLive ?? 1,
      // A consumer beside the message is served before one behind a bridge.
      decreaseNetworkConsumerPriority: true,
    },
  };
}

/**
 * The XML of `aws_mq_configuration`, of nothing but what Amazon MQ permits.
 *
 * @throws ConfigurationError naming what Amazon MQ would strip
 */
export function configurationXml(configuration: ActiveMqConfiguration): string {
  const { queues = [], networkConnectors = [], networked = networkConnectors.length > 0 } = configuration;
  const all: QueuePolicy = queues.find(({ queue }) => queue === '>') ?? { queue: '>' };
  const policies = withDeadLetters([all, ...queues.filter(({ queue }) => queue !== '>')]);
  const plugins: Element[] = [
    {
      name: 'redeliveryPlugin',
      attributes: { fallbackToDeadLetter: true, sendToDlqIfMaxRetriesExceeded: true },
      children: [
        {
          name: 'redeliveryPolicyMap',
          children: [
            {
              name: 'redeliveryPolicyMap',
              children: [
                { name: 'defaultEntry', children: [redeliveryPolicy(all)] },
                {
                  name: 'redeliveryPolicyEntries',
                  children: policies.filter((policy) => policy !== all).map(redeliveryPolicy),
                },
              ],
            },
          ],
        },
      ],
    },
    { name: 'statisticsBrokerPlugin' },
  ];
  if (configuration.authorization?.length) plugins.unshift(authorization(configuration.authorization));

  const children: Element[] = [
    {
      name: 'destinationPolicy',
      children: [
        {
          name: 'policyMap',
          children: [
            {
              name: 'policyEntries',
              children: policies.map((policy) => policyEntry(policy, networked)),
            },
          ],
        },
      ],
    },
    { name: 'plugins', children: plugins },
    {
      name: 'systemUsage',
      children: [
        {
          name: 'systemUsage',
          // No time after which a send fails (`sendFailIfNoSpaceAfterTimeout`): it would hold for the broker's own sends as well, and what the broker can
          // send neither back to its queue nor to its dead letters it drops (measured on a full store: six of six messages).
          children: [
            {
              name: 'memoryUsage',
              children: [
                { name: 'memoryUsage', attributes: { percentOfJvmHeap: configuration.memoryPercentOfHeap ?? 70 } },
              ],
            },
          ],
        },
      ],
    },
  ];
  if (networkConnectors.length > 0) {
    children.push({ name: 'networkConnectors', children: networkConnectors.map(networkConnector) });
  }
  return render({
    name: 'broker',
    // The scheduler holds messages that wait for their redelivery; without it the redelivery plugin does nothing.
    attributes: { schedulerSupport: true, networkConnectorStartAsync: networked ? true : undefined },
    children,
  });
}
