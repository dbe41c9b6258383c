import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Policy } from '../../review/policy/policy';
import { RULES } from '../../review/rules';
import { type Finding, MEANINGS } from '../../review/rules/rule';
import { reviewOf } from './plan-files';

const PAGES = join(__dirname, '../../docs/rules');
const page = (id: string) => readFileSync(join(PAGES, `${id.replace('/', '-')}.md`), 'utf8');
const examples = (id: string) =>
  [...page(id).matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text ?? ''));

describe('every rule has a page whose examples hold', () => {
  test.each(RULES.map(({ id }) => id))('%s fires on the one and not on the other', async (id) => {
    const [fires, doesNot, ...more] = examples(id);
    expect(more).toEqual([]);
    const rules = async (plan: unknown) => (await reviewOf(plan)).findings.map(({ rule }) => rule);
    expect(await rules(fires)).toContain(id);
    expect(await rules(doesNot)).not.toContain(id);
  });

  test.each(RULES.map((rule) => [rule.id, rule] as const))('%s says on its page what the code says', (_, rule) => {
    expect(page(rule.id)).toContain(`${rule.title}. Usual severity: **${rule.severity}**.`);
  });

  test('there is no page without a rule, and the index names them all', () => {
    const pages = readdirSync(PAGES).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(RULES.map(({ id }) => `${id.replace('/', '-')}.md`).sort());
    const index = readFileSync(join(PAGES, 'README.md'), 'utf8');
    for (const { id } of RULES) expect(index).toContain(`[${id}]`);
    for (const [severity, meaning] of Object.entries(MEANINGS)) expect(index).toContain(`| ${severity} | ${meaning} |`);
  });
});

test('the policy file of the documentation is one', () => {
  const text = readFileSync(join(PAGES, '../plan-review.md'), 'utf8');
  const [, example = ''] = /## The policy file[\s\S]*?```json\n([\s\S]*?)```/.exec(text) ?? [];
  const { suppressions } = JSON.parse(example);
  const policy = Policy.parse(example, 'spillway-review.json', suppressions[0].expires);
  const finding = { address: 'aws_sqs_queue.legacy_orders', rule: 'loss/destroyed' } as Finding;
  expect(policy.suppressing(finding, 'prod-eu')).toMatchObject({ reason: suppressions[0].reason });
  expect(policy.suppressing(finding, 'dev-eu')).toBeUndefined();
});
