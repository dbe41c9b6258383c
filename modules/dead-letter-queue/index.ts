export { type DeadLetterQueueProps, deadLetterQueue } from './dead-letter-queue';
