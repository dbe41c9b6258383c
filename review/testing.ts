import { deepStrictEqual, notDeepStrictEqual, strictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { Messaging } from './graph/messaging';
import { adopted } from './own/load';
import type { OwnRule } from './own/own-rule';
import { planOf } from './plan/read';
import { RULES } from './rules';
import { DEFAULT_SETTINGS, type Draft, type Rule, type Severity } from './rules/rule';

/** A plan, what somebody does in it, and every `severity address` that the rule says of it. */
export type RuleCase = readonly [what: string, plan: unknown, says: readonly string[]];

/** Whatever has `describe` and `test`: the globals of Jest and Vitest, or `node:test`. */
export interface Runner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => void | Promise<void>): void;
}

export interface RuleTest {
  /** Path of the rule's page, whose first JSON example has to fire, and whose second must not. */
  readonly page?: string;
  readonly cases?: readonly RuleCase[];
  readonly runner?: Runner;
}

/** Holds a rule, the review's or one of your own, to its page and to cases. */
export function describeRule(rule: OwnRule | Rule, { page, cases = [], runner = globals() }: RuleTest): void {
  runner.describe(rule.id, () => {
    if (page !== undefined) describePage(rule, readFileSync(page, 'utf8'), runner);
    for (const [what, plan, says] of cases)
      runner.test(what, async () => {
        const said = (await saidOf(rule, plan)).map(({ severity, address }) => `${severity} ${address}`);
        deepStrictEqual(said, says);
      });
  });
}

function describePage(rule: OwnRule | Rule, page: string, { test }: Runner): void {
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text) as unknown);
  test('says on its page what the code says', () => {
    const line = `${rule.title}. Usual severity: **${rule.severity}**.`;
    strictEqual(page.includes(line), true, `the page has no line "${line}"`);
    strictEqual(examples.length, 2, 'the page has one example that fires and one that does not');
  });
  test('fires on the first example of its page', async () => {
    notDeepStrictEqual(await saidOf(rule, examples[0]), []);
  });
  test('is silent on the second', async () => {
    deepStrictEqual(await saidOf(rule, examples[1]), []);
  });
}

/** Everything that a rule says of a plan, in the order of the addresses. */
export async function saidOf(
  rule: OwnRule | Rule,
  content: unknown,
): Promise<(Draft & { severity: Severity; address: string })[]> {
  const asked = RULES.includes(rule as Rule) ? (rule as Rule) : adopted(rule, 'the rule');
  const plan = await planOf(once(JSON.stringify(content)), 'test', asked.reads);
  const context = { plan, graph: new Messaging(plan), settings: DEFAULT_SETTINGS, rules: RULES };
  return [...asked.check(context)]
    .map((draft) => ({ ...draft, severity: draft.severity ?? rule.severity, address: draft.resource.address }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

function globals(): Runner {
  const { describe, test } = globalThis as Partial<Runner>;
  if (!describe || !test)
    throw new Error(
      "describeRule needs a test runner: Jest, Vitest with globals, or `runner: await import('node:test')`",
    );
  return { describe, test };
}
