import { gitlab } from '../../review/report/gitlab';
import { json } from '../../review/report/json';
import { COMMENT_LIMIT } from '../../review/report/limit';
import { markdown } from '../../review/report/markdown';
import type { Review } from '../../review/report/review';
import { sarif } from '../../review/report/sarif';
import { earlierFindings, Since } from '../../review/report/since';
import { terminal } from '../../review/report/terminal';
import type { Finding } from '../../review/rules/rule';
import { reviewOfFile } from './plan-files';

const named = (review: Review, stack: string): Review => ({ ...review, stack });
const stacks = async (count: number) => {
  const review = await reviewOfFile('storm');
  return Array.from({ length: count }, (_, index) => named(review, `stack-${index}`));
};

/** The findings of a plan, each for so many instances of its block. */
const instances = (review: Review, count: number): Review => ({
  ...review,
  findings: review.findings.flatMap((finding) =>
    Array.from({ length: count }, (_, index) => ({ ...finding, address: `${finding.address}["shop-${index}"]` })),
  ),
});
const rulesOf = ({ findings }: Review) => [...new Set(findings.map(({ rule }) => rule))];
const fold = (text: string) => text.slice(0, text.indexOf('<details>') < 0 ? undefined : text.indexOf('<details>'));

test('the comment on 1,500 instances of one block shows every rule, its count and an example', async () => {
  const review = await reviewOfFile('storm');
  const text = markdown([instances(review, 1500)], []);
  expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
  const rows = fold(text).split('\n');
  for (const rule of rulesOf(review)) {
    const row = rows.find((line) => line.includes(`(\`${rule}\`)`));
    const count = 1500 * review.findings.filter((finding) => finding.rule === rule).length;
    expect(row).toContain(` ${(count - 1).toLocaleString('en-US')} more`);
    expect(row).toContain('&#91;"shop-0"&#93;');
  }
  expect(text).toContain('The same at 1,499 more of this block: ');
});

test('a comment on several stacks, with 1,500 instances and long addresses, stays within what GitHub takes', async () => {
  const long = (address: string, index: number) =>
    `module.platform["${'eu-central-1/orders/'.repeat(12)}"].module.queues["ü<${index}>|\`"].${address}`;
  const plans = ['storm', 'destroy-all', 'retention-and-blindness', 'standard-to-fifo', 'brokers'];
  const reviews = await Promise.all(
    plans.map(async (name) => {
      const review = await reviewOfFile(name);
      const findings = review.findings.flatMap((finding) =>
        Array.from({ length: 1500 }, (_, index) => ({ ...finding, address: long(finding.address, index) })),
      );
      return { ...review, stack: `${'prod-eu-central-1-'.repeat(4)}${name}`, findings };
    }),
  );
  const text = markdown(reviews, []);
  // "Body is too long (maximum is 65536 characters)", GitHub says of a longer one.
  expect(text.length).toBeLessThanOrEqual(65_536);
  const rows = text.split('\n');
  for (const rule of new Set(reviews.flatMap(rulesOf))) {
    const row = rows.find((line) => line.includes(`(\`${rule}\`)`));
    const found = reviews.flatMap(({ findings }) => findings).filter((finding) => finding.rule === rule);
    expect(row).toContain('<code>module.platform&#91;');
    expect(row).toContain(` and ${(found.length - 1).toLocaleString('en-US')} more`);
  }
});

test('a limit of 2,000 keeps the worst of each of ten stacks', async () => {
  const text = markdown(await stacks(10), [], { limit: 2000 });
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(text).toContain('## 🛑 Plan review: 10 critical');
  const [{ rule, address }] = (await reviewOfFile('storm')).findings as [Finding];
  for (let index = 0; index < 10; index++) {
    const row = text.split('\n').find((line) => line.includes(`**stack-${index}**`));
    for (const part of ['1 critical', rule, `<code>${address}</code>`]) expect(row).toContain(part);
  }
});

test('every rule is named before any finding is told in detail', async () => {
  const review = await reviewOfFile('storm');
  const text = markdown(await stacks(60), [], { limit: 12_000 });
  expect(text.length).toBeLessThanOrEqual(12_000);
  for (const rule of rulesOf(review)) expect(fold(text)).toContain(rule);
});

test('a comment that is far too long keeps its headline, and says in plain words what was cut', async () => {
  const text = markdown(await stacks(60), [], { limit: 2000 });
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(text).toContain('## 🛑 Plan review: 60 critical');
  expect(text).toContain('| stack | findings | worst |');
  const [, said] = /✂️ Cut to fit a comment: (.*?)\. `/.exec(text) ?? [];
  expect(said).toMatch(/180 high findings in detail/);
  expect(said).toMatch(/\d+ rules/);
  expect(said).toMatch(/\d+ stacks$/);
});

test('one thing that was cut is one thing', async () => {
  const [review] = await stacks(1);
  const whole = markdown([review as Review], []);
  const text = markdown([review as Review], [], { limit: whole.length });
  expect(text).toMatch(/Cut to fit a comment: 1 picture\. /);
});

describe('since an earlier report', () => {
  const queue = (findings: readonly Finding[], index: number) => findings[index] as Finding;
  const compared = async (form: (reviews: readonly Review[]) => string) => {
    const review = await reviewOfFile('storm');
    const [kept, gone] = [queue(review.findings, 0), queue(review.findings, 1)];
    const before = form([{ ...review, findings: [kept, gone] }, named(review, 'another stack')]);
    const now = [{ ...review, findings: [kept, { ...gone, rule: 'loss/destroyed' }] }];
    return { now, since: new Since(earlierFindings(before, 'before') ?? [], now), kept, gone };
  };

  test.each([
    ['comment', (reviews: readonly Review[]) => `<!-- a workflow's -->\n${markdown(reviews, [])}`],
    ['JSON report', (reviews: readonly Review[]) => json(reviews, [])],
  ])('of a %s the comment says what is new, mended and left', async (_, form) => {
    const { now, since, kept, gone } = await compared(form);
    const text = markdown(now, [], { since });
    expect(text).toContain('**Since the last push:** 1 new (🆕), 1 mended, 1 left.');
    expect(text).toContain(`- ✅ storm: \`${gone.rule}\` at <code>${gone.address}</code>`);
    const row = (rule: string) => text.split('\n').find((line) => line.includes(`\`${rule}\`) |`));
    expect(row('loss/destroyed')).toContain('🆕');
    expect(row(kept.rule)).not.toContain('🆕');
  });

  test('more instances of one block are counted', async () => {
    const review = await reviewOfFile('storm');
    const [then, now] = [instances(review, 2), instances(review, 5)];
    const since = new Since(earlierFindings(markdown([then], []), 'before') ?? [], [now]);
    const each = review.findings.length;
    expect(since).toMatchObject({ added: 3 * each, left: 2 * each, mended: [] });
  });

  test('a comment without a report says nothing of it, and what is neither is refused', () => {
    expect(earlierFindings('## Plan review: not reviewed', 'before')).toBeUndefined();
    for (const text of ['{"a":1}', '<!-- spillway-review-findings AAAA -->'])
      expect(() => earlierFindings(text, 'before')).toThrow('before: is no earlier report');
  });
});

test('GitLab’s code quality report has all that GitLab asks for', async () => {
  const review = await reviewOfFile('storm');
  const issues = JSON.parse(gitlab([review], ['./plans/storm.json']));
  expect(issues).toHaveLength(review.findings.length);
  for (const issue of issues) {
    expect(issue).toEqual({
      description: expect.stringMatching(/./),
      check_name: expect.stringMatching(/^[a-z]+\/[a-z-]+$/),
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: expect.stringMatching(/^(info|minor|major|critical|blocker)$/),
      location: { path: 'plans/storm.json', lines: { begin: 1 } },
    });
  }
  expect(new Set(issues.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size).toBe(issues.length);
});

test('no two alerts of a report share a fingerprint, and other figures keep it', async () => {
  const review = await reviewOfFile('storm');
  const prints = (of: Review): string[] =>
    JSON.parse(sarif([of], ['plan.json'], undefined)).runs[0].results.map(
      ({ partialFingerprints }: { partialFingerprints: Record<string, string> }) => partialFingerprints['finding/v1'],
    );
  const twice = { ...review, findings: review.findings.flatMap((finding) => [finding, { ...finding, after: 'else' }]) };
  expect(new Set(prints(twice)).size).toBe(2 * review.findings.length);
  expect(prints({ ...review, findings: review.findings.map((finding) => ({ ...finding, after: 'else' })) })).toEqual(
    prints(review),
  );
});

test.each([
  ['plans/sarif #1.json', 'plans/sarif%20%231.json'],
  ['what?.json', 'what%3F.json'],
  ['50 %.json', '50%20%25.json'],
  ['plans\\orders.json', 'plans/orders.json'],
  ['a:b.json', './a:b.json'],
  ['C:\\plans\\#1.json', 'file:///C:/plans/%231.json'],
])('the URI of %s in SARIF is %s', async (file, uri) => {
  const [run] = JSON.parse(sarif([await reviewOfFile('storm')], [file], undefined)).runs;
  expect(run.results[0].locations[0].physicalLocation.artifactLocation).toEqual({ uri });
});

test('SARIF has what GitHub’s code scanning asks for, of every rule and every result', async () => {
  const review = await reviewOfFile('storm');
  const [run] = JSON.parse(sarif([review], ['plans/storm.json'], 'https://example.org/rules/')).runs;
  const { name, rules } = run.tool.driver;
  expect(name).toBe('spillway review');
  for (const rule of rules) {
    expect(rule).toMatchObject({
      id: expect.stringMatching(/^[a-z]+\/[a-z-]+$/),
      shortDescription: { text: expect.stringMatching(/./) },
      fullDescription: { text: expect.stringMatching(/./) },
      help: { text: expect.stringMatching(/./) },
      helpUri: `https://example.org/rules/${rule.id.replace('/', '-')}.md`,
      defaultConfiguration: { level: expect.stringMatching(/^(error|warning|note)$/) },
    });
  }
  expect(run.results.length).toBe(review.findings.length);
  const ids = rules.map(({ id }: { id: string }) => id);
  for (const result of run.results) {
    expect(ids).toContain(result.ruleId);
    expect(result).toMatchObject({
      message: { text: expect.stringMatching(/./) },
      level: expect.stringMatching(/^(error|warning|note)$/),
      locations: [{ physicalLocation: { artifactLocation: { uri: 'plans/storm.json' }, region: { startLine: 1 } } }],
      partialFingerprints: { 'finding/v1': expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  }
});

describe('a name that somebody chose', () => {
  const address = 'aws_sqs_queue.this["https://evil.example/a www.evil.example b@evil.example \u202egnihton\u200b"]';
  const named = async (): Promise<Review> => {
    const review = await reviewOfFile('destroy-all');
    return {
      ...review,
      findings: review.findings.map((finding) => ({ ...finding, address, why: address, before: address })),
    };
  };

  test('becomes no link in the comment', async () => {
    const comment = markdown([await named()], []);
    expect(comment).toContain('evil.example');
    for (const link of [/:\/\//, /&#58;\/\//, /www(\.|&#46;)/, /(@|&#64;)evil/])
      expect(comment.replace(/docs\/rules/g, '')).not.toMatch(link);
  });

  test.each([
    ['comment', (review: Review) => markdown([review], [])],
    ['terminal', (review: Review) => terminal([review], [], { colour: false })],
    ['SARIF', (review: Review) => sarif([review], ['plan.json'], undefined)],
    ['JSON', (review: Review) => json([review], [])],
  ])('hides no character from a reader of the %s', async (_, report) => {
    const text = report(await named());
    expect(text).not.toMatch(/\p{Cf}/u);
    expect(text).toMatch(/202e/i);
  });

  test('is still itself to a program', async () => {
    expect(JSON.parse(json([await named()], [])).reviews[0].findings[0].address).toBe(address);
  });
});
