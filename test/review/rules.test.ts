import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePolicy } from '../../review/policy/file';
import { RULES } from '../../review/rules';
import type { Finding } from '../../review/rules/rule';
import { INDEX, PAGES_INDEX, pagesIndex, placesOf, ROOT, ruleIds, ruleIndex } from '../../tools/rules/generated';

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const below = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\/.*\.test\.ts$/.test(path))
    .map((path) => `${folder}/${path}`)
    .sort();

test('every rule is called as its file is', () => {
  expect(RULES.map(({ id }) => id)).toEqual(ruleIds());
});

test('every rule has a test and a page of its name, and nothing else has', () => {
  expect(below('test/review/rules')).toEqual(RULES.map(({ id }) => placesOf(id).test).sort());
  const pages = readdirSync(join(ROOT, 'docs/rules')).filter((name) => name !== 'README.md');
  expect(pages.sort().map((name) => `docs/rules/${name}`)).toEqual(RULES.map(({ id }) => placesOf(id).page).sort());
});

test('the indices are as `npm run new-rule` writes them', () => {
  expect(text(INDEX)).toBe(ruleIndex(ruleIds()));
  expect(text(PAGES_INDEX)).toBe(pagesIndex(RULES));
});

test('the policy file of the documentation is one', () => {
  const guide = text('docs/plan-review.md');
  const [, example = ''] = /## The policy file[\s\S]*?```json\n([\s\S]*?)```/.exec(guide) ?? [];
  const { suppressions } = JSON.parse(example);
  const policy = parsePolicy(example, 'spillway-review.json', suppressions[0].expires);
  const finding = { address: 'aws_sqs_queue.legacy_orders', rule: 'loss/destroyed' } as Finding;
  expect(policy.suppressing(finding, 'prod-eu')).toMatchObject({ reason: suppressions[0].reason });
  expect(policy.suppressing(finding, 'dev-eu')).toBeUndefined();
});
