import type { Messaging } from '../graph/messaging';
import type { Question } from '../live/questions';
import type { Plan, Resource } from '../plan/model';
import type { Reads } from '../resources';

/** From worst to least. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
export const MEANINGS: Readonly<Record<Severity, string>> = {
  critical: 'messages or data are gone after the apply, or nothing works',
  high: 'messages will be lost, repeated or stuck when something else goes wrong, or nobody will know',
  medium: 'a gap, a pause or a wider risk that somebody should have decided on',
  low: 'worth a look',
  info: 'worth knowing, nothing to do',
};
export const worseFirst = (a: Severity, b: Severity) => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);

/** What a team may set differently; the defaults are AWS's own advice. */
export interface Settings {
  /** Visibility timeout ≥ this × the function's timeout. AWS: 6 (Lambda developer guide, "Using Lambda with Amazon SQS"). */
  readonly visibilityFactor: number;
  /** A receive count above this on a new queue, or raised above it, keeps a failing message going round. */
  readonly highestReceiveCount: number;
  /** A monthly cost that rises by more than this many US dollars is a finding. */
  readonly monthlyIncrease: number;
}
export const DEFAULT_SETTINGS: Settings = { visibilityFactor: 6, highestReceiveCount: 20, monthlyIncrease: 50 };

export interface Context {
  readonly plan: Plan;
  readonly graph: Messaging;
  readonly settings: Settings;
  /** All that are not switched off. */
  readonly rules: readonly Rule[];
}

export interface Draft {
  readonly resource: Resource | { readonly address: string };
  /** Where one case of a rule is worse or better than the rule's usual severity. */
  readonly severity?: Severity;
  /** Where the rule's title would say more than is known. */
  readonly title?: string;
  readonly before?: string;
  readonly after?: string;
  readonly why: string;
  readonly action: string;
}

export interface Rule {
  /** `family/name`; its page is docs/rules/family-name.md. */
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  /** Of a rule of one's own: where its page is, attributes that it reads beyond the tables of the types, and the file that it is from. */
  readonly page?: string | undefined;
  readonly reads?: Reads | undefined;
  readonly from?: string;
  check(context: Context): Iterable<Draft>;
}

export interface Finding {
  readonly rule: string;
  /** Of a rule of one's own that has one. */
  readonly page?: string | undefined;
  readonly title: string;
  readonly severity: Severity;
  readonly address: string;
  /** Where its block is declared, of a checkout of the configuration. */
  readonly place?: { readonly file: string; readonly line: number } | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly why: string;
  readonly action: string;
  /** What only the account can tell of what goes, with the answers of --live. */
  readonly questions?: readonly Question[];
}
