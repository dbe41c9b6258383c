/** GitHub refuses a comment of more than 65,536 characters. */
export const COMMENT_LIMIT = 65_536;
