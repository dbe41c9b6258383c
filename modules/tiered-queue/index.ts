export { MAXIMUM_RETENTION_SECONDS } from '../encrypted-queue';
export { LONGEST_MAIN_RETENTION_SECONDS, type TieredQueueProps } from './props';
export { type Tier, TieredQueue } from './tiered-queue';
