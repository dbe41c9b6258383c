/** The environment of every function that touches breakers. */
export const breakerEnvironment = {
  BREAKER_TABLE: 'name of the table that breakers are kept in',
  BREAKER_DEPENDENCIES: 'JSON: dependency → its settings, for example {"payment":{"consecutiveFailures":5}}',
};

/** What a function needs whose calls are protected; leaving all three out leaves them unprotected. */
export const protection = {
  BREAKER_NAME: 'name of the breaker, a dimension of its metrics; default: no circuit breaker',
  BREAKER_TABLE: `${breakerEnvironment.BREAKER_TABLE}; default: no circuit breaker`,
  BREAKER_DEPENDENCIES: `${breakerEnvironment.BREAKER_DEPENDENCIES}; default: no circuit breaker`,
};

/** What every transition is published as, on the default event bus. */
export const STATE_CHANGE = { source: 'spillway.circuit-breaker', detailType: 'Circuit Breaker State Change' } as const;

/** What breakers count, each a CloudWatch metric. */
export const METRICS = {
  /** 1 while the breaker is not closed, each minute. */
  open: 'BreakerOpen',
  transitions: 'BreakerTransitions',
  shortCircuited: 'BreakerShortCircuited',
  tripped: 'BreakerTripped',
  storeUnavailable: 'BreakerStoreUnavailable',
} as const;
export type BreakerMetric = (typeof METRICS)[keyof typeof METRICS];

/** The dimensions of every one of them, and no others: an alarm finds a metric only by exactly its dimensions. Source: CloudWatch guide, "Dimensions". */
export const metricDimensions = (breaker: string, dependency: string) => ({ breaker, dependency });
