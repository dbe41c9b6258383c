/** Yes, no, or nobody can tell from this plan: a value known after the apply is neither. */
export type Verdict = boolean | undefined;

export function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

export function any(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}

export const not = (verdict: Verdict): Verdict => (verdict === undefined ? undefined : !verdict);
