export { breakerEnvironment } from './breaker-environment';
export { CircuitBreaker } from './circuit-breaker';
export type { SwitchedIntake } from './intake';
export type { Canary, CircuitBreakerProps, Dependency } from './props';
