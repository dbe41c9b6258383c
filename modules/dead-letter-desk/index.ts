export { DeadLetterDesk } from './dead-letter-desk';
export type { DeadLetterDeskProps, DeskQueue } from './props';
