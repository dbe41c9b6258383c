import { dirname, join } from 'node:path';
import { dataRules, rulesOfFile } from '../own/load';
import { PlanError } from '../plan/errors';
import { type Rule, worseFirst } from '../rules/rule';
import { Policy } from './policy';
import { type Decided, PLACEHOLDERS, policyFile, type RuleSetting } from './schema';

/** A policy with the rules as data that stand in it, and `own` ones. */
export function parsePolicy(text: string, name: string, today?: string, own: readonly Rule[] = []): Policy {
  const decided = decidedIn(text, name);
  const rules = [...own, ...(decided.ownRules === undefined ? [] : dataRules(decided.ownRules, name))];
  const twice = rules.find(({ id }, index) => rules.findIndex((other) => other.id === id) < index);
  if (twice) throw new PlanError(`${twice.from}: rule ${twice.id} is in another file as well`);
  const policy = new Policy(decided, today, rules);
  refuseUnknown(decided, name, policy.rules);
  return policy;
}

/** A policy with all rules of one's own: its own data, the files that it names, and those of the command. */
export async function loadPolicy(text: string, name: string, files: readonly string[] = []): Promise<Policy> {
  const named = (decidedIn(text, name).ruleFiles ?? []).map((path) => join(dirname(name), path));
  const own: Rule[] = [];
  for (const path of new Set([...named, ...files])) own.push(...(await rulesOfFile(path)));
  return parsePolicy(text, name, undefined, own);
}

function decidedIn(text: string, name: string): Decided {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new PlanError(`${name}: not valid JSON (${(error as Error).message})`);
  }
  const result = policyFile.safeParse(json);
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
