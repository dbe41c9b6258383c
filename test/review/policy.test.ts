import { parsePolicy } from '../../review/policy/file';
import { markdown } from '../../review/report/markdown';
import { worst } from '../../review/report/review';
import { terminal } from '../../review/report/terminal';
import { RULES } from '../../review/rules';
import type { Rule } from '../../review/rules/rule';
import { reviewOfFile, TODAY } from './plan-files';

const policyOf = (decided: unknown) => parsePolicy(JSON.stringify(decided), 'spillway-review.json', TODAY);
const exception = { reason: 'The shop is closed for good', expires: '2026-12-31' };

test.each([
  ['"off"', 'off'],
  ['a milder severity', 'info'],
])('%s without a reason and an end is refused', (_, severity) => {
  expect(() => policyOf({ rules: { 'loss/destroyed': severity } })).toThrow(
    `spillway-review.json: rules.loss/destroyed: "${severity}" is milder than the rule's own "critical", so it takes a reason and an end`,
  );
});

test('what a rule that is off hides is counted in the headline, and listed', async () => {
  const policy = policyOf({ rules: { 'loss/destroyed': { severity: 'off', ...exception } } });
  const review = await reviewOfFile('destroy-all', policy);
  const hidden = review.suppressed.filter(({ finding }) => finding.rule === 'loss/destroyed');
  expect(hidden.length).toBeGreaterThan(0);
  const notes = policy.notes([review.stack]);
  expect(notes).toEqual([
    `loss/destroyed is off until 2026-12-31 (The shop is closed for good): hides ${hidden.length} findings.`,
  ]);
  const comment = markdown([review], notes);
  expect(comment).not.toContain('nothing to worry about');
  expect(comment).toMatch(/^## .*; the policy hides \d+ critical/m);
  expect(comment).toContain(`⚖️ Policy: ${notes[0]}`);
  for (const { finding } of hidden) {
    expect(comment).toContain(
      `- ${finding.severity} loss/destroyed at <code>${finding.address}</code>: ${exception.reason}`,
    );
    expect(terminal([review], notes, { colour: false })).toContain(
      `${finding.severity} loss/destroyed ${finding.address}`,
    );
  }
});

test('a rule made milder counts so until its end, and the report says it', async () => {
  const policy = policyOf({ rules: { 'loss/destroyed': { severity: 'low', ...exception } } });
  const { findings, stack } = await reviewOfFile('destroy-all', policy);
  const eased = findings.filter(({ rule }) => rule === 'loss/destroyed');
  expect(new Set(eased.map(({ severity }) => severity))).toEqual(new Set(['low']));
  expect(policy.notes([stack])).toEqual([
    `loss/destroyed is only low until 2026-12-31 (The shop is closed for good): makes milder ${eased.length} findings.`,
  ]);
});

test('past its end, a rule counts as it does by itself, and the report says so', async () => {
  const expired = { ...exception, expires: '2026-11-22' };
  const policy = policyOf({ rules: { 'loss/destroyed': { severity: 'off', ...expired } } });
  const review = await reviewOfFile('destroy-all', policy);
  expect(worst([review])).toBe('critical');
  expect(policy.notes([review.stack])).toEqual([
    'Expired on 2026-11-22: loss/destroyed is off (The shop is closed for good). The rule counts as it does by itself.',
  ]);
});

test('a severity alone raises a rule, and makes no case of it milder', () => {
  const rule = RULES.find(({ severity }) => severity === 'medium') as Rule;
  const policy = policyOf({ rules: { [rule.id]: 'high' } });
  expect(policy.severityOf(rule, 'medium')).toBe('high');
  expect(policy.severityOf(rule, 'critical')).toBe('critical');
});

test('settings that are not the default are listed', () => {
  const policy = policyOf({ settings: { highestReceiveCount: 1000, visibilityFactor: 6 } });
  expect(policy.notes([])).toEqual(['Settings of the policy: highestReceiveCount 1000 (default 20).']);
});
