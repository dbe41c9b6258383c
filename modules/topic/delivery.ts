import { isWhole } from '../props';

/**
 * How SNS retries an HTTPS endpoint that fails; of other endpoints AWS decides (a queue or function: 100,015 attempts over 23 days). The phases come in this order: at
 * once, at the least delay, growing from the least to the most, at the most. Source: SNS guide, "Amazon SNS message delivery retries".
 */
export interface Delivery {
  /** Seconds between the first retries: 1 to `maximumDelay`. Default 1. */
  readonly minimumDelay?: number;
  /** Seconds between the last retries: `minimumDelay` to 3,600. Default 60. */
  readonly maximumDelay?: number;
  /** Retries in all: 0 to 100, and no more than fit into an hour, which SNS does not exceed. Default 50. */
  readonly retries?: number;
  /** Of them, at once: 0 or more. Default 0. */
  readonly retriesAtOnce?: number;
  /** Of them, at the least delay: 0 or more. Default 2. */
  readonly retriesAtMinimumDelay?: number;
  /** Of them, at the most delay: 0 or more. Default 30. */
  readonly retriesAtMaximumDelay?: number;
  /** How the delay grows. Default `exponential`. */
  readonly backoff?: 'linear' | 'arithmetic' | 'geometric' | 'exponential';
  /** Deliveries a second that the endpoint takes: 1 or more. Default: as many as there are. */
  readonly maximumRate?: number;
  /** The header `Content-Type` of what is delivered raw. Default `application/json`. Source: SNS guide, "Creating an HTTP/S delivery policy". */
  readonly contentType?: string;
}

/** An hour: "a hard limit". Source: SNS guide, "Amazon SNS message delivery retries". */
const MOST_SECONDS = 3600;

const filled = (given: Delivery) => ({
  ...{ minimumDelay: 1, maximumDelay: 60, retries: 50, retriesAtOnce: 0, retriesAtMinimumDelay: 2 },
  ...{ retriesAtMaximumDelay: 30, backoff: 'exponential' as const, contentType: 'application/json' },
  ...given,
});

/** What SNS would refuse of it, or `undefined`. */
export function deliveryProblem(given: Delivery): string | undefined {
  const { minimumDelay, maximumDelay, retries, ...phases } = filled(given);
  const { retriesAtOnce, retriesAtMinimumDelay, retriesAtMaximumDelay } = phases;
  if (!isWhole(minimumDelay, 1, MOST_SECONDS) || !isWhole(maximumDelay, minimumDelay, MOST_SECONDS))
    return `has delays from ${minimumDelay} to ${maximumDelay} s; SNS takes whole seconds from 1 to 3,600, the least first`;
  if (!isWhole(retries, 0, 100)) return `has ${retries} retries; SNS takes whole numbers from 0 to 100`;
  const named = retriesAtOnce + retriesAtMinimumDelay + retriesAtMaximumDelay;
  if (
    ![retriesAtOnce, retriesAtMinimumDelay, retriesAtMaximumDelay].every((number) => isWhole(number, 0)) ||
    named > retries
  )
    return `has ${retriesAtOnce}, ${retriesAtMinimumDelay} and ${retriesAtMaximumDelay} retries in its phases, of ${retries} in all; they must be whole numbers that fit into it`;
  // What grows is at least the least delay each, so this is the shortest that SNS could make of it.
  const growing = retries - named;
  const seconds = (retriesAtMinimumDelay + growing) * minimumDelay + retriesAtMaximumDelay * maximumDelay;
  if (seconds > MOST_SECONDS) return `retries for at least ${seconds} s; SNS retries for at most 3,600 s`;
  if (given.maximumRate !== undefined && !isWhole(given.maximumRate, 1))
    return `has a maximumRate of ${given.maximumRate}; SNS takes whole numbers from 1`;
  return undefined;
}

/** As SNS wants it. Source: SNS guide, "SetSubscriptionAttributes delivery policy JSON format". */
export function deliveryPolicy(given: Delivery): string {
  const { contentType, maximumRate, ...retry } = { maximumRate: undefined, ...filled(given) };
  return JSON.stringify({
    healthyRetryPolicy: {
      minDelayTarget: retry.minimumDelay,
      maxDelayTarget: retry.maximumDelay,
      numRetries: retry.retries,
      numNoDelayRetries: retry.retriesAtOnce,
      numMinDelayRetries: retry.retriesAtMinimumDelay,
      numMaxDelayRetries: retry.retriesAtMaximumDelay,
      backoffFunction: retry.backoff,
    },
    ...(maximumRate !== undefined && { throttlePolicy: { maxReceivesPerSecond: maximumRate } }),
    requestPolicy: { headerContentType: contentType },
  });
}
