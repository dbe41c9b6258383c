export { BrokerConsumer } from './broker-consumer';
export type { BrokerConsumerProps } from './props';
