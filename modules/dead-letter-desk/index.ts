export { DeadLetterDesk } from './dead-letter-desk';
export type { DeadLetterDeskProps, DeskApi, DeskPage, DeskQueue } from './props';
