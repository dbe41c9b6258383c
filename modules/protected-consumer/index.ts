export type { BreakerSettings, CanaryFunction, OwnVariables, ProtectedConsumerProps } from './props';
export { ProtectedConsumer } from './protected-consumer';
