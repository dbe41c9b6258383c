export { DeadLetterDesk } from './dead-letter-desk';
export type { DeadLetterDeskProps, DeskApi, DeskQueue } from './props';
