export {
  A_WEEK,
  type EncryptedQueueProps,
  encryptedQueue,
  MAXIMUM_RETENTION_SECONDS,
  type Queue,
} from './encrypted-queue';
