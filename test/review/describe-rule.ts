import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../../review/rules/rule';
import { describeRule as describeAnyRule, type RuleCase } from '../../review/testing';
import { UNFINISHED } from '../../tools/rules/scaffold';

export { saidOf } from '../../review/testing';
export type { RuleCase };

/** Holds a rule of the review to its page, and to cases of its own. */
export function describeRule(rule: Rule, cases: readonly RuleCase[] = []): void {
  const page = join(__dirname, '../../docs/rules', `${rule.id.replace('/', '-')}.md`);
  describeAnyRule(rule, { page, cases });
  test(`the page of ${rule.id} is finished`, () => {
    expect(readFileSync(page, 'utf8')).not.toContain(UNFINISHED);
  });
}
