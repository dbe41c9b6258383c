import { defineContract } from '../../runtime/contract';

/** The metric of messages that could not be kept; they stay in their queue. */
export const LETTERS_NOT_KEPT = 'LettersNotKept';

export const deadLetterKeeper = defineContract({
  name: 'dead-letter-keeper',
  environment: { DESK_TABLE: "name of the desk's table" },
  optionalEnvironment: { KEEP_DAYS: 'days that a closed letter is kept; default 400' },
});
