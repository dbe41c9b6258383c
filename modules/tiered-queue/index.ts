export { MAXIMUM_RETENTION_SECONDS } from '../encrypted-queue';
export { addQueueAlarms, type QueueAlarms } from './alarms';
export { ExistingQueue, type ExistingQueueProps, type ExistingTier } from './existing-queue';
export { LONGEST_MAIN_RETENTION_SECONDS, type TieredQueueProps } from './props';
export { type Tier, TieredQueue } from './tiered-queue';
export {
  grantConsume,
  grantHandOver,
  grantPark,
  grantRedrive,
  grantRepair,
  grantSend,
  grantStopRedrive,
  type QueueTiers,
} from './tiers';
