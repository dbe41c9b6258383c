export { A_WEEK, type EncryptedQueueProps, encryptedQueue, MAXIMUM_RETENTION_SECONDS } from './encrypted-queue';
export { EncryptedQueue, type Queue } from './queue';
