export type { Delivery } from './delivery';
export type { AttributeFilter, BodyFilter, Filter } from './filter';
export type { SubscriptionProps, TopicProps } from './props';
export { Topic } from './topic';
