export type { StreamConsumerProps, StreamProps } from './props';
export { dynamodbStream, kinesisStream, type StreamSource } from './source';
export { Stream } from './stream';
export { StreamConsumer } from './stream-consumer';
