import { type Element, render } from './xml';

/** How often, and how far apart, a message is delivered again that a consumer refused. The broker waits, not the consumer. */
export interface RedeliveryPolicy {
  /** Deliveries after the first, then the message is a dead letter: 0 to 100. Default 6. */
  readonly maximumRedeliveries?: number;
  /** Milliseconds before the first of them: 1,000 or more, or ActiveMQ's redelivery plugin stops the broker as it starts. Default 1,000. */
  readonly initialDelay?: number;
  /** Each wait is so many times the one before. Default 2. */
  readonly multiplier?: number;
  /** Milliseconds; no wait is longer. Default 60,000. */
  readonly maximumDelay?: number;
  /** Percent by which a wait varies at random, so that a burst of failures doesn't come back as one: 0 to 100. Default 15. */
  readonly jitter?: number;
}

/** What holds for the queues that a pattern names. The most specific pattern wins whole: nothing is inherited from a wider one. */
export interface QueuePolicy {
  /** ActiveMQ's pattern: `orders`, `orders.*` (one word), `>` (all). */
  readonly queue: string;
  /** Memory for one queue's messages, for example `64mb`; what doesn't fit stays in the store. Default: the broker's limit. */
  readonly memoryLimit?: string;
  /** Slows producers when memory or store run out, instead of failing them. Default true. */
  readonly producerFlowControl?: boolean;
  /** Percent of the store from which on producers of these queues are held: 1 to 100. Default 90, so that dead letters still fit in. */
  readonly storeHighWaterMark?: number;
  /** Dead letters go to `<deadLetterPrefix><queue>`, one queue for each, so that one team's don't hide another's. Default `DLQ.`. */
  readonly deadLetterPrefix?: string;
  /** Expired messages are dead letters as well. Default true: nothing vanishes unseen. */
  readonly keepExpired?: boolean;
  /** Messages that a consumer is handed ahead of its acknowledgements. Small for slow consumers, so that one doesn't hoard. Default 100. */
  readonly prefetch?: number;
  /** Milliseconds without an acknowledgement after which a consumer is cut off, and its messages go to others. Default: never. */
  readonly abortConsumerAfter?: number;
  readonly redelivery?: RedeliveryPolicy;
}

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
  /** Bridges over which a consumer is known: 1 in a mesh, 2 through a hub. Default 1. It is what stops loops. */
  readonly consumerTimeToLive?: number;
  /** Milliseconds of silence after which a bridge is given up. Default 5,000. */
  readonly maximumInactivity?: number;
}

/** Who may do what. Groups come from the broker's users. */
export interface AuthorizationEntry {
  readonly queue?: string;
  readonly topic?: string;
  readonly admin: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
}

export interface ActiveMqConfiguration {
  /** Policies beside the one for all queues, which has every default above. */
  readonly queues?: readonly QueuePolicy[];
  /** Percent of the heap for messages in memory: 10 to 70. Default 70, Amazon MQ's own. */
  readonly memoryPercentOfHeap?: number;
  /** Milliseconds that a send waits for space until it fails. Default 15,000: a producer should hear it before its own time-out. */
  readonly sendFailAfter?: number;
  readonly networkConnectors?: readonly NetworkConnector[];
  /** Part of a network, even if others dial: a message goes back where consumers are when none is left here. Default: if it dials. */
  readonly networked?: boolean;
  /** Default: whoever has a user may do everything. */
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

function policyEntry(policy: QueuePolicy, networked: boolean): Element {
  const children: Element[] = [
    {
      name: 'deadLetterStrategy',
      children: [
        {
          name: 'individualDeadLetterStrategy',
          attributes: {
            queuePrefix: policy.deadLetterPrefix ?? 'DLQ.',
            useQueueForQueueMessages: true,
            processExpired: policy.keepExpired ?? true,
            // The audit would drop the second death of a message that was mended, sent again and failed again.
            enableAudit: false,
          },
        },
      ],
    },
  ];
  if (networked) {
    children.push({
      name: 'networkBridgeFilterFactory',
      children: [
        {
          name: 'conditionalNetworkBridgeFilterFactory',
          attributes: { replayWhenNoConsumers: true, replayDelay: 1000 },
        },
      ],
    });
  }
  if (policy.abortConsumerAfter !== undefined) {
    children.push({
      name: 'slowConsumerStrategy',
      children: [
        {
          name: 'abortSlowAckConsumerStrategy',
          attributes: {
            maxTimeSinceLastAck: policy.abortConsumerAfter,
            abortConnection: true,
            // A bridge is as slow as whoever is behind it; cutting it off would cut off everybody.
            ignoreNetworkConsumers: true,
          },
        },
      ],
    });
  }
  return {
    name: 'policyEntry',
    attributes: {
      queue: policy.queue,
      memoryLimit: policy.memoryLimit,
      producerFlowControl: policy.producerFlowControl ?? true,
      storeUsageHighWaterMark: policy.storeHighWaterMark ?? 90,
      queuePrefetch: policy.prefetch ?? 100,
      // A message that comes back over a bridge must not be taken for a duplicate of itself.
      enableAudit: networked ? false : undefined,
    },
    children,
  };
}

function redeliveryPolicy({ redelivery = {}, queue }: QueuePolicy): Element {
  const {
    maximumRedeliveries = 6,
    initialDelay = 1000,
    multiplier = 2,
    maximumDelay = 60_000,
    jitter = 15,
  } = redelivery;
  return {
    name: 'redeliveryPolicy',
    attributes: {
      queue: queue === '>' ? undefined : queue,
      maximumRedeliveries,
      initialRedeliveryDelay: initialDelay,
      redeliveryDelay: initialDelay,
      useExponentialBackOff: true,
      backOffMultiplier: multiplier,
      maximumRedeliveryDelay: maximumDelay,
      useCollisionAvoidance: jitter > 0,
      collisionAvoidancePercent: jitter,
    },
  };
}

function authorization(entries: readonly AuthorizationEntry[]): Element {
  const everybody = [...new Set(entries.flatMap(({ admin, read, write }) => [...admin, ...read, ...write]))].join(',');
  const entry = ({ queue, topic, admin, read, write }: AuthorizationEntry): Element => ({
    name: 'authorizationEntry',
    attributes: { queue, topic, admin: admin.join(','), read: read.join(','), write: write.join(',') },
  });
  return {
    name: 'authorizationPlugin',
    children: [
      {
        name: 'map',
        children: [
          {
            name: 'authorizationMap',
            children: [
              {
                name: 'authorizationEntries',
                children: [
                  ...entries.map(entry),
                  // Every client creates and reads advisories, bridges most of all; without this none connects.
                  {
                    name: 'authorizationEntry',
                    attributes: { topic: 'ActiveMQ.Advisory.>', admin: everybody, read: everybody, write: everybody },
                  },
                ],
              },
              {
                name: 'tempDestinationAuthorizationEntry',
                children: [
                  {
                    name: 'tempDestinationAuthorizationEntry',
                    attributes: { admin: everybody, read: everybody, write: everybody },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
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
  const specific = queues.filter(({ queue }) => queue !== '>');
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
                { name: 'redeliveryPolicyEntries', children: specific.map(redeliveryPolicy) },
              ].filter(({ children }) => children.length > 0),
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
              children: [all, ...specific].map((policy) => policyEntry(policy, networked)),
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
          attributes: { sendFailIfNoSpaceAfterTimeout: configuration.sendFailAfter ?? 15_000 },
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
