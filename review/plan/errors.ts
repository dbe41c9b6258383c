/** The file can't be reviewed. The message says what it is and what to do instead. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}
