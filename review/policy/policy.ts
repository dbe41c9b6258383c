import * as z from 'zod';
import { PlanError } from '../plan/errors';
import { RULES } from '../rules';
import { DEFAULT_SETTINGS, type Finding, type Rule, SEVERITIES, type Settings, type Severity } from '../rules/rule';

const severity = z.enum(SEVERITIES);
const suppression = z.strictObject({
  /** Resource address; `*` stands for anything, dots and brackets included. */
  address: z.string().min(1),
  rule: z.string().min(1),
  reason: z.string().trim().min(10, 'say why, in ten letters or more'),
  expires: z.iso.date('a date like 2027-03-31'),
  stack: z.string().optional(),
});

const file = z.strictObject({
  $schema: z.string().optional(),
  failOn: severity.optional(),
  /** Where the rules' pages are, for links: https://…/docs/rules */
  docs: z.url().optional(),
  rules: z.record(z.string(), z.union([severity, z.literal('off')])).optional(),
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
export type Suppression = z.infer<typeof suppression>;

/** What the team decided: which rules, how bad, and which findings it accepts for now, with a reason and an end. */
export class Policy {
  readonly settings: Settings;
  readonly failOn: Severity | undefined;
  readonly docs: string | undefined;
  private readonly used = new Set<Suppression>();
  private readonly suppressions: readonly Suppression[];

  constructor(
    private readonly decided: z.infer<typeof file> = {},
    private readonly today: string = new Date().toISOString().slice(0, 10),
  ) {
    this.settings = { ...DEFAULT_SETTINGS, ...decided.settings };
    this.failOn = decided.failOn;
    this.docs = decided.docs;
    this.suppressions = decided.suppressions ?? [];
  }

  static parse(text: string, name: string, today?: string): Policy {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      throw new PlanError(`${name}: not valid JSON (${(error as Error).message})`);
    }
    const result = file.safeParse(json);
    if (!result.success) {
      const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
      throw new PlanError(`${name}: ${issues.join('; ')}`);
    }
    const known = new Set(RULES.map(({ id }) => id));
    const unknown = Object.keys(result.data.rules ?? {}).filter((id) => !known.has(id));
    for (const { rule } of result.data.suppressions ?? [])
      if (!rule.includes('*') && !known.has(rule)) unknown.push(rule);
    if (unknown.length > 0)
      throw new PlanError(`${name}: there is no rule ${unknown.join(', ')}; docs/rules/ lists them`);
    return new Policy(result.data, today);
  }

  /** The team's severity for a rule, 'off', or undefined for the rule's own. */
  severityOf(rule: Rule): Severity | 'off' | undefined {
    return this.decided.rules?.[rule.id];
  }

  /** The suppression that covers a finding today; one past its date covers nothing. */
  suppressing(finding: Finding, stack: string): Suppression | undefined {
    const found = this.suppressions.filter(
      (entry) =>
        glob(entry.rule, finding.rule) && glob(entry.address, finding.address) && glob(entry.stack ?? '*', stack),
    );
    for (const entry of found) this.used.add(entry);
    return found.find((entry) => entry.expires >= this.today);
  }

  /** What is wrong with the suppressions, once these stacks have been reviewed. Those of other stacks may be in order. */
  complaints(stacks: readonly string[]): string[] {
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
