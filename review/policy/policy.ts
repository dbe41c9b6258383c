import { plural } from '../plan/format';
import type { Reads } from '../resources';
import { RULES } from '../rules';
import { DEFAULT_SETTINGS, type Finding, type Rule, type Settings, type Severity, worseFirst } from '../rules/rule';
import type { Decided, Placeholder, RuleSetting } from './schema';

type Suppression = NonNullable<Decided['suppressions']>[number];
interface MilderRule extends Exception {
  readonly severity: Severity | 'off';
}
type Wording = Pick<Finding, 'title' | 'why' | 'action'>;
/** Why a finding does not count, and until when. */
export interface Exception {
  readonly reason: string;
  readonly expires: string;
}

/** What the team decided: which rules, how bad, and which findings it accepts for now, with a reason and an end. */
export class Policy {
  readonly settings: Settings;
  readonly failOn: Severity | undefined;
  readonly docs: string | undefined;
  private readonly used = new Set<Suppression>();
  /** Rule → how many findings its exception hid or made milder. */
  private readonly eased = new Map<string, number>();
  private readonly suppressions: readonly Suppression[];
  /** The review's, and those of one's own. */
  readonly rules: readonly Rule[];

  constructor(
    private readonly decided: Decided = {},
    private readonly today: string = new Date().toISOString().slice(0, 10),
    own: readonly Rule[] = [],
  ) {
    this.rules = [...RULES, ...own];
    this.settings = { ...DEFAULT_SETTINGS, ...decided.settings };
    this.failOn = decided.failOn;
    this.docs = decided.docs;
    this.suppressions = decided.suppressions ?? [];
  }

  /** What the rules read beyond the tables of the types. */
  get reads(): Reads {
    const all = new Map<string, string[]>();
    for (const { reads = {} } of this.rules)
      for (const [type, attributes] of Object.entries(reads)) all.set(type, [...(all.get(type) ?? []), ...attributes]);
    return Object.fromEntries(all);
  }

  /** The exception by which a rule is switched off today. */
  off(rule: Rule): Exception | undefined {
    const exception = this.exceptionOf(rule.id);
    return exception?.severity === 'off' && exception.expires >= this.today ? exception : undefined;
  }

  /** How bad a finding of a rule is to the team. One of a rule that is off keeps the severity that it would have. */
  severityOf(rule: Rule, own: Severity): Severity {
    const exception = this.exceptionOf(rule.id);
    if (exception && exception.expires >= this.today) {
      this.eased.set(rule.id, (this.eased.get(rule.id) ?? 0) + 1);
      return exception.severity === 'off' ? own : exception.severity;
    }
    const raised = this.settingOf(rule.id).severity;
    return raised !== undefined && raised !== 'off' && worseFirst(raised, own) < 0 ? raised : own;
  }

  /** What the team says of a finding instead; `{why}` and the like stand for what the rule says. */
  wordingOf(finding: Finding): Wording {
    const set = this.settingOf(finding.rule);
    const say = (part: keyof Wording) =>
      set[part]?.replace(/\{(\w+)\}/g, (_, name: Placeholder) => finding[name] ?? '') ?? finding[part];
    return { title: say('title'), why: say('why'), action: say('action') };
  }

  private settingOf(id: string): RuleSetting {
    const set = this.decided.rules?.[id] ?? {};
    return typeof set === 'string' ? { severity: set } : set;
  }

  private exceptionOf(id: string): MilderRule | undefined {
    const { severity, reason, expires } = this.settingOf(id);
    return severity && reason && expires ? { severity, reason, expires } : undefined;
  }

  /** The suppression that covers a finding today; one past its date covers nothing. */
  suppressing(finding: Finding, stack: string): Exception | undefined {
    const found = this.suppressions.filter(
      (entry) =>
        glob(entry.rule, finding.rule) && glob(entry.address, finding.address) && glob(entry.stack ?? '*', stack),
    );
    for (const entry of found) this.used.add(entry);
    return found.find((entry) => entry.expires >= this.today);
  }

  /** What the policy takes away, and what is wrong with it, once these stacks have been reviewed. Suppressions of other stacks may be in order. */
  notes(stacks: readonly string[]): string[] {
    return [...this.settingNotes(), ...this.ruleNotes(), ...this.suppressionNotes(stacks)];
  }

  private settingNotes(): string[] {
    const changed = Object.entries(this.decided.settings ?? {}).flatMap(([name, value]) => {
      const usual = DEFAULT_SETTINGS[name as keyof Settings];
      return value === usual ? [] : [`${name} ${value} (default ${usual})`];
    });
    return changed.length > 0 ? [`Settings of the policy: ${changed.join(', ')}.`] : [];
  }

  private ruleNotes(): string[] {
    return Object.keys(this.decided.rules ?? {}).flatMap((id) => {
      const exception = this.exceptionOf(id);
      if (!exception) return [];
      const { severity: set, reason, expires } = exception;
      const what = set === 'off' ? `${id} is off` : `${id} is only ${set}`;
      if (expires < this.today)
        return [`Expired on ${expires}: ${what} (${reason}). The rule counts as it does by itself.`];
      const count = this.eased.get(id) ?? 0;
      const verb = set === 'off' ? 'hides' : 'makes milder';
      return [
        `${what} until ${expires} (${reason}): ${verb} ${count === 0 ? 'nothing here' : plural(count, 'finding')}.`,
      ];
    });
  }

  private suppressionNotes(stacks: readonly string[]): string[] {
    const ours = this.suppressions.filter((entry) => stacks.some((stack) => glob(entry.stack ?? '*', stack)));
    return ours.flatMap((entry) => {
      const what = `suppression of ${entry.rule} at ${entry.address} (${entry.reason})`;
      if (!this.used.has(entry)) return [`Unused ${what}: remove it.`];
      return entry.expires < this.today ? [`Expired on ${entry.expires}: ${what}. What it covered counts again.`] : [];
    });
  }
}

function glob(pattern: string, text: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(text);
}
