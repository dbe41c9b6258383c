import { dirname, join } from 'node:path';
import * as z from 'zod';
import { dataRules, rulesOfFile } from '../own/load';
import { PlanError } from '../plan/errors';
import { plural } from '../plan/format';
import { RULES } from '../rules';
import {
  DEFAULT_SETTINGS,
  type Finding,
  type Rule,
  SEVERITIES,
  type Settings,
  type Severity,
  worseFirst,
} from '../rules/rule';

const severity = z.enum(SEVERITIES);
const severityOrOff = z.enum([...SEVERITIES, 'off']);
/** Whatever hides a finding or makes it milder says why and until when. */
const exception = {
  reason: z.string().trim().min(10, 'say why, in ten letters or more'),
  expires: z.iso.date('a date like 2027-03-31'),
};
const suppression = z.strictObject({
  /** Resource address; `*` stands for anything, dots and brackets included. */
  address: z.string().min(1),
  rule: z.string().min(1),
  ...exception,
  stack: z.string().optional(),
});
const text = z.string().min(1);
/** What the team says differently of a rule: how bad it is, and in which words. */
const ruleSetting = z.strictObject({
  severity: severityOrOff.optional(),
  reason: exception.reason.optional(),
  expires: exception.expires.optional(),
  title: text.optional(),
  why: text.optional(),
  action: text.optional(),
});

const file = z.strictObject({
  $schema: z.string().optional(),
  failOn: severity.optional(),
  /** Where the rules' pages are, for links: https://…/docs/rules */
  docs: z.url().optional(),
  /** A severity alone can only raise what the rule says; a milder one and "off" take a reason and an end. */
  rules: z.record(z.string(), z.union([severityOrOff, ruleSetting])).optional(),
  /** Files of rules of one's own, from the policy file's folder. */
  ruleFiles: z.array(z.string().min(1)).optional(),
  /** Rules of one's own as data. */
  ownRules: z.unknown().optional(),
  settings: z
    .strictObject({
      visibilityFactor: z.number().min(1),
      highestReceiveCount: z.int().min(1),
      monthlyIncrease: z.number().min(0),
    })
    .partial()
    .optional(),
  suppressions: z.array(suppression).optional(),
});
type Suppression = z.infer<typeof suppression>;
type Decided = z.infer<typeof file>;
type RuleSetting = z.infer<typeof ruleSetting>;
interface MilderRule extends Exception {
  readonly severity: z.infer<typeof severityOrOff>;
}
type Wording = Pick<Finding, 'title' | 'why' | 'action'>;
/** What a text of the policy may take over from the finding that it is said of. */
const PLACEHOLDERS = ['title', 'why', 'action', 'address', 'before', 'after'] as const;

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

  /** A policy with the rules as data that stand in it, and `own` ones. */
  static parse(text: string, name: string, today?: string, own: readonly Rule[] = []): Policy {
    const decided = decidedIn(text, name);
    const rules = [...own, ...(decided.ownRules === undefined ? [] : dataRules(decided.ownRules, name))];
    const twice = rules.find(({ id }, index) => rules.findIndex((other) => other.id === id) < index);
    if (twice) throw new PlanError(`${twice.from}: rule ${twice.id} is in another file as well`);
    const policy = new Policy(decided, today, rules);
    refuseUnknown(decided, name, policy.rules);
    return policy;
  }

  /** A policy with all rules of one's own: its own data, the files that it names, and those of the command. */
  static async load(text: string, name: string, files: readonly string[] = []): Promise<Policy> {
    const named = (decidedIn(text, name).ruleFiles ?? []).map((path) => join(dirname(name), path));
    const own: Rule[] = [];
    for (const path of new Set([...named, ...files])) own.push(...(await rulesOfFile(path)));
    return Policy.parse(text, name, undefined, own);
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
      set[part]?.replace(/\{(\w+)\}/g, (_, name: (typeof PLACEHOLDERS)[number]) => finding[name] ?? '') ??
      finding[part];
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

function decidedIn(text: string, name: string): Decided {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new PlanError(`${name}: not valid JSON (${(error as Error).message})`);
  }
  const result = file.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new PlanError(`${name}: ${issues.join('; ')}`);
}

/** Rules that there aren't, and settings that take more than they say. */
function refuseUnknown(decided: Decided, name: string, rules: readonly Rule[]): void {
  const known = new Set(rules.map(({ id }) => id));
  const unknown = Object.keys(decided.rules ?? {}).filter((id) => !known.has(id));
  for (const { rule } of decided.suppressions ?? []) if (!rule.includes('*') && !known.has(rule)) unknown.push(rule);
  if (unknown.length > 0)
    throw new PlanError(`${name}: there is no rule ${unknown.join(', ')}; docs/rules/ lists them`);
  for (const rule of rules) {
    const set = decided.rules?.[rule.id];
    if (set === undefined) continue;
    const { severity, reason, expires, ...texts } = typeof set === 'string' ? { severity: set } : (set as RuleSetting);
    const complete = reason !== undefined && expires !== undefined;
    if (severity !== undefined && !complete && (severity === 'off' || worseFirst(severity, rule.severity) > 0))
      throw new PlanError(
        `${name}: rules.${rule.id}: "${severity}" is milder than the rule's own "${rule.severity}", so it takes a reason and an end: { "severity": "${severity}", "reason": "…", "expires": "2027-03-31" }`,
      );
    if ((reason ?? expires) !== undefined && (severity === undefined || !complete))
      throw new PlanError(`${name}: rules.${rule.id}: severity, reason and expires go together`);
    for (const [part, said] of Object.entries(texts))
      for (const [, placeholder = ''] of String(said).matchAll(/\{(\w+)\}/g))
        if (!(PLACEHOLDERS as readonly string[]).includes(placeholder))
          throw new PlanError(
            `${name}: rules.${rule.id}.${part}: there is no {${placeholder}}; there are {${PLACEHOLDERS.join('}, {')}}`,
          );
  }
}

function glob(pattern: string, text: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(text);
}
