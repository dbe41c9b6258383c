export { AlarmTopic } from './alarm-topic';
export type { AlarmTopicProps, Subscriber } from './props';
