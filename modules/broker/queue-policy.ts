import type { Element } from './xml';

/** ActiveMQ's own. Source: ActiveMQ, "Redelivery Policy". */
export const MAXIMUM_REDELIVERIES = 6;

/** How often, and how far apart, a message is delivered again that a consumer refused. The broker waits, not the consumer. */
export interface RedeliveryPolicy {
  /** Deliveries after the first, then the message is a dead letter: 0 to 100. Default 6; a dead letter's own: for ever. */
  readonly maximumRedeliveries?: number;
  /** Milliseconds before the first of them: 1,000 or more, or ActiveMQ's redelivery plugin stops the broker as it starts. Default 1,000. */
  readonly initialDelay?: number;
  /** Each wait is so many times the one before: 1 or more. Default 2. */
  readonly multiplier?: number;
  /** Milliseconds; no wait is longer. Default 60,000. */
  readonly maximumDelay?: number;
  /** Percent by which a wait varies at random, so that a burst of failures doesn't come back as one: 0 to 100. Default 15. */
  readonly jitter?: number;
}

/** What holds for the queues that a pattern names. One policy holds for a queue, whole: nothing is inherited from a wider one. */
export interface QueuePolicy {
  /** ActiveMQ's pattern: `orders`, `orders.*` (one word), `orders.>` (all that follow), `>` (all). Two patterns may not name the same queue, but for `>`. */
  readonly queue: string;
  /** Memory for one queue's messages, for example `64mb`; what doesn't fit stays in the store. Default: the broker's limit. */
  readonly memoryLimit?: string;
  /** Slows producers when memory or store run out, instead of failing them. Default true. */
  readonly producerFlowControl?: boolean;
  /** Percent of the store from which on producers of these queues are held: 1 to 100. Default 90, and 100 for dead letters, so that these still fit in. */
  readonly storeHighWaterMark?: number;
  /** Dead letters go to `<deadLetterPrefix><queue>`, one queue for each, so that one team's don't hide another's. Ends with a dot. Default `DLQ.`. */
  readonly deadLetterPrefix?: string;
  /** Expired messages are dead letters as well. Default true: nothing vanishes unseen. */
  readonly keepExpired?: boolean;
  /** Messages that a consumer is handed ahead of its acknowledgements. Small for slow consumers, so that one doesn't hoard. Default 100. */
  readonly prefetch?: number;
  /** Milliseconds without an acknowledgement after which a consumer is cut off, within half as much again, and its messages go to others: 1,000 or more. Default: never. */
  readonly abortConsumerAfter?: number;
  /** How often, and how far apart, it delivers again. Default: 6 times, from 1 s doubled up to 60 s. */
  readonly redelivery?: RedeliveryPolicy;
}

/** What dead letters of these queues begin with; a pattern of whole words, or no policy could name them. */
export function deadLetterPrefixes(queues: readonly QueuePolicy[] = []): string[] {
  return [...new Set(['DLQ.', ...queues.map(({ deadLetterPrefix = 'DLQ.' }) => deadLetterPrefix)])];
}

const words = (name: string) => name.split('.');

/** Whether some queue is named by both patterns: `*` is one word, `>` all that follow. */
function overlap([one, ...ones]: readonly string[], [other, ...others]: readonly string[]): boolean {
  if (one === '>' || other === '>') return true;
  if (one === undefined || other === undefined) return one === other;
  return (one === other || one === '*' || other === '*') && overlap(ones, others);
}

/**
 * Patterns of which it can't be said which one holds. A queue's own name beats a pattern, and any pattern beats `>`; of two others ActiveMQ takes whichever comes
 * in an order of its own, not the more specific one: `orders.>` before `orders.*`, `*.orders` before `DLQ.>` (measured on 5.18.6).
 */
export function ambiguous(queues: readonly QueuePolicy[] = []): string[] {
  const patterns = withDeadLetters(queues)
    .map(({ queue }) => queue)
    .filter((queue) => queue !== '>' && words(queue).some((word) => word === '*' || word === '>'));
  return patterns.flatMap((one, index) =>
    patterns
      .slice(index + 1)
      .filter((other) => overlap(words(one), words(other)))
      .map((other) => `${one} and ${other}`),
  );
}

/** The policy that holds for a queue. */
export function policyOf(queue: string, queues: readonly QueuePolicy[] = []): QueuePolicy {
  const rank = ({ queue: pattern }: QueuePolicy) => (pattern === queue ? 2 : pattern === '>' ? 0 : 1);
  const naming = queues.filter(({ queue: pattern }) => overlap(words(pattern), words(queue)));
  return naming.sort((one, other) => rank(other) - rank(one))[0] ?? { queue: '>' };
}

/** Where the dead letters of a queue are. */
export function deadLetterQueueOf(queue: string, queues: readonly QueuePolicy[] = []): string {
  return `${policyOf(queue, queues).deadLetterPrefix ?? 'DLQ.'}${queue}`;
}

/**
 * Every policy, with those of the dead letters, which have nowhere further to go. So they may fill the store to its end (the share above the producers' mark is
 * theirs), and whoever takes one and refuses it gets it again, after a while, for as long as it takes.
 */
export function withDeadLetters(policies: readonly QueuePolicy[]): QueuePolicy[] {
  const prefixes = deadLetterPrefixes(policies);
  const missing = prefixes
    .filter((prefix) => policies.every(({ queue }) => queue !== `${prefix}>`))
    .map((deadLetterPrefix) => ({ queue: `${deadLetterPrefix}>`, deadLetterPrefix }));
  const deadLetters = (policy: QueuePolicy): QueuePolicy => ({
    storeHighWaterMark: 100,
    ...policy,
    redelivery: { maximumRedeliveries: -1, maximumDelay: 300_000, ...policy.redelivery },
  });
  return [...policies, ...missing].map((policy) =>
    prefixes.some((prefix) => policy.queue.startsWith(prefix)) ? deadLetters(policy) : policy,
  );
}

/** Milliseconds that a message stays where it has just arrived before it may go back; without it two brokers without consumers would throw it to and fro. */
const REPLAY_DELAY = 1000;

/**
 * Milliseconds. A message that had to stay for the delay goes when the queue is looked at again, and a queue without traffic is looked at when it is searched for expired
 * messages: by default every 30 s, which took a backlog of 3,400 in three regions two minutes to come back instead of ten seconds (measured on 5.18.6).
 */
const LOOK_AGAIN = 2000;

export function policyEntry(policy: QueuePolicy, networked: boolean): Element {
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
          attributes: { replayWhenNoConsumers: true, replayDelay: REPLAY_DELAY },
        },
      ],
    });
  }
  if (policy.abortConsumerAfter !== undefined) {
    const checkPeriod = Math.max(1000, Math.min(30_000, Math.floor(policy.abortConsumerAfter / 2)));
    children.push({
      name: 'slowConsumerStrategy',
      children: [
        {
          name: 'abortSlowAckConsumerStrategy',
          attributes: {
            maxTimeSinceLastAck: policy.abortConsumerAfter,
            // ActiveMQ looks every 30 s, and only after another 30 s of being slow does it act: with its defaults a limit of 5 s takes a minute.
            checkPeriod,
            maxSlowDuration: checkPeriod,
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
      expireMessagesPeriod: networked ? LOOK_AGAIN : undefined,
    },
    children,
  };
}

export function redeliveryPolicy({ redelivery = {}, queue }: QueuePolicy): Element {
  const {
    maximumRedeliveries = MAXIMUM_REDELIVERIES,
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
