export { encryptedQueue, type Queue } from './encrypted-queue';
