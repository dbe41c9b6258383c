export { MAXIMUM_RETENTION_SECONDS } from '../encrypted-queue';
export type { TieredQueueProps } from './props';
export { type Tier, TieredQueue } from './tiered-queue';
