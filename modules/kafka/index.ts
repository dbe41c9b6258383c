export { KafkaCluster, ServerlessKafkaCluster } from './cluster';
export { KafkaConsumer } from './kafka-consumer';
export type { KafkaClusterProps, KafkaConsumerProps, ServerlessKafkaClusterProps } from './props';
export { type RetryTopic, type RetryTopics, retryTopics } from './retry-topics';
export { type KafkaSource, mskSource, type SelfManagedBrokersProps, selfManagedBrokers } from './source';
