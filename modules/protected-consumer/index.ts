export type { BreakerSettings, CanaryFunction, ProtectedConsumerProps, QueueSettings } from './props';
export { ProtectedConsumer } from './protected-consumer';
