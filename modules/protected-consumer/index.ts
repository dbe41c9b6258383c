export type { BreakerSettings, CanaryFunction, ProtectedConsumerProps } from './props';
export { ProtectedConsumer } from './protected-consumer';
