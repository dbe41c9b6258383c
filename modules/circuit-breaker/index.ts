export { breakerEnvironment } from './breaker-environment';
export { CircuitBreaker } from './circuit-breaker';
export type { Canary, CircuitBreakerProps, Dependency } from './props';
