import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Messaging } from '../../review/graph/messaging';
import { readPlan } from '../../review/plan/read';
import { RULES } from '../../review/rules';
import { DEFAULT_SETTINGS, type Rule } from '../../review/rules/rule';
import { UNFINISHED } from '../../tools/rules/scaffold';
import { written } from './written';

/** A plan, what somebody does in it, and every `severity address` that the rule says of it. */
export type RuleCase = readonly [what: string, plan: unknown, says: readonly string[]];

/** Holds a rule to its page, and to cases of its own. */
export function describeRule(rule: Rule, cases: readonly RuleCase[] = []): void {
  const page = readFileSync(join(__dirname, '../../docs/rules', `${rule.id.replace('/', '-')}.md`), 'utf8');
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text ?? ''));
  describe(rule.id, () => {
    test('says on its page what the code says', () => {
      expect(page).toContain(`${rule.title}. Usual severity: **${rule.severity}**.`);
      expect(page).not.toContain(UNFINISHED);
      expect(examples).toHaveLength(2);
    });

    test('fires on the first example of its page', async () => {
      expect(await saidOf(rule, examples[0])).not.toEqual([]);
    });

    test('is silent on the second', async () => {
      expect(await saidOf(rule, examples[1])).toEqual([]);
    });

    for (const [what, plan, says] of cases) {
      test(what, async () => {
        expect((await saidOf(rule, plan)).map(({ severity, address }) => `${severity} ${address}`)).toEqual(says);
      });
    }
  });
}

/** Everything that a rule says of a plan, in the order of the addresses. */
export async function saidOf(rule: Rule, content: unknown) {
  const plan = await readPlan(written(JSON.stringify(content)), 'test');
  const drafts = [...rule.check({ plan, graph: new Messaging(plan), settings: DEFAULT_SETTINGS, rules: RULES })];
  return drafts
    .map((draft) => ({ ...draft, severity: draft.severity ?? rule.severity, address: draft.resource.address }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}
