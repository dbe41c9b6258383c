import type { CostChange } from '../cost/monthly';
import type { Question } from '../live/questions';
import type { ConsumerOutage } from '../outage/consumers';
import type { Action } from '../plan/model';
import type { Exception } from '../policy/policy';
import { type Finding, type Severity, worseFirst } from '../rules/rule';

export interface Suppressed {
  readonly finding: Finding;
  readonly by: Exception;
}

/** What is to be said of one plan, before it is laid out for anybody. */
export interface Review {
  readonly stack: string;
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly terraformVersion: string | undefined;
  readonly counts: Counts;
  readonly findings: readonly Finding[];
  /** Hidden by a suppression, or of a rule that is off. */
  readonly suppressed: readonly Suppressed[];
  readonly outages: readonly ConsumerOutage[];
  readonly cost: CostChange;
  readonly picture: string | undefined;
  readonly notes: readonly string[];
  /** What only the account can tell of resources that no finding is about: whether an alarm is heard. */
  readonly questions: readonly Question[];
}

/** Each resource counts once; a replacement is a replacement, not a create and a destroy. */
export type Counts = Record<Exclude<Action, 'nothing' | 'read'>, number> & {
  readonly moved: number;
  readonly imported: number;
};

export function worst(reviews: readonly Review[]): Severity | undefined {
  return reviews.flatMap(({ findings }) => findings.map(({ severity }) => severity)).sort(worseFirst)[0];
}
